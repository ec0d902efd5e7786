"""The log, obstacles and knowledge, as their operations keep them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app import calendar
from app.accompaniment import entries, knowledge, obstacles, obstacles_of
from app.accompaniment.models import KnowledgeItem, LogEntry, Obstacle
from app.accompaniment.names import still_named
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.lifecycle.obstacle import OUTSTANDING, RESOLVED
from app.organisations.operations import Refused
from app.permissions import EDITOR, MINISTRY, OFFICER
from app.web.records import within_reach
from tests import factories
from tests.factories.applications import holder
from tests.reading import events


@pytest.fixture
def project(app):
    return factories.project([factories.organisation("岩見沢市")], title="雪道の見守り")


def words_of(entry: LogEntry, **changed):
    return {**{name: getattr(entry, name) for name in entries.WORDS}, **changed}


def test_an_entry_is_corrected_by_its_seat_and_every_wording_is_kept(project, at):
    officer, other = factories.tenure(OFFICER), factories.tenure(OFFICER)
    entry = factories.log_entry(project, "雪が深い。", by=officer)
    entries.correct(entry, **words_of(entry, text="雪が深く、止まった。"), actor=officer, at=at)
    with pytest.raises(NotAllowed):
        entries.correct(entry, **words_of(entry, text="x"), actor=other, at=at)
    db.session.expire_all()
    assert [it.text for it in entry.editions] == ["雪が深い。", "雪が深く、止まった。"]
    assert (entry.edition, entry.text) == (2, "雪が深く、止まった。")
    assert events(entry) == ["log_entry_corrected", "log_entry_written"]


def test_the_same_words_make_no_further_edition(project, at):
    officer = factories.tenure(OFFICER)
    entry = factories.log_entry(project, by=officer)
    entries.correct(entry, **words_of(entry), actor=officer, at=at)
    assert entry.edition == 1 and events(entry) == ["log_entry_written"]


def test_what_is_within_the_office_is_neither_found_nor_told_outside_until_it_is_shown(project, at):
    officer = factories.tenure(OFFICER)
    readers = factories.tenure(EDITOR, project.lead), factories.tenure(MINISTRY)
    entry = factories.log_entry(project, "体制に不安がある。", by=officer, within_office=True)
    seen = [list(db.session.scalars(within_reach(LogEntry, reader))) for reader in readers]
    assert seen == [[], []]
    assert {it.audience for it in _history(entry)} == {"office"}
    entries.correct(entry, **words_of(entry, text="体制を相談する。"), shown=True, actor=officer, at=at)
    assert [list(db.session.scalars(within_reach(LogEntry, reader))) for reader in readers] == [
        [entry],
        [entry],
    ]
    assert not any(entry.is_read_whole_by(reader) for reader in readers), "its earlier wording stays inside"
    assert [it.audience for it in _history(entry)] == ["all", "all", "office"]


def _history(record) -> list[HistoryEntry]:
    db.session.commit()
    return list(db.session.scalars(HistoryEntry.of(record)))


@pytest.mark.parametrize("role", [EDITOR, MINISTRY])
def test_only_the_office_writes_within_the_office(project, role):
    who = factories.tenure(role, project.lead if role == EDITOR else None)
    with pytest.raises(NotAllowed):
        factories.log_entry(project, by=who, within_office=True)


def test_nobody_writes_about_what_is_still_to_come_or_about_anothers_project(project, at):
    with pytest.raises(Refused):
        factories.log_entry(project, held_on=calendar.day_of(at) + timedelta(days=1))
    with pytest.raises(NotAllowed):
        factories.log_entry(project, by=factories.tenure(EDITOR))


def test_a_withdrawn_entry_says_why_is_found_by_nobody_and_never_changes(project, at):
    officer = factories.tenure(OFFICER)
    entry = factories.log_entry(project, "別の事業の話", by=officer)
    entries.withdraw(entry, reason="別の事業の記録のため", actor=officer, at=at)
    assert entry.search_text == "" or not entry.words
    with pytest.raises(entries.Withdrawn):
        entries.correct(entry, **words_of(entry, text="x"), actor=officer, at=at)
    with pytest.raises(entries.Withdrawn):
        entries.withdraw(entry, reason="x", actor=officer, at=at)
    with pytest.raises(ValueError, match="reason"):
        entries.withdraw(factories.log_entry(project, by=officer), reason=" ", actor=officer, at=at)


def test_an_obstacle_is_settled_with_an_outcome_and_taken_up_again_with_another_day(project, at):
    officer = holder(OFFICER)
    obstacle = factories.obstacle(project)
    with pytest.raises(ValueError, match="told"):
        obstacles.resolve(obstacle, outcome=" ", actor=officer, at=at)
    obstacles.resolve(obstacle, outcome="許可を得た。", actor=officer, at=at)
    assert obstacle in RESOLVED and obstacle.settled_at == at and obstacle.settled_by == officer.name
    with pytest.raises(NotAllowed):
        obstacles.give_up(obstacle, outcome="x", actor=officer, at=at)
    with pytest.raises(Refused):
        obstacles.reopen(obstacle, reason="不足", due_on=date(2023, 2, 1), actor=officer, at=at)
    db.session.rollback()
    obstacle = factories.obstacle(factories.project(), "resolved")
    due = calendar.day_of(at) + timedelta(days=3)
    obstacles.reopen(obstacle, reason="許可が取り消された。", due_on=due, actor=holder(OFFICER), at=at)
    assert obstacle in OUTSTANDING and (obstacle.outcome, obstacle.settled_at, obstacle.due_on) == (
        "",
        None,
        due,
    )
    db.session.commit()
    (entry, *_) = db.session.scalars(HistoryEntry.of(obstacle))
    assert entry.changes["outcome"] == ["区間を限って許可を得た。", ""]


def test_what_an_obstacle_was_before_stands_in_its_history(project, at):
    obstacle = factories.obstacle(project)
    ministry = factories.office()
    facts = {name: getattr(obstacle, name) for name in obstacles.FACTS}
    changed = {**facts, "title": "走行の許可", "acts": "ministry", "ministry_id": ministry.id}
    obstacles.revise(obstacle, **changed, actor=holder(OFFICER), at=at)
    obstacles.revise(obstacle, **changed, actor=holder(OFFICER), at=at)
    db.session.commit()
    told = [it for it in db.session.scalars(HistoryEntry.of(obstacle)) if it.event == "obstacle_revised"]
    assert [it.changes for it in told] == [
        {
            "title": ["道路使用の許可", "走行の許可"],
            "acts": ["body", "ministry"],
            "ministry": ["", ministry.name],
        }
    ]


def test_a_day_that_has_passed_may_stay_and_no_other_be_entered(project, at):
    obstacle = factories.obstacle(project, due_on=calendar.day_of(at))
    later = at + timedelta(days=10)
    facts = {name: getattr(obstacle, name) for name in obstacles.FACTS}
    obstacles.revise(obstacle, **{**facts, "text": "改めた。"}, actor=holder(OFFICER), at=later)
    assert obstacle.text == "改めた。" and obstacle.is_late(calendar.day_of(later))
    gone = calendar.day_of(at) + timedelta(days=1)
    with pytest.raises(Refused):
        obstacles.revise(obstacle, **{**facts, "due_on": gone}, actor=holder(OFFICER), at=later)


@pytest.mark.parametrize(
    "facts",
    [{"acts": "ministry", "ministry_id": None}, {"ministry_id": 99_999}, {"due_on": date(2023, 1, 1)}],
    ids=["a ministry must act and none is named", "no ministry", "a day that has passed"],
)
def test_what_cannot_be_is_refused(project, facts):
    with pytest.raises(Refused):
        factories.obstacle(project, **facts)


def test_a_local_government_is_no_ministry(project):
    with pytest.raises(Refused):
        factories.obstacle(project, ministry_id=project.lead.id)


def test_the_obstacles_of_a_project_come_with_the_outstanding_ones_first(project, at):
    day = calendar.day_of(at)
    resolved = factories.obstacle(project, "resolved", due_on=day)
    late, soon = (factories.obstacle(project, due_on=day + timedelta(days=it)) for it in (9, 2))
    factories.obstacle()
    assert obstacles_of(project) == [soon, late, resolved]


NAMES = (
    ("岩見沢市の冬に限る。", ["岩見沢市"]),
    ("岩見沢市で、岩見沢の冬に限る。", ["岩見沢市", "岩見沢"]),
    ("岩見澤の冬に限る。", ["岩見沢"]),
    ("更別村の例による。", ["更別村"]),
    ("更別の例による。", []),
    ("「雪道の 見守り」で得た。", ["雪道の見守り"]),
    ("ベテランの山田太郎氏に聞いた。", ["山田 太郎"]),
    ("山田課長に聞いた。", ["山田課長"]),
    ("山田んぼの水を見た。", []),
    ("見本大学と行う。", ["見本大学"]),
    ("佐藤に聞いた。", ["佐藤"]),
    ("区間を限ると許可が得られる。", []),
)


@pytest.mark.parametrize(("text", "names"), NAMES, ids=[it for it, _ in NAMES])
def test_names_that_still_stand_in_a_text_are_found(project, text, names):
    factories.organisation("更別村", "016390")
    factories.tenure(EDITOR, project.lead, person=factories.person("山田 太郎"))
    entry = factories.log_entry(project, participants="見本大学、内閣府 佐藤様")
    assert still_named(text, entry) == names


def test_who_wrote_settled_or_was_to_act_on_an_obstacle_is_found_too(project, at):
    by = factories.tenure(OFFICER, person=factories.person("内田 花子"))
    obstacle = factories.obstacle(project, "resolved", by=by, acts_name="鈴木係長")
    assert still_named("内田花子と鈴木が動いた。", obstacle) == ["内田 花子", "鈴木"]


def test_names_are_refused_until_each_is_confirmed(project, at):
    obstacle, officer = factories.obstacle(project, "resolved"), holder(OFFICER)
    words = {
        "topic": "regulatory",
        "question": "許可は要るか",
        "answer": "岩見沢では要る。",
        "actor": officer,
        "at": at,
    }
    for confirmed in ((), ["雪道の見守り"]):
        with pytest.raises(knowledge.StillNamed) as told:
            knowledge.publish(obstacle, **words, confirmed=confirmed)
        assert told.value.names == ["岩見沢"]
    item = knowledge.publish(obstacle, **words, confirmed=["岩見沢"])
    db.session.commit()
    (published,) = db.session.scalars(HistoryEntry.of(item))
    assert published.changes == {"edition": 1, "confirmed": ["岩見沢"]} and published.audience == "office"
    assert events(obstacle)[0] == "obstacle_shared"


@pytest.mark.parametrize("state", ["outstanding", "given_up"])
def test_only_what_was_resolved_is_shared(project, state):
    with pytest.raises(NotAllowed):
        factories.knowledge_item(factories.obstacle(project, state))


def test_an_entry_that_was_withdrawn_is_not_shared_and_none_is_shared_twice(project, at):
    entry = factories.log_entry(project)
    item = factories.knowledge_item(entry)
    with pytest.raises(Refused):
        factories.knowledge_item(entry)
    knowledge.withdraw(item, reason="誤り", actor=holder(OFFICER), at=at)
    assert factories.knowledge_item(entry).id != item.id
    other = factories.log_entry(project)
    entries.withdraw(other, reason="誤り", actor=holder(OFFICER), at=at)
    with pytest.raises(NotAllowed):
        factories.knowledge_item(other)


def test_another_wording_is_another_edition_and_what_is_withdrawn_stays_so(project, at):
    item, officer = factories.knowledge_item(factories.log_entry(project)), holder(OFFICER)
    words = {"topic": item.topic, "question": item.question, "technologies": ["AI", "5G"]}
    for answer in ("昼なら得られる。", "昼なら得られる。"):
        knowledge.reword(item, **words, answer=answer, actor=officer, at=at)
    assert [it.answer for it in item.editions] == ["区間を限れば得られる。", "昼なら得られる。"]
    assert item.technologies == ["AI", "5G"]
    knowledge.withdraw(item, reason="法令の改正", actor=officer, at=at)
    with pytest.raises(knowledge.Withdrawn):
        knowledge.reword(item, **words, answer="x", actor=officer, at=at)


def test_whoever_carries_a_project_reads_what_is_shared_and_nobody_else(project, at):
    item = factories.knowledge_item(factories.log_entry(project))
    ended = factories.project(state="ended")
    cancelled = factories.project(state="cancelled")
    readers = {
        "ours": (project.lead, True), "ended": (ended.lead, True), "cancelled": (cancelled.lead, False),
        "none": (factories.organisation(), False),
    }  # fmt: skip
    for name, (body, reads) in readers.items():
        editor = factories.tenure(EDITOR, body)
        found = list(db.session.scalars(within_reach(KnowledgeItem, editor)))
        assert (found == [item]) is reads and editor.may("knowledge.view", item) is reads, name


def test_two_who_settle_an_obstacle_at_once_are_answered_one_after_the_other(project, at):
    obstacle = factories.obstacle(project)
    db.session.commit()
    seen = db.session.get_one(Obstacle, obstacle.id)
    obstacles.resolve(obstacle, outcome="許可を得た。", actor=holder(OFFICER), at=at)
    db.session.commit()
    with pytest.raises(NotAllowed):
        obstacles.give_up(seen, outcome="断念", actor=holder(OFFICER), at=at)
