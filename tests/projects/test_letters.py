"""The support-end letter says what S4 asks for, to each body, of the project as it is known and of the day it leaves."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest

from app import calendar
from app.correspondence.rendering import render
from app.db import db
from app.projects.letters import support_end
from tests import factories
from tests.correspondence.pdf_standards import faults

ON_TIME, LATE = date(2023, 3, 31), date(2023, 4, 3)


def content_to(project, place: int = 0):
    return support_end(project, project.bodies[place])


def issued(project, on: date = ON_TIME, place: int = 0):
    return content_to(project, place).issued(number="4未技第1号", on=on)


def text_of(content) -> str:
    parts = [content.addressed, content.subject, *content.body]
    for item in content.items:
        parts += [item.heading, item.text, *item.points]
    return "\n".join([*parts, *content.contact])


def test_it_says_when_support_ends_and_that_nothing_is_to_be_done(joint):
    text = text_of(content_to(joint, 1))
    assert text.startswith("北海道岩見沢市長　殿\n未来技術社会実装事業に係る支援の終了について（通知）")
    for said in (
        "平成30年度",
        "令和4年度",
        "令和5年3月31日（平成30年度から令和4年度まで）",
        "必要となる手続はありません",
    ):
        assert said in text
    for goes_on in ("新規の事業として改めて申請", "各構成員の了承", "メールマガジン", "ミニシンポジウム"):
        assert goes_on in text


@pytest.mark.parametrize("place", [0, 1, 2])
def test_all_bodies_of_a_joint_project_are_named_in_the_letter_to_each(joint, place):
    assert "共同提案団体　北海道、岩見沢市、更別村\n" in text_of(content_to(joint, place))


def test_bodies_of_one_name_in_two_prefectures_are_told_apart(body):
    tokyo, hiroshima = body("府中市", "132063", "東京都"), body("府中市", "342084", "広島県")
    project = factories.project([tokyo, hiroshima])
    assert "共同提案団体　東京都府中市、広島県府中市\n" in text_of(content_to(project))
    assert content_to(project, 0).addressed == "東京都府中市長　殿"
    assert content_to(project, 1).addressed == "広島県府中市長　殿"


def test_one_body_alone_has_no_line_of_joint_bodies(body):
    assert "共同提案団体" not in text_of(content_to(factories.project([body("仙北市", "052159", "秋田県")])))


def test_the_title_is_told_where_there_is_one_whomever_it_names(joint):
    assert "事業名" not in text_of(content_to(joint))
    joint.title = "岩見沢から広がるスマート農業"
    for place in (0, 1, 2):
        assert "\n事業名　「岩見沢から広がるスマート農業」\n" in text_of(content_to(joint, place))


def test_a_project_without_a_title_in_the_sources_is_told_by_its_technologies(joint):
    text = text_of(content_to(joint))
    assert "資料に記載なし" not in text
    assert "主な活用技術　自動運転、ロボット、ドローン" in text


def test_a_number_of_the_published_list_is_called_so_and_others_are_not(joint, body):
    assert "一覧番号（令和4年12月時点）　1\n" in text_of(content_to(joint))
    application = factories.application("selected")
    later = factories.project([application.organisation], number=46, application=application)
    text = text_of(content_to(later))
    assert f"受付番号　{application.number}\n" in text and "一覧番号" not in text
    by_hand = factories.project([body("仙北市", "052159", "秋田県")], number=47)
    assert "一覧番号　47\n" in text_of(content_to(by_hand))


def test_the_programme_has_its_name_of_then_and_its_name_of_now(joint):
    assert (
        "平成30年度に近未来技術等社会実装事業（現在の未来技術社会実装事業）の対象として選定した下記1の事業については、"
        "令和5年3月31日をもって支援期間が満了し、未来技術社会実装事業による支援を終了しますので"
    ) in text_of(content_to(joint))


def test_a_programme_of_the_same_name_is_named_once(body):
    project = factories.project(
        [body("仙北市", "052159", "秋田県")], call=factories.call(selection_fy=2019, base_years=5)
    )
    text = text_of(content_to(project))
    assert "令和元年度に選定した下記1の事業" in text
    assert "近未来技術" not in text


@pytest.mark.parametrize(
    ("on", "said", "unsaid"),
    [
        (date(2023, 3, 31), "支援を終了しますので、通知します。", "終了しました"),
        (date(2023, 4, 1), "支援を終了しましたので、通知します。", "終了します"),
        (date(2023, 9, 1), "支援を終了しましたので、通知します。", "終了します"),
    ],
)
def test_issued_after_the_end_it_speaks_of_the_past(joint, on, said, unsaid):
    text = text_of(issued(joint, on))
    assert said in text and unsaid not in text
    assert "必要となる手続はありません" in text


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2023, 3, 31), "令和5年4月28日（金）17時（必着）"),
        (date(2023, 4, 3), "令和5年5月31日（水）17時（必着）"),
        (date(2024, 3, 29), "令和6年4月30日（火）17時（必着）"),
        (
            date(2022, 11, 30),
            "令和4年12月28日（水）17時（必着）",
        ),  # 29 December to 3 January the offices are closed
    ],
)
def test_a_wish_is_to_be_told_by_the_last_working_day_of_the_month_after_its_issue(joint, on, until):
    assert f"協議会の継続等の連絡期限\n{until}" in text_of(issued(joint, on))
    draft = text_of(content_to(joint))
    assert "協議会の継続等の連絡期限\n（発信年月日の翌月の最終開庁日）17時（必着）" in draft


def test_the_day_to_reply_by_is_a_working_day_at_least_26_days_ahead_whatever_the_day_of_issue():
    for ordinal in range(date(2018, 4, 1).toordinal(), date(2033, 4, 1).toordinal()):
        on = date.fromordinal(ordinal)
        until = calendar.last_business_day_of_next_month(on)
        assert calendar.is_business_day(until)
        assert 26 <= (until - on).days <= 61, on


def test_the_telephone_is_given_where_it_is_set(joint, app):
    assert "電話" not in text_of(content_to(joint))
    joint.programme.contact_telephone = "03-0000-0000"
    assert content_to(joint).contact[1:] == ("電話：03-0000-0000", "電子メール：mirai@example.jp")


def test_the_pdf_has_one_page_all_its_characters_and_its_text(joint, tmp_path):
    db.session.commit()
    rendered = render(content_to(joint, 2))
    assert rendered.missing == ""
    assert rendered.pages == 1
    file = tmp_path / "letter.pdf"
    file.write_bytes(rendered.pdf)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    joined = "".join(text.split())
    for said in (
        "北海道更別村長殿",
        "（通知）",
        "令和5年3月31日",
        "記",
        "以上",
        "（公印省略）",
        "北海道、岩見沢市、更別村",
    ):
        assert said in joined


@pytest.mark.parametrize("title", [None, "見本の事業名" * 33 + "実装"])
def test_the_file_holds_pdf_ua_and_pdf_a_as_a_draft_on_time_and_late(joint, title):
    joint.title = title
    for content in (content_to(joint), issued(joint, ON_TIME), issued(joint, LATE)):
        assert faults(render(content).pdf) == []
