"""flask users …: how the first administrator gets in."""

import json
from datetime import date
from urllib.parse import urlsplit

import pytest

from app.db import db
from app.organisations import operations
from app.organisations.contacts import tenure_of
from tests import factories


@pytest.fixture
def run(app):
    def run(*arguments, **options):
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["users", *arguments], **options)
        db.session.expire_all()
        return result

    return run


SEAT = ("--organisation", "内閣府地方創生推進事務局", "--section", "システム担当", "--post", "係長")


def test_from_an_empty_database_to_the_first_administrator(app, run, client):
    added = run("add", "Admin@example.jp", "見本 七海", "--link")
    assert added.exit_code == 0, added.output
    assert "admin@example.jp is added" in added.output
    path = urlsplit(added.output.split()[-1]).path
    unknown = run("seat", "admin@example.jp", "administrator", *SEAT)
    assert unknown.exit_code == 1
    assert "--add-organisation" in unknown.output
    seated = run("seat", "admin@example.jp", "administrator", *SEAT, "--add-organisation", "--on", "R5.2.1")
    assert seated.exit_code == 0, seated.output
    assert "from 2023-02-01" in seated.output
    assert tenure_of("admin@example.jp").seat.mailbox == "admin@example.jp"
    words = {"new_password": "correct horse battery", "new_password_again": "correct horse battery"}
    assert client.post(path, data=words).status_code == 302
    entered = client.post("/sign-in", data={"email": "admin@example.jp", "password": "correct horse battery"})
    assert entered.headers["Location"] == "/"
    assert client.get("/seats").status_code == 200


def test_a_seat_that_is_there_is_handed_over(run):
    old = factories.tenure("administrator")
    old.organisation.name = "内閣府地方創生推進事務局"
    old.seat.section, old.seat.post = "システム担当", "係長"
    factories.person("後任 太郎", "successor@example.jp")
    acting = ("--as", old.person.email)
    result = run("seat", "successor@example.jp", "administrator", *SEAT, "--on", "2023-04-01", *acting)
    assert result.exit_code == 0, result.output
    assert old.ended_on == date(2023, 3, 31)
    assert tenure_of("successor@example.jp", on=date(2023, 4, 1)).seat_id == old.seat_id


def test_the_list_names_people_with_their_seats(run):
    tenure = factories.tenure("director")
    factories.person("無席 一郎", "seatless@example.jp")
    rows = {row["email"]: row for row in json.loads(run("list", "--json").output)}
    [seat] = rows[tenure.person.email]["seats"]
    assert (seat["role"], seat["since"]) == ("director", "2018-04-01")
    assert rows["seatless@example.jp"]["seats"] == []
    assert "director" in run("list").output


def test_a_password_is_set_by_typing_it_twice(run):
    tenure = factories.tenure("director")
    stamp = tenure.person.password_stamp
    typed = "correct horse battery\n"
    assert "is set" in run("password", tenure.person.email, input=typed * 2).output
    assert tenure.person.password_stamp != stamp
    weak = run("password", tenure.person.email, input="password2023\n" * 2)
    assert weak.exit_code == 1
    assert "Too many people" in weak.output


def test_a_link_to_a_password_is_printed_once_and_good(run, at):
    tenure = factories.tenure("director")
    output = run("password", tenure.person.email, "--link").output
    token = output.strip().rpartition("/")[2]
    assert operations.person_of_link(token, at=at)[1] is tenure.person
    assert output.strip().splitlines()[-1].startswith("http://")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "not an address", "名"), "not an e-mail address"),
        (("password", "nobody@example.jp", "--link"), "nobody has the address nobody@example.jp"),
        (("seat", "nobody@example.jp", "director", *SEAT), "nobody has the address"),
        (("seat", "known@example.jp", "boss", *SEAT), "boss"),
        (("seat", "known@example.jp", "director", *SEAT, "--on", "2023-02-30"), "There is no day 30"),
        (
            ("seat", "known@example.jp", "director", *SEAT, "--as", "nobody@example.jp"),
            "nobody with the address",
        ),
        (
            (
                "seat",
                "known@example.jp",
                "director",
                "--organisation",
                "012105",
                "--section",
                "s",
                "--post",
                "p",
            ),
            "check digit",
        ),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(run, arguments, told):
    factories.person("既知 花子", "known@example.jp")
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert told in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_general_addresses_are_brought_in_all_or_none(run, tmp_path):
    body, other = factories.organisation("更別村", "016390"), factories.organisation("岩見沢市", "012106")
    other.general_address = "old@example.jp"
    file = tmp_path / "addresses.csv"
    file.write_text(
        "\ufeff団体,アドレス\n16390,soumu@example.jp\n北海道岩見沢市,nowhere\nなし市,a@example.jp\n"
    )
    refused = run("addresses", str(file))
    assert refused.exit_code == 1
    assert "line 3: “nowhere” is not" in refused.output and "line 4: no organisation" in refused.output
    assert body.general_address == ""
    file.write_text("団体,アドレス\n16390,Ｓoumu@example.jp\n北海道岩見沢市,\n")
    taken = run("addresses", str(file))
    assert taken.exit_code == 0 and "2 general addresses" in taken.output
    assert (body.general_address, other.general_address) == ("soumu@example.jp", "")
