"""What an evaluation meeting records: who took part; of a project the grades and opinions; and what is answered to them.

The words are those of seed 003 (効果検証会議による評価結果). What is asked of one project follows its indicators (ADR 53).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby

from app.folding import fold
from app.kpis.models import Kpi
from app.questions.composing import ask, column, section, table, text
from app.questions.definition import Definition, Question, Section, Words

GRADES = (
    "非常に効果があった",
    "相当程度効果があった",
    "効果があった",
    "効果がなかった",
)  # the national four steps
NOT_GRADED = "評価しない"
MEETING, FINDINGS, RESPONSE = "meeting", "findings", "response"
PARTS = (MEETING, FINDINGS, RESPONSE)
MEMBERS, REMARKS = "members", "remarks"
WHOLE = "whole"
TO_RESULTS, TO_FUTURE = "to-results", "to-future"
GRADE, RESULTS, FUTURE = "grade", "results", "future"
MOST_MEMBERS, LONGEST = 50, 2000


def meeting_form() -> Definition:
    """Members as of the day of the meeting, and what was said of all projects together."""
    members = table(
        MEMBERS, "出席者（会議の日現在）", "Members, as of the day of the meeting", "", MOST_MEMBERS,
        column("name", "氏名", "Name", required=True),
        column("post", "役職", "Post"),
        column("organisation", "所属", "Organisation", required=True),
        column("part", "会議での役割", "Part in the meeting", "one_choice", choices=["座長", "委員", "オブザーバー"]),
        required=False,
        guidance=("会議の日に就いている役職で記入します。異動の後も、この記録は変わりません。", "Posts as of the day of the meeting; they stay as they are when people move on."),
    )  # fmt: skip
    remarks = text(
        REMARKS, "全体に対する意見", "Opinions on all projects together", LONGEST, "", required=False
    )
    return Definition(
        (
            section(MEMBERS, "出席者", "Members", members),
            section(REMARKS, "全体に対する意見", "Opinions on all projects together", remarks),
        )
    )


def findings_form() -> Definition:
    """What is recorded of every project; what is asked besides follows its indicators (`sections_of`)."""
    return Definition((section(WHOLE, "事業全体", "The project as a whole", *_three(WHOLE)),))


def response_form() -> Definition:
    answer = text(
        TO_RESULTS, "評価及び意見に対する回答", "Response to the grades and opinions", LONGEST, "",
        guidance=("会議の評価と意見の全体に対して記入します。公表されます。", "To all grades and opinions of the meeting. It is published."),
    )  # fmt: skip
    future = text(TO_FUTURE, "今後の対応", "What is done from now on", LONGEST, "", required=False)
    return Definition(
        (section(RESPONSE, "地方公共団体の回答", "Response of the local government", answer, future),)
    )


def sections_of(indicators: Sequence[Kpi]) -> list[Section]:
    """A page for each initiative (事業) that the indicators name, and one for those that name none."""
    groups: dict[str, list[Kpi]] = {}
    for kpi in indicators:
        groups.setdefault(kpi.initiative, []).append(kpi)
    return [_of_initiative(name, of_it) for name, of_it in groups.items()]


def items_of(questions: Iterable[Question]) -> list[str]:
    """The keys of what is graded, in the order of the form: each stands before “.grade”, so to say."""
    return [key for key, _same in groupby(questions, key=lambda it: it.key.rpartition("-")[0])]


def key_of_kpi(kpi: Kpi) -> str:
    return f"kpi-{kpi.id}"


def kpi_id_of(item: str) -> int | None:
    """None for what is no indicator: the project as a whole, or an initiative."""
    kind, _, number = item.partition("-")
    return int(number) if kind == "kpi" else None


def question_of(item: str, part: str) -> str:
    return f"{item}-{part}"


def _of_initiative(name: str, indicators: Sequence[Kpi]) -> Section:
    key = f"item-{hashlib.sha256(fold(name).encode()).hexdigest()[:12]}" if name else "kpis"
    questions = list(_three(key, name)) if name else []
    for kpi in indicators:
        questions += _three(key_of_kpi(kpi), f"KPI「{kpi.name}」")
    label = Words(name) if name else Words("指標", "Indicators")
    return Section(key, label, tuple(questions))


def _three(item: str, about: str = "") -> tuple[Question, ...]:
    ja, en = (f"{about}：", f"{about}: ") if about else ("", "")
    return (
        ask(
            question_of(item, GRADE), "one_choice", f"{ja}事業効果に対する評価", f"{en}grade of its effect",
            required=False, choices=[*GRADES, NOT_GRADED],
        ),
        text(question_of(item, RESULTS), f"{ja}実績についての意見", f"{en}opinions on the results", LONGEST, "", required=False),
        text(question_of(item, FUTURE), f"{ja}今後の方針等についての意見", f"{en}opinions on the future", LONGEST, "", required=False),
    )  # fmt: skip
