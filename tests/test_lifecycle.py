"""Tables of states and moves, on tables and records of their own: no database is asked."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Column, String

from app.calendar import JST
from app.lifecycle import LIFECYCLES, NotAllowed, closed_guard, is_open, move, must_be_open, open_moves
from app.lifecycle.table import APPLICANT, ASKS, AUDIENCES, CAUTION, OFFICE, Lifecycle, guard

AT = datetime(2023, 2, 15, 10, tzinfo=JST)


@guard("It is too late.", only=OFFICE)
def in_time(record: Any, known: Any) -> bool:
    return known.at < record.due_at


@guard("Nobody has looked at it.")
def looked_at(_record: Any, known: Any) -> bool:
    return known.looked


@pytest.fixture
def table(monkeypatch) -> Lifecycle:
    made = Lifecycle("parcel")
    made.state("packed", "Packed", "info")
    made.state("sent", "Sent", "success", outside="On its way", outside_tone="info")
    made.state("lost", "Lost", "error")
    made.move("send", "packed", "sent", "parcel.send", in_time, looked_at, only=OFFICE)
    made.says("send", "Send", "Sent off", ASKS, CAUTION, outside="Given to the post")
    made.move("lose", made.all_but(made.group("lost")), "lost", "parcel.lose")
    made.says("lose", "Lose", "Lost")
    made.act("look", "packed", "parcel.send", event="looked_at", only=APPLICANT)
    made.says("look", "Look", "Looked at")
    monkeypatch.setitem(LIFECYCLES, "parcel", made)
    return made


class Parcel:
    kind, id = "parcel", 7

    def __init__(self, state: str = "packed") -> None:
        self.state, self.due_at, self.written = state, AT.replace(day=16), []

    def record(self, event: str, **said: Any) -> None:
        self.written.append((event, said["audience"], said["changes"]))


def somebody(*permissions: str) -> Any:
    return SimpleNamespace(may=lambda name, record=None: name in permissions)


ALL = somebody("parcel.send", "parcel.lose")


def test_a_move_sets_the_state_and_writes_from_what_to_what(table):
    parcel = Parcel()
    move(parcel, "send", actor=ALL, at=AT, changes={"by": "air"}, looked=True)
    assert parcel.state == "sent"
    assert parcel.written == [("send", "office", {"state": ["packed", "sent"], "by": "air"})]


def test_an_act_keeps_the_state_and_writes_its_event(table):
    parcel = Parcel()
    move(parcel, "look", actor=ALL, at=AT, changes={"through": "window"})
    assert (parcel.state, parcel.written) == ("packed", [("looked_at", "applicant", {"through": "window"})])


@pytest.mark.parametrize(
    ("parcel", "actor", "at", "why", "closed"),
    [
        (Parcel("lost"), ALL, AT, "it is lost", None),
        (Parcel(), somebody("parcel.lose"), AT, "not permitted", None),
        (Parcel(), ALL, AT.replace(day=16), "It is too late.", in_time),
    ],
    ids=["source", "permission", "guard"],
)
def test_a_move_that_is_not_open_changes_nothing_and_says_why(table, parcel, actor, at, why, closed):
    before = parcel.state
    for attempt in (move, must_be_open):
        with pytest.raises(NotAllowed, match=why) as refused:
            attempt(parcel, "send", actor=actor, at=at, looked=True)
        assert refused.value.guard is closed
    assert (parcel.state, parcel.written) == (before, [])
    assert not is_open(parcel, "send", actor=actor, at=at, looked=True)


def test_each_guard_is_asked_and_the_first_that_is_closed_is_told(table):
    parcel = Parcel()
    assert closed_guard(parcel, "send", at=AT, looked=True) is None
    assert closed_guard(parcel, "send", at=AT, looked=False) is looked_at
    assert closed_guard(parcel, "send", at=parcel.due_at, looked=False) is in_time


def test_a_fact_that_nobody_handed_over_is_an_error_and_no_answer(table):
    with pytest.raises(AttributeError):
        closed_guard(Parcel(), "send", at=AT)


def test_a_sentence_that_would_tell_too_much_is_told_to_one_audience(table):
    assert [in_time.told_to(who) for who in AUDIENCES] == ["It is too late.", "", ""]
    assert {looked_at.told_to(who) for who in AUDIENCES} == {"Nobody has looked at it."}


def test_the_open_moves_are_those_of_the_source_the_permission_and_the_guard(table):
    def names(parcel: Parcel, actor: Any, **known: Any) -> list[str]:
        return [step.name for step in open_moves(parcel, actor, at=AT, **{"looked": True, **known})]

    assert names(Parcel(), ALL) == ["send", "lose", "look"]
    assert is_open(Parcel(), "send", actor=ALL, at=AT, looked=True) is True
    assert names(Parcel(), ALL, looked=False) == ["lose", "look"]
    assert names(Parcel(), somebody("parcel.lose")) == ["lose"]
    assert names(Parcel("sent"), ALL) == ["lose"]
    assert names(Parcel("lost"), ALL) == []


def test_among_named_moves_the_others_are_not_even_asked_for(table):
    assert [step.name for step in open_moves(Parcel(), ALL, at=AT, among=("lose",))] == ["lose"]


def test_a_name_of_no_move_or_state_is_an_error(table):
    with pytest.raises(KeyError):
        must_be_open(Parcel(), "sned", actor=ALL, at=AT)
    for wrong in (lambda: table.group("packt"), lambda: table.move("x", "packt", "sent", "parcel.send")):
        with pytest.raises(KeyError):
            wrong()
    with pytest.raises(KeyError):
        table.move("x", "packed", "snet", "parcel.send")


def test_words_and_tones_are_given_for_each_audience(table):
    sent, send = table.states["sent"], table.moves["send"]
    assert sent.labels == {"office": "Sent", "applicant": "On its way", "public": "On its way"}
    assert sent.tones == {"office": "success", "applicant": "info", "public": "info"}
    assert send.told == {
        "office": "Sent off",
        "applicant": "Given to the post",
        "public": "Given to the post",
    }
    assert (send.action, send.asks, send.style) == ("Send", True, "warning")
    assert (table.moves["lose"].asks, table.moves["lose"].style) == (False, "secondary")
    assert table.told_by("looked_at") is table.moves["look"] and table.told_by("look") is None


def test_a_group_holds_records_rows_and_names(table):
    moving = table.group("packed", "sent")
    assert Parcel() in moving and SimpleNamespace(state="sent") in moving and "packed" in moving
    assert Parcel("lost") not in moving and None not in moving and SimpleNamespace(state=None) not in moving
    assert list(moving) == ["packed", "sent"] and table.group("lost").only == "lost"
    with pytest.raises(ValueError):
        _ = moving.only


@pytest.mark.parametrize(
    ("states", "found"), [(("sent",), ["s"]), (("packed", "sent"), ["p", "s"]), ((), [])]
)
def test_a_query_finds_the_records_whose_states_are_of_the_group(table, states, found):
    parcels = sqlalchemy.Table(
        "parcels", sqlalchemy.MetaData(), Column("name", String), Column("state", String)
    )
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.begin() as connection:
        parcels.create(connection)
        rows = {"p": "packed", "s": "sent", "l": "lost"}
        connection.execute(parcels.insert(), [{"name": name, "state": state} for name, state in rows.items()])
        asked = sqlalchemy.select(parcels.c.name).where(table.group(*states).of(parcels.c))
        assert sorted(connection.scalars(asked)) == found
    engine.dispose()


def test_all_but_a_group_takes_in_every_other_state(table):
    assert set(table.all_but(table.group("lost"))) == {"packed", "sent"}
