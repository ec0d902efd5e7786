"""Several presses at once: the bytes are those of a letter printed alone, whatever becomes of the presses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date

import psutil
import pytest

from app.correspondence.rendering import font_path, html_of
from config import ROOT
from press import printing, room
from press.room import Room
from tests.factories.correspondence import letter_content

FONT = font_path()
LETTERS = [
    html_of(
        letter_content(f"見本県第{n}市長", draft=False, number=f"4未技第{n}号", issued_on=date(2023, 3, 31))
    )
    for n in range(1, 7)
]
GIVEN_UP_AFTER = 120  # seconds until a test says that nothing happens


@pytest.fixture(scope="module")
def alone():
    return [printing.print_pdf(html, FONT) for html in LETTERS]


@pytest.fixture
def here(monkeypatch):
    """The letters that are printed in this process, and not by a press."""
    printed, print_pdf = [], printing.print_pdf

    def noted(html, *args, **values):
        printed.append(html)
        return print_pdf(html, *args, **values)

    monkeypatch.setattr(printing, "print_pdf", noted)
    return printed


def test_letters_of_several_presses_are_byte_for_byte_those_printed_alone(alone, here):
    with Room(FONT, 2) as presses:
        expect_all(presses)
        until(lambda: all(future.done() for future in presses._expected.values()))
        assert take_all(presses) == alone
    assert here == []


def test_what_no_press_is_at_yet_is_printed_here(alone, here):
    with Room(FONT, 2) as presses:
        expect_all(presses)
        assert presses.print_pdf(LETTERS[0], FONT) == alone[0]  # presses need half a second to be there
        assert here == LETTERS[:1]
        assert [presses.print_pdf(html, FONT) for html in LETTERS[1:]] == alone[1:]


def test_what_was_not_expected_is_printed_here_and_the_rest_expected_no_longer(alone, here):
    with Room(FONT, 1) as presses:
        for html in LETTERS[:3]:
            presses.expect(html)
        assert presses.print_pdf(LETTERS[5], FONT) == alone[5]
        assert (presses.surprised, presses.waiting, here) == (True, 0, [LETTERS[5]])


def test_what_is_passed_over_is_expected_no_longer(alone):
    with Room(FONT, 1) as presses:
        expect_all(presses)
        assert presses.print_pdf(LETTERS[2], FONT) == alone[2]
        assert (presses.surprised, presses.waiting) == (False, len(LETTERS) - 3)


def test_a_draft_is_never_given_the_page_of_an_issued_letter(alone):
    with Room(FONT, 1) as presses:
        presses.expect(LETTERS[0])
        until(lambda: presses._expected[LETTERS[0]].done())
        assert presses.print_pdf(LETTERS[0], FONT, draft=True) != alone[0]


@pytest.mark.parametrize("killed", [1, 2])
def test_a_press_that_is_killed_loses_no_letter_and_changes_none(alone, killed):
    with Room(FONT, 2) as presses:
        expect_all(presses)
        until(lambda: presses._expected[LETTERS[0]].done())
        for press in presses._presses[:killed]:
            press.kill()
        assert take_all(presses) == alone


def test_a_press_that_does_not_answer_is_not_waited_for_for_ever(alone, here, monkeypatch):
    monkeypatch.setattr(room, "PATIENCE", 0.1)
    with Room(FONT, 1) as presses:
        presses.expect(LETTERS[0])
        until(lambda: presses._expected[LETTERS[0]].done())
        (press,) = presses._presses
        press._process.send_signal(signal.SIGSTOP)
        presses.expect(LETTERS[1])
        until(lambda: presses._expected[LETTERS[1]].running())
        assert take_all(presses, LETTERS[:2]) == alone[:2]
    assert here == [LETTERS[1]]
    assert press._process.poll() == -signal.SIGKILL


def test_where_no_process_can_be_started_everything_is_printed_here(alone, here, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/not/there")
    with Room(FONT, 2) as presses:
        expect_all(presses)
        assert (presses.waiting, take_all(presses)) == (0, alone)
    assert here == LETTERS
    assert list(tmp_path.iterdir()) == []


def test_where_a_press_ends_before_it_is_ready_everything_is_printed_here(alone, here, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with Room(FONT, 2) as presses:
        expect_all(presses)
        assert take_all(presses) == alone
    assert here == LETTERS


def test_what_cannot_be_printed_says_so_to_whoever_issues_it(alone):
    unprintable = LETTERS[0].replace("見本", "\ud800")
    with Room(FONT, 1) as presses:
        for html in (unprintable, LETTERS[1]):
            presses.expect(html)
        until(lambda: presses._expected[LETTERS[1]].done())
        with pytest.raises(UnicodeEncodeError):
            presses.print_pdf(unprintable, FONT)
        assert presses.print_pdf(LETTERS[1], FONT) == alone[1], "and its press goes on"


def test_no_press_and_no_file_outlives_its_room(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Room(FONT, 2) as presses:
        expect_all(presses)
        until(lambda: presses._expected[LETTERS[0]].done())
        assert list(tmp_path.rglob("weasyprint-*"))
    assert [press._process.poll() for press in presses._presses] == [-signal.SIGKILL] * 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_press_and_no_file_outlives_a_process_that_dies(by, tmp_path):
    # Whoever is started in the background by a script has SIGINT ignored, and hands that on.
    program = f"""
import signal, sys, time
from pathlib import Path
from press.room import Room
signal.signal(signal.SIGINT, signal.default_int_handler)
with Room(Path({str(FONT)!r}), 2) as presses:
    presses.expect("<html lang=ja><title>x</title>")
    while not all(future.done() for future in presses._expected.values()):
        time.sleep(0.01)
    print(*(press._process.pid for press in presses._presses), flush=True)
    time.sleep({GIVEN_UP_AFTER})
"""
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    with owner:
        pids = [int(word) for word in owner.stdout.readline().split()]
        assert len(pids) == 2
        owner.send_signal(by)
    until(lambda: not any(is_alive(pid) for pid in pids))
    assert list(tmp_path.glob("*")) == []


def expect_all(presses):
    for html in LETTERS:
        presses.expect(html)


def take_all(presses, letters=LETTERS):
    return [presses.print_pdf(html, FONT) for html in letters]


def until(happened):
    end = time.monotonic() + GIVEN_UP_AFTER
    while not happened():
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.01)


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
