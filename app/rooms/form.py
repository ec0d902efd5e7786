"""What the room of a project asks, by seed 004 and domain.md §4: who stands beside it, what is planned, what it was paid from."""

from __future__ import annotations

from typing import Any

from app.questions.composing import ask, column, section, table
from app.questions.definition import Definition

MINISTRIES, PLAN, LINKED, GRANTS, DOCUMENTS = "ministries", "plan", "linked-support", "grants", "documents"
OF_THE_OFFICE = frozenset({MINISTRIES, LINKED})  # what the office knows and writes; the body reads it
ON_SITE = "現地支援責任者"
DOCUMENTS_MAX = 50

# The ministries of the five linked programmes (seed 004), and those that councils of the programme have had (seed 000).
KNOWN = {
    "内閣府": "Cabinet Office",
    "デジタル庁": "Digital Agency",
    "総務省": "MIC (Internal Affairs and Communications)",
    "文部科学省": "MEXT (Education, Culture, Sports, Science and Technology)",
    "厚生労働省": "MHLW (Health, Labour and Welfare)",
    "農林水産省": "MAFF (Agriculture, Forestry and Fisheries)",
    "経済産業省": "METI (Economy, Trade and Industry)",
    "国土交通省": "MLIT (Land, Infrastructure, Transport and Tourism)",
    "環境省": "MOE (Environment)",
    "警察庁": "National Police Agency",
    "その他": "Other",
}
PARTS = {"構成員": "Member", ON_SITE: "Local support lead", "助言": "Advice"}


def room_form() -> Definition:
    return Definition((_ministries(), _plan(), _linked(), _grants(), _documents()))


def _ministries() -> Any:
    rows = table(
        MINISTRIES, "関係省庁", "Ministries", "", 30,
        column("ministry", "府省庁", "Ministry", "one_choice", required=True, choices=[*KNOWN], english=KNOWN),
        column("bureau", "地方支分部局", "Regional bureau"),
        column("division", "担当課", "Division"),
        column("person", "担当者", "Person"),
        column("part", "立場", "Part", "one_choice", choices=[*PARTS], english=PARTS),
        column("since", "時期", "Since", "date"),
        required=False,
        guidance=("現地での支援に責任を持つ方は、立場を「現地支援責任者」としてください。", "Whoever answers for the support on site has the part “Local support lead”."),
    )  # fmt: skip
    return section(
        MINISTRIES, "関係省庁と現地支援責任者", "Ministries, and who answers for support on site", rows
    )


def _plan() -> Any:
    rows = table(
        PLAN, "計画とマイルストーン", "Plan and milestones", "", 60,
        column("what", "内容", "What", required=True),
        column("initiative", "個別取組", "Initiative"),
        column("from", "開始", "From", "date"),
        column("until", "終了・期日", "Until, or the day", "date", required=True),
        column("done", "完了日", "Done on", "date"),
        required=False,
        guidance=("開始のない行は期日だけのマイルストーンとして示します。", "A row without a beginning is shown as a milestone on its day."),
    )  # fmt: skip
    return section(PLAN, "計画", "Plan", rows)


def _linked() -> Any:
    rows = table(
        LINKED, "連携する支援", "Linked support", "", 20,
        column("scheme", "制度", "Scheme", required=True),
        column("consulted", "事前相談の日", "Consulted on", "date"),
        column("bureau", "相談先", "Bureau"),
        column("purpose", "目的", "Purpose"),
        column("outcome", "結果", "Outcome"),
        required=False,
        guidance=("※の付いた事業では、国土交通省の自動運転サービス導入支援などを記録します。", "For projects with ※: the road bureau's support for automated driving, and the like."),
    )  # fmt: skip
    return section(LINKED, "連携支援（※）", "Linked support (※)", rows)


def _grants() -> Any:
    rows = table(
        GRANTS, "活用した交付金・補助金", "Grants used", "", 40,
        column("year", "年度", "Fiscal year", required=True),
        column("name", "名称", "Name", required=True),
        column("ministry", "所管", "Ministry"),
        column("amount", "金額", "Amount"),
        column("use", "使途", "Used for"),
        required=False,
        guidance=("金額は単位を付けて、公表資料のとおりお書きください（例：数億円、30,000千円）。", "Write amounts with their unit, as they were published."),
    )  # fmt: skip
    return section(GRANTS, "活用した交付金・補助金", "Grants used elsewhere", rows)


def _documents() -> Any:
    files = ask(
        DOCUMENTS, "file", "資料", "Documents", required=False, most=DOCUMENTS_MAX,
        guidance=("同じ名前のファイルを送ると新しい版になり、前の版も残ります。", "A file of the same name becomes the next version; the earlier one stays."),
    )  # fmt: skip
    return section(DOCUMENTS, "資料", "Documents", files)
