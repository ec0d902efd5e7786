"""Messages about an application: who writes, who reads, who is told; nothing of a draft with it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from app import calendar
from app.conversations import operations
from app.conversations.mails import MOST_A_DAY, PAUSE
from app.conversations.models import LONGEST, Conversation, Message
from app.conversations.tasks import tasks
from app.correspondence import copies
from app.correspondence.models import Mail
from app.db import db
from app.history import HistoryEntry
from app.lifecycle import NotAllowed
from app.permissions import APPROVER, DIRECTOR, EDITOR, OFFICER
from tests import factories
from tests.factories.applications import holder


@pytest.fixture
def application(app, at, move_clock):
    move_clock(at)
    made = factories.application("submitted")
    factories.tenure(OFFICER)
    db.session.commit()
    return made


def say(application, text="いつ分かりますか。", *, actor=None, at=None, key=None):
    actor = actor or holder(EDITOR, application.organisation)
    at = at or calendar.now()
    key = key or f"1-{len(db.session.scalars(select(Message)).all())}"
    message, mailed = operations.write(application, text=text, key=key, actor=actor, at=at)
    db.session.commit()
    return message, mailed


def waiting(actor) -> list:
    with current_app.test_request_context():
        return list(tasks(actor, calendar.now()))


def mails_to(kind):
    return db.session.scalars(select(Mail).where(Mail.key.contains(f":{kind}:")).order_by(Mail.id)).all()


def key_on(page) -> str:
    found = re.search(r'name="key"[^>]*value="([0-9]+-[0-9]+)"', page.text)
    assert found, page.text
    return found[1]


def test_a_message_goes_to_the_officers_and_is_a_task_until_one_of_them_reads_it(application, sign_in_as):
    author = holder(EDITOR, application.organisation)
    message, mailed = say(application, actor=author)
    assert (
        mailed
        and not message.of_office
        and message.author_seat == f"{author.organisation_name} {author.seat_name}"
    )
    [mail] = mails_to("from-body")
    assert mail.to_address == holder(OFFICER).seat.mailbox and "いつ分かりますか。" in mail.body
    officer, director = holder(OFFICER), factories.tenure(DIRECTOR)
    [task] = waiting(officer)
    assert "1" in task.title and task.about == application.call.title
    assert waiting(director) == []

    client, _ = sign_in_as(tenure=director)
    page = client.get(f"/conversations/{message.conversation_id}")
    assert "いつ分かりますか。" in page.text and 'name="text"' not in page.text
    db.session.refresh(message)
    assert message.read_at is None, "a director only looks on"

    client, _ = sign_in_as(tenure=officer)
    address = task.url
    assert application.organisation.full_name in client.get(address).text
    client.head(f"/conversations/{message.conversation_id}")
    db.session.refresh(message)
    assert message.read_at is None, "who asks for the head has read nothing"
    assert "いつ分かりますか。" in client.get(f"/conversations/{message.conversation_id}").text
    db.session.refresh(message)
    assert message.read_by == officer.name and message.read_at == calendar.now()
    assert waiting(officer) == []
    events = [it.event for it in db.session.scalars(HistoryEntry.of(application))]
    assert events.count("message_sent") == 1


def test_the_office_answers_on_the_page_and_everybody_of_the_body_is_told(application, sign_in_as, at):
    message, _ = say(application)
    client, _ = sign_in_as(tenure=holder(OFFICER))
    address = f"/conversations/{message.conversation_id}"
    key = key_on(client.get(address))
    for _time in range(2):  # a double click
        answered = client.post(address, data={"text": "9月に公表します。", "key": key})
        assert answered.status_code == 302
    conversation = db.session.get(Conversation, message.conversation_id)
    db.session.refresh(conversation)
    assert [it.text for it in conversation.messages] == ["いつ分かりますか。", "9月に公表します。"]
    with_the_same_page = client.post(address, data={"text": "補足です。", "key": key})
    assert with_the_same_page.status_code == 302
    db.session.refresh(conversation)
    assert conversation.messages[-1].text == "補足です。", "who goes back and writes more has written again"
    assert conversation.unread_by_body == 2 and conversation.last_of_office
    body = application.organisation
    told = mails_to("from-office")
    assert {it.to_address for it in told} == {
        holder(EDITOR, body).seat.mailbox,
        holder(APPROVER, body).seat.mailbox,
    }
    assert copies.send(on=at.date(), at=at), "the other officers read of it in the day's digest"
    editor = holder(EDITOR, body)
    [task] = waiting(editor)
    client, _ = sign_in_as(tenure=editor)
    assert "9月に公表します。" in client.get(task.url).text
    assert waiting(editor) == []
    assert "conversations/" in client.get(f"/applications/{application.id}").text


def test_who_reads_first_is_on_record_and_what_comes_later_is_read_by_whoever_reads_it(application, at):
    first, _ = say(application)
    conversation, readers = first.conversation, [factories.tenure(OFFICER) for _ in range(2)]
    assert operations.note_reading(conversation, actor=readers[0], at=at) == [first.id]
    second, _ = say(application, "もう一つあります。")
    assert operations.note_reading(conversation, actor=readers[1], at=at + timedelta(hours=1)) == [second.id]
    assert [it.read_by for it in (first, second)] == [it.name for it in readers]


def test_what_was_typed_stays_when_it_is_refused(application, sign_in_as):
    message, _ = say(application)
    client, _ = sign_in_as(tenure=holder(OFFICER))
    address = f"/conversations/{message.conversation_id}"
    long = "長" * (LONGEST + 1)
    refused = client.post(address, data={"text": long, "key": "0"})
    assert refused.status_code == 422 and long in refused.text
    assert client.post(address, data={"text": " \n"}).status_code == 422
    assert len(db.session.scalars(select(Message)).all()) == 1


def test_controls_of_direction_do_not_get_into_a_message(application):
    message, _ = say(application, "一行目\u2028二行目\u202e")
    assert message.text == "一行目\n二行目"


def test_of_a_draft_the_office_sees_the_message_and_the_body_and_nothing_else(
    app, at, move_clock, sign_in_as
):
    move_clock(at)
    draft = factories.application("draft", title="金糸雀の見守り")
    officer = factories.tenure(OFFICER)
    db.session.commit()
    client, _ = sign_in_as(tenure=officer)
    assert client.get(f"/applications/{draft.id}/messages").status_code == 404
    assert client.post(f"/applications/{draft.id}/messages", data={"text": "急いで"}).status_code == 404
    with pytest.raises(NotAllowed):
        operations.write(draft, text="急いで", key="0" * 32, actor=officer, at=at)
    db.session.rollback()

    editor, _ = sign_in_as(tenure=holder(EDITOR, draft.organisation))
    key = key_on(editor.get(f"/applications/{draft.id}/messages"))
    sent = editor.post(f"/applications/{draft.id}/messages", data={"text": "対象になりますか。", "key": key})
    assert sent.status_code == 302
    conversation = db.session.scalars(select(Conversation)).one()
    assert editor.get(f"/applications/{draft.id}/messages").status_code == 302
    address = f"/conversations/{conversation.id}"
    for place in (address, "/conversations", "/", "/conversations?format=csv"):
        page = client.get(place).text
        assert "金糸雀" not in page and f"/applications/{draft.id}" not in page, place
    page = client.get(address).text
    assert "対象になりますか。" in page and draft.organisation.full_name in page
    [mail] = mails_to("from-body")
    assert "金糸雀" not in mail.subject + mail.body and "未提出" in mail.body
    assert (
        client.post(address, data={"text": "対象です。", "key": key_on(client.get(address))}).status_code
        == 302
    )
    assert "対象です。" in editor.get(address).text


def test_another_body_and_roles_without_a_say_find_nothing(application, sign_in_as):
    message, _ = say(application)
    neighbour, _ = sign_in_as(APPROVER)
    address = f"/conversations/{message.conversation_id}"
    assert neighbour.get(address).status_code == 404
    assert neighbour.post(address, data={"text": "x"}).status_code == 404
    assert "いつ分かりますか。" not in neighbour.get("/conversations").text
    for role in ("reviewer", "ministry_officer", "administrator"):
        client, _ = sign_in_as(role)
        assert client.get(address).status_code == 403, role


def test_messages_that_follow_each_other_unread_are_mailed_once_an_hour(application, at):
    assert say(application)[1]
    assert not say(application, at=at + timedelta(minutes=5))[1]
    assert say(application, at=at + PAUSE + timedelta(minutes=6))[1]
    conversation = db.session.scalars(select(Conversation)).one()
    assert conversation.unread_by_office == 3
    operations.note_reading(conversation, actor=holder(OFFICER), at=at + PAUSE)
    db.session.commit()
    assert say(application, at=at + PAUSE + timedelta(minutes=7))[1], (
        "what was read is followed by a mail at once"
    )
    for hour in range(2, MOST_A_DAY + 2):
        say(application, at=at + hour * 2 * PAUSE)
    assert len(mails_to("from-body")) == MOST_A_DAY


def test_one_side_may_send_so_many_messages_a_day(application, sign_in_as, monkeypatch):
    monkeypatch.setattr(operations, "MOST_A_DAY", 2)
    message, _ = say(application)
    say(application)
    client, _ = sign_in_as(tenure=holder(EDITOR, application.organisation))
    refused = client.post(f"/conversations/{message.conversation_id}", data={"text": "三つ目の質問"})
    assert refused.status_code == 422 and "三つ目の質問" in refused.text
    assert say(application, "回答", actor=holder(OFFICER))[0].of_office, "the other side is not stopped by it"


def test_the_mail_names_what_it_is_about_in_the_words_of_the_office(application):
    say(application, "一行目\n二行目")
    [mail] = mails_to("from-body")
    assert application.number in mail.subject and "＞一行目" in mail.body and "＞二行目" in mail.body


def test_a_question_is_published_from_a_message_once(application, sign_in_as, client):
    message, _ = say(application, "見本市ですが、対象になりますか。")
    officer, _ = sign_in_as(tenure=holder(OFFICER))
    address = f"/calls/{application.call_id}/clarifications/of-message/{message.id}"
    assert "見本市ですが" in officer.get(address).text
    sent = {"question": "町村も対象になりますか。", "answer": "なります。"}
    assert officer.post(address, data={**sent, "answer": ""}).status_code == 422
    assert officer.post(address, data=sent).status_code == 302
    assert officer.post(address, data=sent).status_code == 302
    assert len(application.call.clarifications) == 1
    public = client.get(f"/calls/{application.call_id}").text
    assert "町村も対象になりますか。" in public and "見本市ですが" not in public
    assert (
        f"/calls/{application.call_id}#answer-1"
        in officer.get(f"/conversations/{message.conversation_id}").text
    )
    mine, _ = say(application, "回答", actor=holder(OFFICER))
    other = factories.call(code="R8")
    db.session.commit()
    for call_id, message_id in (
        (application.call_id, mine.id),
        (other.id, message.id),
        (application.call_id, 999),
    ):
        page = officer.get(f"/calls/{call_id}/clarifications/of-message/{message_id}")
        assert page.status_code == 404
    with pytest.raises(NotAllowed):
        operations.publish(mine, question="x", answer="y", actor=holder(OFFICER), at=calendar.now())


def test_whoever_walks_a_list_of_applications_comes_back_to_it_from_a_message(application, sign_in_as):
    officer, _ = sign_in_as(OFFICER)
    walked = "list=/applications?state%3Dsubmitted"
    case = f"/applications/{application.id}?{walked}"
    begin = f"/applications/{application.id}/messages?{walked}"
    assert f'href="{begin}"' in officer.get(case).text
    page = officer.get(begin)
    assert f'href="{case}"' in page.text
    sent = officer.post(begin, data={"text": "年度を教えてください。", "key": key_on(page)})
    assert walked in sent.headers["Location"]
    conversation = officer.get(sent.headers["Location"]).text
    assert conversation.count(f'href="{case}"') == 2 and 'href="/conversations"' not in conversation
