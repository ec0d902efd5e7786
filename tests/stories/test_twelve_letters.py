"""March 2023: the nine projects of FY2018 reach the end of five years, and their twelve bodies are told."""

from __future__ import annotations

import subprocess
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.calendar import JST
from app.correspondence import approval
from app.correspondence.letters import frozen_pdf, letters_of
from app.correspondence.models import Mail
from app.db import db
from app.projects import end_of_support
from app.projects.models import Project
from tests import factories

H30 = (  # S4: number, title where one is known, bodies as (name, code, prefecture)
    (1, (("北海道", "010006", "北海道"), ("岩見沢市", "012106", "北海道"), ("更別村", "016390", "北海道"))),
    (5, (("仙台市", "041009", "宮城県"),)),
    (14, (("千葉市", "121002", "千葉県"),)),
    (22, (("豊橋市", "232017", "愛知県"),)),
    (23, (("春日井市", "232068", "愛知県"),)),
    (25, (("大阪府", "270008", "大阪府"), ("河内長野市", "272167", "大阪府"))),
    (29, (("神戸市", "281000", "兵庫県"),)),
    (35, (("鳥取県", "310000", "鳥取県"),)),
    (42, (("大分県", "440001", "大分県"),)),
)
ADDRESSEES = (
    "北海道知事", "北海道岩見沢市長", "北海道更別村長", "宮城県仙台市長", "千葉県千葉市長", "愛知県豊橋市長",
    "愛知県春日井市長", "大阪府知事", "大阪府河内長野市長", "兵庫県神戸市長", "鳥取県知事", "大分県知事",
)  # fmt: skip
KINDS = {"道": "prefecture", "府": "prefecture", "県": "prefecture", "市": "city", "村": "village"}
DIRECTOR_APPROVES = datetime(2023, 3, 20, 14, 0, tzinfo=JST)


@pytest.fixture
def round_of_2018(app) -> list[Project]:
    call = factories.call(code="H30", selection_fy=2018, base_years=5, state="announced", announced_count=14)
    projects = []
    for number, bodies in H30:
        made = []
        for name, code, prefecture in bodies:
            body = factories.organisation(name, code, prefecture=prefecture, body_kind=KINDS[name[-1]])
            factories.tenure("municipality_approver", body).seat.mailbox = f"{code}@example.jp"
            made.append(body)
        projects.append(factories.project(made, number=number, call=call, title=None, opened_on=None))
    # 河内長野市 applied anew and goes on; FY2019 has a year left.
    factories.project([projects[5].bodies[1]], number=26, call=factories.call(selection_fy=2022))
    factories.project(number=6, call=factories.call(selection_fy=2019))
    db.session.commit()
    return projects


def day_by_day(first: date, last: date) -> dict[str, dict[str, int]]:
    """Every job of every day, as the clock would run them."""
    done: dict[str, dict[str, int]] = {}
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        at = datetime(day.year, day.month, day.day, 9, 0, tzinfo=JST)
        did = {
            "drafted": end_of_support.draft_letters(on=day, at=at),
            "issued": end_of_support.issue_letters(on=day, at=at),
            "escalated": end_of_support.escalate(on=day, at=at),
            "ended": end_of_support.end_projects(on=day, at=at),
        }
        done[day.isoformat()] = {what: count for what, count in did.items() if count}
    return {day: did for day, did in done.items() if did}


@pytest.mark.tells("letter.approve", "letter.issue", "project.end")
def test_twelve_letters_go_out_on_31_march_2023_by_themselves(round_of_2018, tmp_path):
    assert day_by_day(date(2023, 2, 15), date(2023, 3, 19)) == {"2023-03-01": {"drafted": 12}}
    assert tuple(letter.addressee for letter in letters_of()) == ADDRESSEES
    director = factories.tenure("director")
    assert approval.approve(letters_of(), actor=director, at=DIRECTOR_APPROVES) == 12
    db.session.commit()
    assert day_by_day(date(2023, 3, 20), date(2023, 4, 5)) == {
        "2023-03-31": {"issued": 12},
        "2023-04-01": {"ended": 9},
    }
    letters = letters_of(state="issued")
    assert [letter.number for letter in letters] == [f"4未技第{number}号" for number in range(1, 13)]
    assert [letter.about_number for letter in letters] == ["1"] * 3 + ["5", "14", "22", "23"] + ["25"] * 2 + [
        "29",
        "35",
        "42",
    ]
    mails = db.session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [mail.to_address for mail in mails] == [
        f"{letter.organisation.code}@example.jp" for letter in letters
    ]
    assert all(
        mail.attachments[0]["sha256"] == letter.sha256 for mail, letter in zip(mails, letters, strict=True)
    )
    assert {project.state for project in round_of_2018} == {"ended"}
    still = db.session.scalars(
        select(Project).where(Project.state == "supported").order_by(Project.number)
    ).all()
    assert [project.number for project in still] == [6, 26]
    for letter in letters:
        _holds_what_it_must(letter, tmp_path / f"{letter.id}.pdf")


@pytest.mark.tells("letter.approve", "letter.issue", "project.end")
def test_nobody_approves_in_time_everybody_is_told_daily_and_nothing_is_dropped(round_of_2018):
    officer, director = factories.tenure("officer"), factories.tenure("director")
    db.session.commit()
    done = day_by_day(date(2023, 3, 1), date(2023, 4, 3))
    assert done.pop("2023-03-01") == {"drafted": 12}
    assert done.pop("2023-04-01") == {"ended": 9}
    expected = [f"2023-03-{day}" for day in range(27, 32)] + ["2023-04-03"]
    assert done == {day: {"escalated": 2} for day in expected}
    told = {mail.to_address for mail in db.session.scalars(select(Mail))}
    assert told == {officer.seat.mailbox, director.seat.mailbox}
    approval.approve(letters_of(), actor=director, at=datetime(2023, 4, 3, 17, 0, tzinfo=JST))
    db.session.commit()
    assert day_by_day(date(2023, 4, 4), date(2023, 4, 5)) == {"2023-04-04": {"issued": 12}}
    assert {letter.number for letter in letters_of()} == {f"5未技第{number}号" for number in range(1, 13)}
    for letter in letters_of():
        said = "".join(letter.content["body"])
        assert "支援を終了しましたので" in said and "終了します" not in said
        assert letter.content["items"][4]["text"] == "令和5年5月31日（水）17時（必着）"


def _holds_what_it_must(letter, file) -> None:
    file.write_bytes(frozen_pdf(letter))
    text = "".join(_run("pdftotext", "-layout", file, "-").split())
    for said in (f"{letter.addressee}殿", letter.number, "令和5年3月31日", "（通知）", "平成30年度", "手続"):
        assert said in text, f"{letter.addressee}: no {said}"
    for number, bodies in H30:
        names = [name for name, _code, _prefecture in bodies]
        if letter.about_number == str(number) and len(names) > 1:
            assert f"共同提案団体{'、'.join(names)}" in text, f"{letter.addressee} does not read {names}"
    assert ("共同提案団体" in text) == (letter.about_number in ("1", "25"))
    fonts = _run("pdffonts", file).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts), "embedded"
    assert "Tagged:          yes" in _run("pdfinfo", file)


def _run(*command) -> str:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout
