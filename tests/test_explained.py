"""Errors that carry a sentence: raised without a reader, told in the reader's language wherever they are shown."""

from __future__ import annotations

import ast
import re

import pytest
from flask_babel import force_locale

from app import calendar, halting
from app.explained import Explained
from app.organisations import codes, passwords
from app.organisations.operations import Refused, checked_address
from app.questions.kind import Unreadable
from app.web.i18n import sentence_of
from config import ROOT

KANA = re.compile("[ぁ-んァ-ヶ]")
HOME = ROOT / "app" / "explained.py"


def raised(act, *given) -> Explained:
    with pytest.raises(Explained) as found:
        act(*given)
    return found.value


def weak(password: str) -> None:
    passwords.refuse_weak(password, email="taro@example.jp")


@pytest.fixture
def both(plain_app):
    """The sentence of a problem, in Japanese and in English."""

    def read(problem: Explained) -> tuple[str, str]:
        found = []
        for language in ("ja", "en"):
            with plain_app.app_context(), force_locale(language):
                found.append(sentence_of(problem))
        return found[0], found[1]

    return read


def test_a_day_is_told_as_the_reader_writes_days(both):
    problem = raised(calendar.parse_date, "昭和65年1月1日")
    japanese, english = both(problem)
    assert "昭和64年1月7日" in japanese and "7 January 1989" in english
    assert "1989-01-07" in str(problem), "a log has it as it is"


@pytest.mark.parametrize(
    ("act", "given"),
    [
        (calendar.parse_date, "13月"),
        (codes.mend_code, "999999"),
        (weak, "password"),
        (checked_address, "nobody"),
    ],
    ids=lambda it: getattr(it, "__name__", None),
)
def test_what_is_refused_is_told_in_two_languages(both, act, given):
    japanese, english = both(raised(act, given))
    assert KANA.search(japanese) and not KANA.search(english.replace(given, ""))


def test_a_sentence_goes_from_one_error_to_another(both):
    read = raised(calendar.parse_date, "R5.2.30")
    assert both(Unreadable.of(read, entry="day")) == both(read)


def test_a_sentence_without_values_may_have_a_percent_sign(both):
    assert str(Refused("100% sure")) == "100% sure" and both(Refused("100% sure")) == ("100% sure",) * 2


def test_a_halt_names_its_reason_to_us_and_what_it_means_to_everybody(both):
    problem = halting.Halted(halting.BY_HAND)
    assert problem.reason == halting.BY_HAND and "自動処理" in both(problem)[0]


def test_no_error_carries_a_sentence_in_a_way_of_its_own():
    """Every `msgid` that an error has comes from Explained, and whoever shows one asks `sentence_of`."""
    own, shown = [], []
    for path in sorted((ROOT / "app").rglob("*.py")):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and path != HOME and _sets_msgid(node):
                own.append(f"{path.relative_to(ROOT)}: {node.name}")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and _is_text_of_error(node):
                shown.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert own == [] and shown == []


def _sets_msgid(node: ast.ClassDef) -> bool:
    """self.msgid = …, or msgid = … in the body of the class."""
    return any(
        (isinstance(target, ast.Attribute) and target.attr == "msgid")
        or (isinstance(target, ast.Name) and target.id == "msgid" and inner in node.body)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Assign)
        for outer in inner.targets
        for target in (outer.elts if isinstance(outer, ast.Tuple) else [outer])
    )


def _is_text_of_error(call: ast.Call) -> bool:
    """_(str(problem))."""
    first = call.args[0] if call.args else None
    return isinstance(first, ast.Call) and getattr(first.func, "id", "") == "str"
