"""From section to section: "save and next" follows the task list, and every page leads to the call and its criteria."""

from __future__ import annotations

import pytest

from app.applications.models import Application
from app.db import db
from app.programmes.models import Criterion
from tests import factories
from tests.factories.applications import holder
from tests.reading import text_of


@pytest.fixture
def draft(app):
    questions = [{"label": "地域の課題", "hint": "数値を示してください。", "max_chars": 1000}]
    criteria = [
        Criterion(position=1, label="革新性", description="新しい技術をどう生かすか。", weight=3),
        Criterion(position=2, label="実現性", weight=1),
    ]
    return factories.application(call=factories.call(questions=questions, criteria=criteria), complete=False)


@pytest.fixture
def editor(draft, sign_in_as):
    return sign_in_as(tenure=holder("municipality_editor", draft.organisation))[0]


def entries_of(draft) -> list[tuple[str, dict]]:
    """Each section's address and a full entry, in the order of the task list."""
    return [
        ("basics", {"version": "0", "title": "雪道の見守り", "summary": "ドローンで見守る。"}),
        ("technologies", {"version": "0", "technologies": "AI"}),
        ("joint-applicants", {}),
        (f"answers/{factories.own_questions(draft.call)[0].id}", {"version": "0", "text": "雪が多い。"}),
        ("attachments", {}),
    ]


def test_save_and_next_leads_through_all_sections_to_the_check_page(draft, editor):
    base, entries = f"/applications/{draft.id}", entries_of(draft)
    for (section, typed), (after, _) in zip(entries, [*entries[1:], ("check", {})], strict=True):
        shown = text_of(editor.get(f"{base}/{section}"))
        if section == "attachments":  # each file is attached by itself: there is nothing left to save
            assert f'href="{base}/{after}"' in shown
            continue
        assert ('name="next"' in shown and "保存して次へ" in shown) or section == "joint-applicants"
        target = (
            f"{base}/joint-applicants/confirmation" if section == "joint-applicants" else f"{base}/{section}"
        )
        answer = editor.post(target, data={**typed, "next": "1"})
        assert answer.headers["Location"] == f"{base}/{after}", section
    assert db.session.get(Application, draft.id).title == "雪道の見守り"


def test_save_and_next_stays_where_something_is_missing(draft, editor):
    answer = editor.post(f"/applications/{draft.id}/basics", data={"version": "0", "title": "", "next": "1"})
    assert answer.status_code == 422 and "エラー：" in text_of(answer)


def test_the_other_button_still_leads_back_to_the_task_list(draft, editor):
    for section, typed in entries_of(draft)[:2]:
        answer = editor.post(f"/applications/{draft.id}/{section}", data=typed)
        assert answer.headers["Location"] == f"/applications/{draft.id}"


def test_every_page_of_a_draft_leads_to_the_call_and_tells_its_criteria(draft, editor):
    for section in ("", *(f"/{section}" for section, _ in entries_of(draft))):
        shown = text_of(editor.get(f"/applications/{draft.id}{section}"))
        assert f'href="/calls/{draft.call_id}"' in shown, section
        for told in ("革新性", "新しい技術をどう生かすか。", "実現性"):
            assert told in shown, (section, told)


def test_every_section_tells_until_when_it_is_to_be_handed_in(draft, editor):
    for section, _ in entries_of(draft):
        page = text_of(editor.get(f"/applications/{draft.id}/{section}"))
        assert '<p class="due">' in page and "令和5年3月17日（金）12時" in page, section


def test_the_call_opens_beside_a_form_so_that_nothing_typed_is_lost(draft, editor):
    shown = text_of(editor.get(f"/applications/{draft.id}/basics"))
    link = shown[: shown.index(f'href="/calls/{draft.call_id}"') + 120].rpartition("<a ")[2]
    assert 'target="_blank"' in link and "別のタブ" in shown
