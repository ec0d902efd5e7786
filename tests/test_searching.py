"""A search that an index answers finds what looking at each text would find, whatever was written since."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import calendar, searching
from app.applications.models import Application
from app.correspondence.labels import MAIL_STATES
from app.correspondence.models import Letter, Mail
from app.db import db
from app.folding import fold, only_marks
from app.guards import searches
from app.web.filters import Search
from tests import factories

TEXTS = (
    "札幌市の除雪",
    "幌札市の除雪",
    "港区の自動運転 AI",
    "港 区",
    "",
    "区",
    "100%の_見守り",
    "100パーセント",
    "引用符\"と'と\\",
    "😀の絵文字",
    "😁の絵文字",
    "ＡＩ・IoTの札幌",
    "AND OR NOT * (札幌)",
)
WORDS = (
    "札幌", "札", "幌市", "札幌市の除", "港区", "区", "ai", "0%", "の_", "_", "%", '"と', "'", "\\", "😀", "😀の", "絵文字",
    "AND", "or not", "(札", "* (", "没い", "iotの札幌", "の除雪の",
)  # fmt: skip


@pytest.fixture(params=[searching.FEW, 0], ids=["few hold it", "many hold it"])
def limit(request, monkeypatch) -> int:
    monkeypatch.setattr(searching, "FEW", request.param)
    return request.param


@pytest.fixture
def letters(app) -> list[Letter]:
    made = [factories.letter(subject=text) for text in TEXTS]
    db.session.commit()
    return made


def found(word: str) -> list[int]:
    query = Search("q", "", [Letter.search_text]).narrow(select(Letter), word)
    return sorted(row.id for row in db.session.scalars(query))


def looked_for(word: str) -> list[int]:
    words = fold(word).split()
    rows = db.session.scalars(select(Letter))
    return sorted(row.id for row in rows if all(it in row.search_text for it in words))


@pytest.mark.parametrize("word", WORDS)
def test_what_is_found_is_what_each_text_holds(letters, limit, word):
    assert found(word) == ([] if only_marks(word) else looked_for(word))


def test_among_the_words_are_some_that_are_found_and_some_that_are_not(letters):
    counts = [len(looked_for(word)) for word in WORDS]
    assert 0 in counts and 1 in counts and max(counts) > 1


def test_a_text_that_was_changed_is_found_by_its_new_words_alone(letters, limit):
    letters[0].subject = "函館市の除雪"
    db.session.commit()
    assert found("函館") == [letters[0].id]
    assert letters[0].id not in found("札幌") and letters[0].id in found("除雪")


def test_what_the_applicant_is_mending_is_not_found_by_the_office(app, limit):
    application = factories.application("submitted")
    application.title = "まだ出していない題"
    db.session.commit()
    texts = Search("q", "", [Application.submitted_search_text])
    assert not db.session.scalars(texts.narrow(select(Application), "まだ出して")).all()


def test_what_was_rolled_back_is_not_found(letters, limit):
    letters[0].subject = "函館市の除雪"
    db.session.flush()
    db.session.rollback()
    assert not found("函館") and found("札幌")


def test_two_words_must_both_be_found(letters, limit):
    assert found("札幌 除雪") == [letters[0].id]
    assert not found("札幌 自動運転")


def test_the_pairs_of_a_word():
    assert searching.pairs_of("札幌市") == ["札幌", "幌市"]
    assert searching.pairs_of("ハハハ") == ["ハハ"]
    assert searching.pairs_of("札") == []


def test_an_index_answers(letters):
    """A search of few rows among many must not read all of them."""
    query = Search("q", "", [Letter.search_text]).narrow(select(Letter.id), "港区")
    statement = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    if db.engine.dialect.name == "sqlite":
        plan = [row[-1] for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {statement}"))]
        assert any("found_letters VIRTUAL TABLE" in line for line in plan), plan
        assert not any(line.startswith("SCAN letters") for line in plan), plan
        return
    db.session.execute(db.text("SET LOCAL enable_seqscan = off"))
    plan = [row[0] for row in db.session.execute(db.text(f"EXPLAIN {statement}"))]
    assert any("ix_letters_searched_pairs" in line for line in plan), plan


def test_every_text_has_its_pairs(letters):
    """Kept by the database itself, in the same transaction."""
    if db.engine.dialect.name == "sqlite":
        rows = db.session.scalar(db.text("SELECT count(*) FROM found_letters"))
        db.session.execute(db.text("INSERT INTO found_letters (found_letters) VALUES ('integrity-check')"))
    else:
        rows = db.session.scalar(db.text("SELECT count(searched_pairs) FROM letters"))
    assert rows == db.session.scalar(select(func.count(Letter.id)))


def test_what_was_written_without_the_triggers_is_found_once_they_are_made_anew(letters):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps the pairs in a column of its own making")
    connection = db.session.connection()
    connection.execute(db.text("DROP TRIGGER found_letters_update"))
    letters[0].subject = "函館市の除雪"
    db.session.flush()
    assert not found("函館")
    searches.make_anew(connection)
    assert found("函館") == [letters[0].id] and letters[0].id not in found("札幌")


def test_a_case_has_the_code_of_its_lead_by_which_lists_go(app):
    body, other = factories.organisation(code="011002"), factories.organisation(code="012106")
    application, project = factories.application(organisation=body), factories.project([other, body])
    assert (application.lead_code, project.lead_code) == ("011002", "012106")


def test_a_mail_stands_in_the_state_that_it_has_and_in_no_other(app):
    sent, parked, queued = (factories.mail() for _ in range(3))
    sent.next_attempt_at, sent.sent_at = None, calendar.now()
    parked.next_attempt_at, parked.parked_at = None, calendar.now()
    db.session.flush()
    for state in MAIL_STATES:
        by_index = set(db.session.scalars(select(Mail.id).where(Mail.stands_in(state))))
        assert by_index == {it.id for it in (sent, parked, queued) if it.state == state}, state
        assert by_index == set(db.session.scalars(select(Mail.id).where(Mail.state == state))), state
