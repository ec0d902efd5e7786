"""Lists as files: all rows, whole or not at all, however many ask at once and however slowly they read."""

from __future__ import annotations

import csv
import gc
import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event
from time import sleep

import openpyxl
import pytest
from sqlalchemy import insert, select

from app import calendar, memory
from app.db import db
from app.security import SecurityEvent
from app.web import files, sheets
from app.web.lists import AT_ONCE
from tests import factories

LOG = "/security"
KINDS = ("csv", "xlsx")


def noted(rows: int) -> None:
    """So many rows of a list."""
    row = {
        "at": calendar.now(),
        "kind": "denied",
        "origin": "203.0.113.7",
        "name": "見本 太郎",
        "role": "officer",
    }
    db.session.execute(insert(SecurityEvent), [{**row, "about": f"/applications/{n}"} for n in range(rows)])
    db.session.commit()


def rows_of(answer, kind: str) -> list[list]:
    assert answer.status_code == 200
    with answer:
        content = answer.get_data()
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))


@pytest.fixture
def office(sign_in_as):
    client, _ = sign_in_as("administrator")
    return client


@pytest.fixture
def spooled(monkeypatch, tmp_path) -> Iterator:
    """Where files wait on the disk, each of them, however short."""
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(files, "IN_MEMORY", 100)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_has_every_row_in_the_order_of_the_list(office, kind):
    noted(2 * AT_ONCE + 3)
    found = [
        row
        for row in rows_of(office.get(f"{LOG}?format={kind}&sort=at"), kind)
        if "/applications/" in str(row)
    ]
    assert len(found) == 2 * AT_ONCE + 3
    places = [
        int(next(str(it) for it in row if "/applications/" in str(it)).rsplit("/", 1)[1]) for row in found
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", KINDS)
def test_memory_holds_the_same_however_many_rows_there_are(office, spooled, kind):
    def peak() -> int:
        gc.collect()
        tracemalloc.start()
        answer = office.get(f"{LOG}?format={kind}")
        size = sum(len(piece) for piece in answer.iter_encoded())
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        answer.close()
        assert size == answer.content_length
        return found

    noted(2 * AT_ONCE)
    peak()  # what is made once and stays
    few = peak()
    noted(4 * AT_ONCE)
    assert peak() < few * 1.25


@pytest.mark.parametrize("kind", KINDS)
def test_who_reads_slowly_holds_no_connection_to_the_database(office, spooled, kind):
    noted(AT_ONCE)
    db.session.remove()
    answer = office.get(f"{LOG}?format={kind}")
    assert answer.is_streamed
    assert db.engine.pool.checkedout() == 0
    assert len(rows_of(answer, kind)) == AT_ONCE


@pytest.mark.parametrize("kind", KINDS)
def test_what_fails_half_way_is_no_file_and_leaves_nothing(office, app, spooled, monkeypatch, kind):
    noted(3 * AT_ONCE)
    monkeypatch.setattr(files, "SHORT", 1)
    with monkeypatch.context() as broken:
        chunks = count(1)

        def fail(_rows, *_relations) -> None:
            if next(chunks) % 3 == 0:
                raise RuntimeError("the disk of the database")

        broken.setattr(memory, "relate", fail)
        for _ in range(files.AT_ONCE + files.WAITING + 1):  # no turn is lost either
            with pytest.raises(RuntimeError, match="the disk of the database"):
                office.get(f"{LOG}?format={kind}")
    assert not list(spooled.iterdir())
    assert db.session.scalars(select(SecurityEvent.kind).where(SecurityEvent.kind == "exported")).all() == []
    assert len(rows_of(office.get(f"{LOG}?format={kind}"), kind)) == 3 * AT_ONCE


@pytest.mark.parametrize("language", ["ja", "en"])
def test_more_rows_than_a_sheet_holds_are_said_to_be_and_offered_as_csv(office, monkeypatch, language):
    noted(9)
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    office.set_cookie("language", language)
    answer = office.get(f"{LOG}?format=xlsx&kind=denied")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert ("3行まで" if language == "ja" else "at most 3 rows") in page
    assert f'href="{LOG}?kind=denied&amp;format=csv"' in page
    assert len(rows_of(office.get(f"{LOG}?format=csv&kind=denied"), "csv")) == 9


def test_of_long_files_only_so_many_are_made_at_once():
    turns, go, begun = files.Turns(1, 1), Event(), Event()

    def take(rows: int) -> int:
        def coming():
            yield from range(files.SHORT + 1)
            begun.set()
            go.wait()
            yield from range(rows - files.SHORT - 1)

        with turns.taken_for(coming()) as found:
            return sum(1 for _ in found)

    long = files.SHORT + 9
    with ThreadPoolExecutor(2) as crowd:
        one = crowd.submit(take, long)
        begun.wait()
        other = crowd.submit(take, long)
        while not turns.are_taken:  # until the other waits for its turn
            sleep(0.01)
        with pytest.raises(files.Busy), turns.taken_for(range(long)) as found:
            list(found)
        with turns.taken_for(range(files.SHORT)) as found:
            assert len(list(found)) == files.SHORT, "a short file waits for nobody"
        go.set()
        assert one.result() == other.result() == long
    with turns.taken_for(range(long)) as found:
        assert len(list(found)) == long


def test_who_has_waited_long_enough_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.01)
    turns = files.Turns(1, 1)
    many = range(files.SHORT + 1)
    with turns.taken_for(many) as found:
        list(found)
        with pytest.raises(files.Busy), turns.taken_for(many) as others:
            list(others)
    with turns.taken_for(many) as found:
        assert len(list(found)) == len(many)


def test_who_is_told_to_come_again_costs_no_look_at_the_rows(office, app, monkeypatch):
    noted(3)
    monkeypatch.setattr(files, "SHORT", 2)
    with app.test_request_context(LOG):
        strangers = files._turns()
    monkeypatch.setitem(app.extensions["turns"], True, strangers)  # the office has none of its own
    with strangers.taken_for(range(3)) as taken:
        list(taken)
        monkeypatch.setattr("app.web.lists.Listing.every_row", lambda _listing: pytest.fail("it looked"))
        assert office.get(f"{LOG}?format=csv").status_code == 503


def test_of_fifty_at_once_each_is_answered_whole_or_told_to_come_again(office, app, monkeypatch):
    noted(2 * AT_ONCE)
    monkeypatch.setattr(files, "SHORT", AT_ONCE)
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    cookie = office.get_cookie(app.config["SESSION_COOKIE_NAME"])

    def ask(place: int) -> tuple[int, int | str]:
        kind = KINDS[place % 2]
        with app.app_context():
            client = app.test_client()
            client.set_cookie(cookie.key, cookie.value)
            answer = client.get(f"{LOG}?format={kind}&kind=denied")
        if answer.status_code == 200:
            return 200, len(rows_of(answer, kind))
        assert answer.headers["Retry-After"]
        return answer.status_code, answer.get_data(as_text=True)

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(ask, range(50)))
    assert {count for status, count in answers if status == 200} == {2 * AT_ONCE}
    refused = {page for status, page in answers if status != 200}
    assert {status for status, _ in answers} <= {200, 503}
    assert all("もう一度試す" in page for page in refused)
    assert ask(0)[0] == ask(1)[0] == 200


def test_strangers_do_not_keep_the_office_from_its_files(office, app, client, monkeypatch):
    monkeypatch.setattr(files, "SHORT", 0)
    monkeypatch.setattr(files, "PATIENCE", 0)
    factories.call(state="published", title="自動運転の募集")
    db.session.commit()
    with app.test_request_context("/calls"):
        strangers = files._turns()
    with strangers.taken_for([1]) as taken:
        list(taken)
        refused = client.get("/calls?format=csv")
        assert refused.status_code == 503 and refused.headers["Retry-After"]
        assert client.get("/register.json").get_json()["projects"] == []
        assert office.get("/calls?format=csv").status_code == 200
    assert client.get("/calls?format=csv").status_code == 200


def test_what_only_asks_for_the_head_makes_no_file(office, monkeypatch):
    monkeypatch.setattr(files, "made", lambda _write: pytest.fail("it was made"))
    answer = office.head(f"{LOG}?format=csv")
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
