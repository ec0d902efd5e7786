"""What the sample applications answer to the programme's own form: made up, and marked so."""

from __future__ import annotations

from typing import Any

from app.applications.reapplication import UPGRADE
from app.demo.call_content import MARK
from app.programmes.default_form import ALL
from app.questions.definition import Question

_ANSWERS: dict[str, Any] = {
    UPGRADE: f"{MARK}新たに映像の解析を加え、対象を市内全域に広げます。",
    "problem": f"{MARK}高齢化により、冬季の見守りと移動の手段が不足しています。",
    "area": ALL,
    "beneficiaries": "1,200人",
    "work": f"{MARK}未来技術を活用し、日常の見守りと移動を支えるサービスを地域に定着させます。",
    "readiness": "実証済み",
    "effect": f"{MARK}見守りに要する時間を減らし、外出の機会を増やします。",
    "innovation": f"{MARK}既存の巡回と組み合わせる点が、これまでの取組と異なります。",
    "leadership": f"{MARK}積雪地における通年の運用は、県内で初めてです。",
    "spread": f"{MARK}運用の手引を公開し、近隣の団体に説明会を行います。",
    "organisation": [["見本大学", "技術の検証", "参画が決定"], ["見本株式会社", "機器の運用", "調整中"]],
    "council": f"{MARK}大学、事業者及び地域の団体により構成する予定です。",
    "period": "R5.10.1～R10.3.31",
    "start_of_service": "R7.4.1",
    "schedule": [
        ["関係者との調整", "R5.10.1", "R6.3.31", "当団体"],
        ["実証", "R6.4.1", "R7.3.31", "見本大学"],
        ["本格運用", "R7.4.1", "", "見本株式会社"],
    ],
    "indicators": [["利用者数", "—", "500人程度", "令和9年度", "利用の記録"], ["満足度", "—", "80%", "令和9年度", "アンケート"]],
    "budget": [["令和6年度", "機器の購入", "12,000", "市区町村費", ""], ["令和7年度", "運用の委託", "8,000", "民間資金", "見込み"]],
    "linkage": ["データ連携基盤（都市OS）", "APIの公開"],
    "linkage_how": f"{MARK}運行の情報をデータ連携基盤に載せ、APIとして公開します。",
    "support": ["規制・制度に関する助言", "関係府省との調整"],
    "conditions": "はい",
}  # fmt: skip


def answer_to(question: Question) -> Any:
    """As somebody would enter it; None for what they would leave out."""
    return _ANSWERS.get(question.key)
