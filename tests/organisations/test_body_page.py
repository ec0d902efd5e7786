"""The page of a body shows an officer all that there is of it; a municipality only what is its own."""

from app.db import db
from tests import factories
from tests.reading import events


def page(client, body):
    answer = client.get(f"/organisations/{body.id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_officer_finds_applications_projects_letters_seats_and_contact(sign_in_as):
    client, _ = sign_in_as("officer")
    body, lead = factories.organisation("岩見沢市", "012106"), factories.organisation("北海道", "010006")
    factories.tenure("municipality_approver", body)
    led = factories.application("submitted", organisation=body, title="雪道の見守り")
    joined = factories.application("submitted", organisation=lead, joint=[body], title="雪山の見守り")
    project = factories.project([lead, body], title="除雪車の位置")
    letter = factories.letter(organisation=body)
    db.session.commit()
    shown = page(client, body)
    for address in (
        f"/applications/{led.id}",
        f"/applications/{joined.id}",
        f"/projects/{project.id}",
        f"/letters/{letter.id}",
    ):
        assert f'href="{address}"' in shown
    assert "雪道の見守り" in shown and "雪山の見守り" in shown and "除雪車の位置" in shown
    contact = next(seat.mailbox for seat in body.seats if seat.role == "municipality_approver")
    assert contact in shown.split("メールの送信先")[1].split("</dd>")[0]


def test_a_body_without_a_contact_says_so(sign_in_as):
    client, _ = sign_in_as("officer")
    body = factories.organisation()
    factories.seat("municipality_approver", body)
    db.session.commit()
    assert "連絡先なし" in page(client, body)
    assert "この団体の申請はありません" in page(client, body)


def test_what_is_drafted_or_unsubmitted_is_not_told_to_others(sign_in_as):
    client, tenure = sign_in_as("municipality_editor")
    other = factories.organisation()
    factories.application("submitted", organisation=other, title="よその申請")
    factories.project([other], title="よその事業")
    factories.letter(organisation=other)
    factories.letter(organisation=tenure.seat.organisation, subject="案のままの文書")
    db.session.commit()
    shown = page(client, other)
    assert "よその" not in shown and "about-" not in shown
    assert "案のままの文書" not in page(client, tenure.seat.organisation)


def test_the_office_reads_the_title_that_was_submitted(sign_in_as):
    client, _ = sign_in_as("officer")
    application = factories.application("returned", title="出した題名")
    application.title = "直している題名"
    db.session.commit()
    shown = page(client, application.organisation)
    assert "出した題名" in shown and "直している題名" not in shown


def test_of_many_cases_the_newest_stand_there_and_the_rest_is_one_click_away(sign_in_as):
    client, _ = sign_in_as("officer")
    body = factories.organisation(code="012106")
    for number in range(11):
        factories.project([body], title=f"事業その{number:02d}")
    db.session.commit()
    shown = page(client, body)
    assert "事業その10" in shown and "事業その00" not in shown
    assert 'href="/projects?q=012106"' in shown


def test_an_officer_enters_the_general_address_where_mail_goes_while_nobody_holds_a_seat(sign_in_as):
    client, _ = sign_in_as("officer")
    body = factories.organisation()
    factories.seat("municipality_approver", body)
    db.session.commit()
    address = f"/organisations/{body.id}/general-address"
    refused = client.post(address, data={"address": "soumu.example.jp"})
    assert refused.status_code == 422 and "soumu.example.jp" in refused.get_data(as_text=True)
    assert client.post(address, data={"address": "Soumu@example.jp"}).status_code == 302
    row = page(client, body).split("メールの送信先")[1].split("</dd>")[0]
    assert "soumu@example.jp" in row and "連絡先なし" in row
    assert "general_address_set" in events(body)
    assert client.post(address, data={"address": ""}).status_code == 302
    assert "soumu@example.jp" not in page(client, body)
