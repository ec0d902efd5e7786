"""Entries that were kept are shown by what their fields are called, and none that was typed is left out."""

from __future__ import annotations

import pytest

from app.web.labels import labelled


@pytest.fixture(autouse=True)
def reader(app):
    with app.test_request_context(headers={"Accept-Language": "ja"}):
        yield


def test_a_field_that_all_forms_call_alike_is_shown_by_its_label():
    assert labelled([("base_years", "3"), ("questions-0-max_chars", "2000")]) == [
        ("支援する年度数", "3"),
        ("字数の上限", "2000"),
    ]


def test_a_field_that_forms_call_differently_or_that_is_unknown_is_shown_all_the_same():
    assert labelled([("title", "書きかけ"), ("defect-basics", "概要に地域名を加える")]) == [
        ("入力内容", "書きかけ"),
        ("入力内容", "概要に地域名を加える"),
    ]


def test_what_nobody_typed_is_not_shown():
    assert labelled([("version", "3"), ("seen", "a" * 64), ("for_now", "1"), ("add", "questions")]) == []


def test_a_tick_is_a_yes():
    assert labelled([("questions-0-required", "y")]) == [("必須", "はい")]
