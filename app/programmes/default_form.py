"""The form that a new call begins with: the programme's own questions, by its eligibility and criteria (S0–S4; domain.md §1).

The sources tell what is judged, not which sheets it was written on: no numbers of sheets (様式) are made up here. It is a
beginning that officers change; a form that was begun with it does not follow when this page changes.
"""

from __future__ import annotations

from typing import Any

from app.lifecycle import N_
from app.programmes.form import (
    FILES,
    FILES_MAX,
    JOINT,
    JOINT_MAX,
    SUMMARY,
    SUMMARY_MAX,
    TECHNOLOGY,
    TITLE,
    TITLE_MAX,
)
from app.programmes.technologies import TECHNOLOGIES
from app.questions.composing import ask, column, section, table, text
from app.questions.definition import Condition, Definition, Question, Section, in_both

# Criterion → what is looked at. Their weights are not public: each call says its own.
CRITERIA = {
    "取組の内容": "未来技術を活用して地域の課題を解決する取組であり、内容が具体的であるか",
    "期待される効果": "課題の解決にどのような効果が見込まれ、指標で確かめられるか",
    "革新性": "これまでにない技術又は活用の方法であるか",
    "先導性": "他の地域に先立つ取組であるか",
    "横展開可能性": "他の地域でも活用できる取組であるか",
    "施策間・地域間の連携": "他の施策や他の地域の取組と連携しているか",
    "データ連携基盤の活用": "データ連携基盤（都市OS）を活用し、APIを公開しているか",
    "実現の具体性": "体制、工程及び資金の見通しが具体的であるか",
}
CONTENT, EFFECT, INNOVATION, LEADERSHIP, SPREAD, LINKS, DATA, FEASIBILITY = CRITERIA

PARTS, ALL = "一部の地区", "団体の全域"
NO_LINKS = "なし"


def default_form() -> Definition:
    return Definition(
        (
            basics(), technologies(), joint_applicants(), _problem(), _work(), _novelty(), _spread(),
            _organisation(), _plan(), _indicators(), _budget(), _linkage(), _support(), _conditions(), attachments(),
        )
    )  # fmt: skip


def bare_form() -> Definition:
    """What no application can do without, and files."""
    return Definition((basics(), technologies(), joint_applicants(), attachments()))


def default_criteria() -> list[dict[str, Any]]:
    """As rows of a call."""
    return [{"label": label, "description": text, "weight": 1} for label, text in CRITERIA.items()]


def basics() -> Section:
    title = Question(
        TITLE,
        "short_text",
        in_both(N_("Title of the project")),
        required=True,
        settings={"max_chars": TITLE_MAX},
        words={
            "missing": in_both(N_("Enter the title of the project.")),
            "too_long": in_both(N_("The title is too long. Characters too many: %(over)s.")),
        },
    )
    summary = Question(
        SUMMARY,
        "long_text",
        in_both(N_("Summary")),
        help=in_both(
            N_("What you want to solve, with which technology, and where: so that a reader knows it at once.")
        ),
        required=True,
        settings={"max_chars": SUMMARY_MAX, "rows": 8},
        words={
            "missing": in_both(N_("Enter the summary.")),
            "too_long": in_both(N_("The summary is too long. Characters too many: %(over)s.")),
        },
    )
    return Section("basics", in_both(N_("Title and summary")), (title, summary))


def technologies() -> Section:
    label = in_both(N_("Technologies"))
    asked = Question(TECHNOLOGY, "technologies", label, required=True, settings={"choices": [*TECHNOLOGIES]})
    return Section("technologies", in_both(N_("Future technologies")), (asked,))


def joint_applicants() -> Section:
    label = in_both(N_("Joint applicants"))
    missing = in_both(N_("Confirm who applies jointly, or that your municipality applies alone."))
    asked = Question(
        JOINT,
        "local_governments",
        label,
        required=True,
        settings={"most": JOINT_MAX, "confirm": True},
        words={"missing": missing},
    )
    return Section("joint-applicants", label, (asked,), heading=in_both(N_("Applicants")))


def attachments() -> Section:
    asked = Question(FILES, "file", in_both(N_("Files")), settings={"most": FILES_MAX})
    return Section("attachments", in_both(N_("Attachments")), (asked,))


def _problem() -> Section:
    return section(
        "problem", "地域の課題", "The regional problem",
        text("problem", "解決しようとする課題と背景", "The problem and its background", 1000, CONTENT,
              guidance=("統計などの数値があれば、併せてお書きください。", "Give figures where there are any.")),
        ask("area", "one_choice", "取組を行う地域", "Where it is done", choices=[ALL, PARTS]),
        ask("area_name", "short_text", "地区の名称", "Name of the part", when=Condition("area", (PARTS,)), max_chars=200),
        ask("beneficiaries", "number", "受益者数の見込み", "People who benefit (estimate)", EFFECT, required=False, unit="人", least="0", places=0),
    )  # fmt: skip


def _work() -> Section:
    return section(
        "work", "技術と取組の内容", "Technology and what is done with it",
        text("work", "活用する未来技術と取組の内容", "The technology, and what is done with it", 2000, CONTENT,
              guidance=("どの技術を、誰に対して、どのように社会実装するのかをお書きください。", "Which technology is brought into everyday use, for whom, and how.")),
        ask("readiness", "one_choice", "技術の段階", "How far the technology is", FEASIBILITY,
             choices=["研究開発中", "実証中", "実証済み", "他の地域で実装済み"]),
        text("effect", "期待される効果", "Effect that is expected", 1000, EFFECT),
    )  # fmt: skip


def _novelty() -> Section:
    return section(
        "novelty", "新規性・先進性", "What is new about it",
        text("innovation", "新規性（革新性）", "Novelty", 1000, INNOVATION,
              guidance=("従来の方法や既にある取組と異なる点をお書きください。", "What differs from what is done today and elsewhere.")),
        text("leadership", "先進性（先導性）", "Leadership", 1000, LEADERSHIP),
    )  # fmt: skip


def _spread() -> Section:
    return section(
        "spread", "横展開", "Replication elsewhere",
        text("spread", "他の地域への横展開の見込みと方法", "How others can follow", 1000, SPREAD),
    )  # fmt: skip


def _organisation() -> Section:
    rows = table(
        "organisation", "実施体制", "Who takes part", FEASIBILITY, 20,
        column("body", "団体・企業等の名称", "Organisation", required=True),
        column("part", "役割", "Part", required=True),
        column("standing", "参画の状況", "Standing", "one_choice", choices=["参画が決定", "調整中", "今後依頼"]),
    )  # fmt: skip
    return section(
        "organisation", "推進体制", "Organisation", rows,
        text("council", "地域実装協議会の構想", "The council that is planned", 800, FEASIBILITY, required=False,
              guidance=("選定後に設ける地域実装協議会の構成員と進め方の見込みをお書きください。", "Members and ways of working, as far as they are foreseen.")),
    )  # fmt: skip


def _plan() -> Section:
    schedule = table(
        "schedule", "工程", "Schedule", FEASIBILITY, 30,
        column("step", "取組", "Step", required=True),
        column("from", "開始", "From", "date"),
        column("until", "終了", "Until", "date"),
        column("by", "実施主体", "Done by"),
    )  # fmt: skip
    return section(
        "plan", "実施計画", "Plan",
        ask("period", "period", "取組の期間", "Period", FEASIBILITY),
        ask("start_of_service", "date", "実装（サービス開始）の予定日", "Start of the service", FEASIBILITY, required=False),
        schedule,
    )  # fmt: skip


def _indicators() -> Section:
    rows = table(
        "indicators", "KPI（重要業績評価指標）", "Indicators", EFFECT, 20,
        column("name", "指標", "Indicator", required=True),
        column("baseline", "現状値", "Baseline"),
        column("target", "目標値", "Target", required=True),
        column("year", "目標年度", "Fiscal year"),
        column("how", "測定方法", "How it is measured"),
        guidance=("値は単位を付けてお書きください（例：5件以上、5,000人程度）。", "Write values with their units, such as 5件以上."),
    )  # fmt: skip
    return section("indicators", "KPI", "Indicators", rows)


def _budget() -> Section:
    rows = table(
        "budget", "予算の内訳", "Budget", FEASIBILITY, 30,
        column("year", "年度", "Fiscal year", required=True),
        column("item", "費目", "Item", required=True),
        column("amount", "金額", "Amount", "number", unit="千円", places=0),
        column("source", "財源", "Source", "one_choice", choices=["国費", "都道府県費", "市区町村費", "民間資金", "その他"]),
        column("note", "備考", "Note"),
        guidance=("この事業では資金の交付は行いません。取組に必要な資金の見通しをお書きください。",
              "No money is paid by this programme: say how the work is to be paid for."),
    )  # fmt: skip
    return section("budget", "予算", "Budget", rows)


def _linkage() -> Section:
    kinds = ["他の府省の施策", "他の地域の取組", "データ連携基盤（都市OS）", "APIの公開", NO_LINKS]
    some = Condition("linkage", tuple(kinds[:-1]))
    return section(
        "linkage", "連携", "Links",
        ask("linkage", "several_choices", "連携するもの", "Linked with", LINKS, choices=kinds),
        ask("linked_bodies", "local_governments", "連携する地方公共団体（共同申請者を除く）", "Local governments it is linked with, other than joint applicants", LINKS, required=False, when=Condition("linkage", (kinds[1],)), most=20, confirm=False),
        text("linkage_how", "連携の内容", "What is linked, and how", 800, DATA, when=some),
    )  # fmt: skip


def _support() -> Section:
    return section(
        "support", "求める支援", "Support that is asked for",
        ask("support", "several_choices", "国に求める支援", "Support", FEASIBILITY, required=False,
             choices=["規制・制度に関する助言", "技術に関する助言", "関係府省との調整", "他の補助制度の紹介", "他の選定団体との交流"]),
        text("regulation", "実装に当たり課題となる規制・制度", "Rules and regulations in the way", 800, FEASIBILITY, required=False),
    )  # fmt: skip


def _conditions() -> Section:
    return section(
        "conditions", "応募に当たっての確認", "Conditions",
        ask("conditions", "confirmation", "資金の交付がないこと、及び選定後に地域実装協議会を設けることを確認しました", "We know that no money is paid, and that a council is formed after the selection"),
    )  # fmt: skip
