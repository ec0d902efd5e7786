"""Values of KPIs as people write them: what is certain is read, and nothing else (domain.md §5)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from app.kpis import words
from app.kpis.values import read_value

TABLE = list(csv.DictReader((Path(__file__).parent / "values.csv").read_text().splitlines(keepends=True)))
WHY = {name: text for name, text in vars(words).items() if name.isupper() and isinstance(text, str)}
NUMBERS = ("value", "from", "to", "year")


def expected(row):
    found = {name: json.loads(row[name]) if row[name] else None for name in NUMBERS}
    return {
        "raw": row["raw"],
        "unit": row["unit"] or None,
        "qualifier": row["qualifier"] or None,
        "why": WHY[row["why"]] if row["why"] else "",
        **found,
    }


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["raw"][:30] or "nothing")
def test_what_is_read_of_it(row):
    assert read_value(row["raw"]).to_json() == expected(row)


def test_the_table_has_a_value_of_each_sort_once():
    assert len(TABLE) > 300
    assert {row["why"] for row in TABLE} >= {
        "STILL_COUNTED",
        "NONE_YET",
        "NONE",
        "SEVERAL",
        "HYPHEN",
        "BACKWARDS",
    }
    assert len({row["raw"] for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("text", ["\x00", "🦊", "1" * 200, "﷽" * 200, "（" * 200, "1～" * 90, "千" * 190])
def test_whatever_is_typed_is_read_or_told_why_not(text):
    found = read_value(text)
    assert found.value is not None or found.why


def test_the_command_answers_in_the_order_of_the_question(app):
    asked = ["5,000人程度", "▲12.3％", "-490人", "5～10件", "—"]
    answer = app.test_cli_runner().invoke(args=["kpi", "parse", *asked, "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert [it["raw"] for it in found] == asked
    assert found[2] == {
        "raw": "-490人", "value": -490, "unit": "人", "qualifier": "exact", "from": None, "to": None, "year": None, "why": "",
    }  # fmt: skip
    in_words = app.test_cli_runner().invoke(args=["kpi", "parse", "R5:120人"])
    assert "value=120" in in_words.output and "year=2023" in in_words.output
