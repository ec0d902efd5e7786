"""A body that was not selected applies again: it copies what still holds, and nothing that was typed is lost."""

from __future__ import annotations

import re

from app.applications.models import Application
from app.db import db
from tests import factories
from tests.factories.applications import holder
from tests.factories.programmes import own_questions
from tests.reading import page_at
from tests.stories.walking import post


def test_an_editor_copies_last_year_s_answers_and_mends_two(sign_in_as):
    body = factories.organisation("岩見沢市")
    last_year = factories.call(title="昨年の募集", questions=[{"label": "体制"}, {"label": "地域の課題"}])
    this_year = factories.call(title="今年の募集", questions=[{"label": "地域の課題"}, {"label": "横展開"}])
    earlier = factories.application("not_selected", call=last_year, organisation=body, title="雪道の見守り")
    editor, _ = sign_in_as(tenure=holder("municipality_editor", body))
    started = editor.post(f"/calls/{this_year.id}/applications").headers["Location"]

    # the title is typed already when the editor finds that much can be copied
    post(editor, f"{started}/basics", version="0", title="雪道の見守り（改）", summary="", for_now="1")
    choose = page_at(editor, started)
    copying = re.search(r'href="([^"]+/copy)"', choose)[1]
    offered = page_at(
        editor, re.search(r'href="([^"]+from=[^"]+)"', page_at(editor, copying))[1].replace("&amp;", "&")
    )
    assert "体制" in offered.partition("今回の設問に合わない回答")[2], (
        "what is not asked any more is there to be read"
    )
    ticked = re.findall(r'name="question" value="([^"]+)"[^>]*? checked', offered)
    assert "title" not in ticked and {"summary", "technologies", "attachments"} <= set(ticked)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', offered)[1]
    post(editor, f"{copying}?from={earlier.id}-submitted", question=ticked, seen=seen)

    draft = db.session.get(Application, int(started.rpartition("/")[2]))
    assert (draft.title, draft.summary) == ("雪道の見守り（改）", earlier.summary)
    assert draft.answered.values[own_questions(this_year)[0].key] == "地域の課題についての回答"
    assert [file.filename for file in draft.attachments] == ["計画.pdf"]
    told = page_at(editor, started)
    assert "以前の申請から回答を写しました" in told and "昨年の募集" in told
