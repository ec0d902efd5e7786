"""A kind of question is a file: put into the folder it is asked, answered, frozen, exported and read back."""

from __future__ import annotations

import json
import sys

import pytest

from app.questions import answering, freezing, open_data, publishing, workbooks
from app.questions.definition import Definition, Question, Section, Words
from app.questions.kind import Upload
from app.questions.kinds import KINDS, discover
from app.questions.workbook_reading import read_workbook

A_KIND = '''
"""A telephone number."""

from wtforms import StringField

from app.questions.kind import Kind, Unreadable, text_of
from app.web.forms import half_width


class Telephone(Kind):
    name = "telephone"
    label = "Telephone"

    def fields(self):
        return {self.question.name: StringField(**self.as_asked)}

    def parse(self, entered):
        text = half_width(text_of(entered))
        if text and not text.replace("-", "").isdecimal():
            raise Unreadable("This is not a telephone number.")
        return text
'''


@pytest.fixture
def added(tmp_path, monkeypatch):
    (tmp_path / "another_house").mkdir()
    (tmp_path / "another_house" / "__init__.py").write_text("")
    (tmp_path / "another_house" / "telephone.py").write_text(A_KIND)
    monkeypatch.syspath_prepend(tmp_path)
    found = discover([str(tmp_path / "another_house")], "another_house")
    assert list(found) == ["telephone"]
    monkeypatch.setitem(KINDS, "telephone", found["telephone"])
    yield
    for name in [name for name in sys.modules if name.startswith("another_house")]:
        del sys.modules[name]


def test_a_kind_is_one_file(app, added, at, editor, body):
    form = Definition(
        (Section("s", Words("連絡先"), (Question("tel", "telephone", Words("電話番号"), required=True),)),)
    )
    template = publishing.begin_form("連絡先", form, at=at)
    version = publishing.publish(template, actor=editor, at=at)
    response = answering.start(version, about=body, at=at)
    values = {"tel": form.questions["tel"].asked.parse("０３－１２３４－５６７８")}
    assert answering.save_section(response, "s", values, version=0, actor=editor, at=at)
    frozen = freezing.freeze(response, actor=editor, at=at)
    assert list(open_data.rows(form, [frozen.content])) == [["03-1234-5678"]]
    read = read_workbook(
        form,
        Upload(
            "様式.xlsx",
            workbooks.workbook(form, response.values, workbooks.Cover("見本", template=1, version=1)),
        ),
    )
    assert read.values == {"tel": "03-1234-5678"}
    page = app.jinja_env.from_string(
        '{% from "questions/_section.html" import section with context %}{{ section(form) }}'
    )
    with app.test_request_context():
        from app.questions.forms import section_form

        drawn = page.render(form=section_form(response, form.sections[0]))
    assert 'name="tel"' in drawn
    assert 'value="03-1234-5678"' in drawn


def test_a_file_without_a_kind_is_told_at_once(tmp_path, monkeypatch):
    (tmp_path / "no_house").mkdir()
    (tmp_path / "no_house" / "__init__.py").write_text("")
    (tmp_path / "no_house" / "nothing.py").write_text("x = 1")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TypeError, match="one kind of question"):
        discover([str(tmp_path / "no_house")], "no_house")


def test_the_command_lists_the_kinds(app):
    runner = app.test_cli_runner()
    told = json.loads(runner.invoke(args=["questions", "kinds", "--json"]).output)
    assert [it["name"] for it in told] == list(KINDS)
    assert {it["name"]: it["label_ja"] for it in told}["long_text"] == "複数行の文章"
    assert all(it["label"] and it["label_ja"] for it in told)
    assert len(runner.invoke(args=["questions", "kinds"]).output.splitlines()) == len(KINDS)
