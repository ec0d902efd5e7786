"""Many letters issued at once: printed ahead by several presses, with the numbers, bytes and faults of one after the other."""

from __future__ import annotations

import time
from datetime import date

import psutil
import pytest
from sqlalchemy import select

from app import halting
from app.correspondence import ahead, issuing, letters, registers
from app.correspondence.issuing import NotAllIssued, issue_each
from app.correspondence.models import Letter, Mail
from app.correspondence.rendering import render
from app.db import db
from app.history import first_broken_entry
from app.permissions import SYSTEM
from press import printing
from press.room import Room
from tests import factories
from tests.reading import events

NOTICE_DAY = date(2023, 3, 31)
MANY = 8
GIVEN_UP_AFTER = 120  # seconds until a test says that nothing happens


class PatientRoom(Room):
    """Waits for each letter until a press has printed it, also for the first ones."""

    most = 0
    opened: list[Room] = []

    def __enter__(self):
        self.opened.append(self)
        return super().__enter__()

    def expect(self, html):
        super().expect(html)
        type(self).most = max(self.most, self.waiting)

    def wait(self):
        end = time.monotonic() + GIVEN_UP_AFTER
        while self._expected and not next(iter(self._expected.values())).done():
            assert time.monotonic() < end, "nothing is printed"
            time.sleep(0.005)


@pytest.fixture
def presses(app, monkeypatch):
    """Two presses for as few letters as a test has; the rooms that were opened."""
    app.config["PRESSES"] = 2
    monkeypatch.setattr(ahead, "FEWEST", 2)
    monkeypatch.setattr(ahead, "AT_ONCE", 3)
    monkeypatch.setattr(ahead, "Room", PatientRoom)
    monkeypatch.setattr(PatientRoom, "opened", [])
    monkeypatch.setattr(PatientRoom, "most", 0)
    return PatientRoom.opened


@pytest.fixture
def here(monkeypatch):
    """The letters that are printed in this process, and not by a press."""
    printed, print_pdf = [], printing.print_pdf

    def noted(html, *args, **values):
        printed.append(html)
        return print_pdf(html, *args, **values)

    monkeypatch.setattr(printing, "print_pdf", noted)
    return printed


def test_letters_printed_ahead_are_numbered_and_look_as_if_each_were_issued_alone(app, at, presses, here):
    ids = approved(MANY)
    assert issue_each(ids, on=NOTICE_DAY, at=at) == MANY
    assert here == []
    assert sequences(ids) == list(range(1, MANY + 1))
    assert_each_file_is_what_it_says(ids)
    assert len(db.session.scalars(select(Mail)).all()) == MANY
    assert first_broken_entry() is None
    assert PatientRoom.most <= 2 * ahead.AT_ONCE, "however many there are, few are in memory"
    assert_no_press_is_left(presses)


def test_letters_of_several_marks_are_foreseen_with_the_numbers_of_each(app, at, presses, here):
    other = factories.programme("transport").id
    letters.issue(factories.letter(state="approved"), on=NOTICE_DAY, at=at)
    here.clear()
    ids = approved(3) + approved(3, programme_id=other) + approved(2)
    issue_each(ids, on=NOTICE_DAY, at=at)
    assert here == []
    assert sequences(ids) == [2, 3, 4, 1, 2, 3, 5, 6]


@pytest.mark.parametrize("where", ["put", "_queue_mail"])
def test_one_that_fails_leaves_no_gap_and_keeps_no_other_back(app, at, presses, monkeypatch, where):
    ids = approved(MANY)
    unlucky = db.session.get(Letter, ids[4]).addressee
    target = letters if where == "_queue_mail" else type(letters.storage())
    real, calls = getattr(target, where), []

    def breaks(*args, **values):
        calls.append(args)
        if len(calls) == 5:
            raise OSError("no space left on device")
        return real(*args, **values)

    monkeypatch.setattr(target, where, breaks)
    with pytest.raises(NotAllIssued, match=f"1 letters could not be issued; {MANY - 1} were"):
        issue_each(ids, on=NOTICE_DAY, at=at)
    failed = db.session.get(Letter, ids[4])
    assert (failed.state, failed.number, failed.path, failed.addressee) == ("approved", None, None, unlucky)
    assert events(failed) == ["approve"]
    others = [letter_id for letter_id in ids if letter_id != ids[4]]
    assert sequences(others) == list(range(1, MANY))
    assert_each_file_is_what_it_says(others)
    assert issue_each(ids, on=NOTICE_DAY, at=at) == 1
    assert sequences([ids[4]]) == [MANY]


def test_a_number_that_another_worker_has_given_meanwhile_is_on_no_letter_of_ours(
    app, at, presses, monkeypatch
):
    ids, between, real = approved(MANY), factories.letter(state="approved").id, issuing._issue
    db.session.commit()

    def issue(letter_id, **values):
        if letter_id == ids[5]:
            letters.issue(db.session.get(Letter, between), on=NOTICE_DAY, at=at)
            db.session.commit()
        return real(letter_id, **values)

    monkeypatch.setattr(issuing, "_issue", issue)
    assert issue_each(ids, on=NOTICE_DAY, at=at) == MANY
    assert sequences([between]) == [6]
    assert sequences(ids) == [n for n in range(1, MANY + 2) if n != 6]
    assert_each_file_is_what_it_says(ids)


def test_a_letter_that_was_discarded_or_reworded_meanwhile_goes_out_as_it_stands(
    app, at, presses, monkeypatch
):
    ids, real = approved(MANY), issuing._issue

    def issue(letter_id, **values):
        if letter_id == ids[2]:
            letters.discard(db.session.get(Letter, ids[3]), reason="重複", actor=SYSTEM, at=at)
            reworded = db.session.get(Letter, ids[4])
            reworded.content = {**reworded.content, "body": ["改めて通知します。"]}
            db.session.commit()
        return real(letter_id, **values)

    monkeypatch.setattr(issuing, "_issue", issue)
    assert issue_each(ids, on=NOTICE_DAY, at=at) == MANY - 1
    out = [letter_id for letter_id in ids if letter_id != ids[3]]
    assert sequences(out) == list(range(1, MANY))
    assert letters.content_of(db.session.get(Letter, ids[4])).body == ("改めて通知します。",)
    assert_each_file_is_what_it_says(out)


@pytest.mark.parametrize("killed", [1, 2])
def test_presses_that_are_killed_between_two_letters_change_nothing(app, at, presses, monkeypatch, killed):
    ids, real = approved(MANY), issuing._issue

    def issue(letter_id, **values):
        if letter_id == ids[3]:
            for press in presses[0]._presses[:killed]:
                press.kill()
        return real(letter_id, **values)

    monkeypatch.setattr(issuing, "_issue", issue)
    monkeypatch.setattr(PatientRoom, "wait", Room.wait)
    assert issue_each(ids, on=NOTICE_DAY, at=at) == MANY
    assert sequences(ids) == list(range(1, MANY + 1))
    assert_each_file_is_what_it_says(ids)


def test_a_halt_within_the_run_stops_it_and_the_presses(app, at, presses, monkeypatch):
    ids, real = approved(MANY), issuing._issue

    def issue(letter_id, **values):
        if letter_id == ids[3]:
            halting.halt(halting.BY_HAND, at=at)
            db.session.commit()
        return real(letter_id, **values)

    monkeypatch.setattr(issuing, "_issue", issue)
    with pytest.raises(halting.Halted):
        issue_each(ids, on=NOTICE_DAY, at=at)
    db.session.rollback()
    assert [db.session.get(Letter, it).state for it in ids] == ["issued"] * 3 + ["approved"] * (MANY - 3)
    assert registers.last_in(factories.programme().mark, 2022) == 3
    assert_no_press_is_left(presses)


def test_on_a_closed_day_no_press_is_started(app, at, presses):
    ids = approved(MANY)
    assert issue_each(ids, on=date(2023, 4, 1), at=at) == 0
    assert presses == []


def test_a_letter_that_cannot_be_worded_fails_alone(app, at, presses):
    ids = approved(MANY)
    broken = db.session.get(Letter, ids[1])
    broken.content = {**broken.content, "honorific": "様"}
    with pytest.raises(NotAllIssued, match=f"1 letters could not be issued; {MANY - 1} were"):
        issue_each(ids, on=NOTICE_DAY, at=at)
    assert sequences([it for it in ids if it != ids[1]]) == list(range(1, MANY))


@pytest.mark.parametrize(("presses_asked_for", "count"), [(0, MANY), (2, 1)])
def test_few_letters_or_no_presses_asked_for_are_printed_here(
    app, at, presses, here, presses_asked_for, count
):
    app.config["PRESSES"] = presses_asked_for
    ids = approved(count)
    assert issue_each(ids, on=NOTICE_DAY, at=at) == count
    assert (len(here), presses) == (count, [])


def approved(count, **values):
    ids = [factories.letter(state="approved", **values).id for _ in range(count)]
    db.session.commit()
    return ids


def sequences(ids):
    return [db.session.get(Letter, letter_id).sequence for letter_id in ids]


def assert_each_file_is_what_it_says(ids):
    for letter_id in ids:
        letter = db.session.get(Letter, letter_id)
        assert letters.frozen_pdf(letter) == render(letters.content_of(letter)).pdf


def assert_no_press_is_left(rooms):
    assert len(rooms) == 1
    assert not any(psutil.pid_exists(press._process.pid) for press in rooms[0]._presses)
