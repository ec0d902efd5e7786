"""What a call needs so that it can be applied to. The sources do not tell it of any call: it is made up."""

from __future__ import annotations

from typing import Any

from app.lifecycle import N_
from app.organisations.models import HEAD_TITLES
from app.programmes.default_form import attachments, basics, joint_applicants, technologies
from app.programmes.form import OWN
from app.questions.definition import Definition, Question, Section, Words, in_both

MARK = "（見本）"
LOCAL_GOVERNMENTS = tuple(HEAD_TITLES)
NOT_IN_THE_SOURCES = (
    "設問と評価の観点の重みは資料に記載がないため、画面を試していただくための見本を置いています。"
)
_QUESTIONS = (
    ("地域の課題", "解決しようとする地域の課題と、その背景をお書きください。", 1000),
    ("活用する未来技術と取組の内容", "どの技術を、どのように社会実装するかをお書きください。", 2000),
    ("実装に向けた体制と計画", "関係者の役割と、年度ごとの計画をお書きください。", 2000),
)
_CRITERIA = (  # the programme's own (domain.md §1)
    ("革新性", "これまでにない技術又は活用の方法であるか"),
    ("先導性", "他の地域に先立つ取組であるか"),
    ("横展開可能性", "他の地域でも活用できる取組であるか"),
)


def form() -> Definition:
    """A long text for each question, each in a section of its own."""
    heading = in_both(N_("Answers to the questions"))
    own = [
        Section(key, words := Words(label), (_asked(key, words, hint, most),), heading=heading)
        for number, (label, hint, most) in enumerate(_QUESTIONS, start=1)
        if (key := f"{OWN}{number}")
    ]
    return Definition((basics(), technologies(), joint_applicants(), *own, attachments()))


def _asked(key: str, label: Words, hint: str, most: int) -> Question:
    settings = {"max_chars": most}
    return Question(key, "long_text", label, Words(hint), required=True, settings=settings, entry="text")


def criteria() -> list[dict[str, Any]]:
    return [{"label": label, "description": text, "weight": 1} for label, text in _CRITERIA]
