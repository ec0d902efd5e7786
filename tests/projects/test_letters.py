"""The support-end letter says what S4 asks for, to one body, and names no other."""

from __future__ import annotations

import subprocess

import pytest

from app.correspondence.rendering import render
from app.db import db
from app.projects.letters import names_of_others, support_end
from tests import factories


def content_to(project, place: int = 0, known=()):
    body = project.bodies[place]
    return support_end(project, body, others=names_of_others(body, project.bodies, known))


def text_of(content) -> str:
    parts = [content.addressee, content.honorific, content.subject, *content.body]
    for item in content.items:
        parts += [item.heading, item.text, *item.points]
    return "\n".join(parts)


def test_it_says_when_support_ends_and_that_nothing_is_to_be_done(joint):
    text = text_of(content_to(joint, 1))
    assert text.startswith("岩見沢市長\n殿\n未来技術社会実装事業に係る支援の終了について（通知）")
    for said in (
        "平成30年度",
        "令和4年度",
        "令和5年3月31日（平成30年度から令和4年度まで）",
        "必要となる手続はありません",
        "事業番号　1",
    ):
        assert said in text
    for goes_on in ("新規の事業として改めて申請", "各構成員の了承", "メールマガジン", "ミニシンポジウム"):
        assert goes_on in text


@pytest.mark.parametrize("place", [0, 1, 2])
def test_no_body_of_a_joint_project_is_named_in_the_letter_to_another(joint, place):
    text = text_of(content_to(joint, place))
    for body in joint.bodies:
        if body is not joint.bodies[place]:
            assert body.name not in text
            assert body.addressee not in text


def test_a_title_that_names_another_body_is_left_out_and_the_number_stays(joint):
    joint.title = "岩見沢から広がるスマート農業"
    assert joint.title in text_of(content_to(joint, 1)), "its own name may stand"
    for place in (0, 2):
        text = text_of(content_to(joint, place))
        assert "岩見沢" not in text
        assert "事業名" not in text
        assert "事業番号　1" in text


def test_the_name_of_any_other_local_government_keeps_a_title_out_too(body):
    project = factories.project([body("東大阪市", "272272", "大阪府")], title="東大阪市ものづくり実装")
    known = {"大阪市", "東大阪市", "府中市"}
    assert "東大阪市ものづくり実装" in text_of(content_to(project, known=known)), (
        "大阪市 is only part of its own name"
    )
    project.title = "府中市に学ぶ実装"
    assert "府中市" not in text_of(content_to(project, known=known))


def test_a_project_without_a_title_in_the_sources_is_told_by_its_technologies(joint):
    text = text_of(content_to(joint))
    assert "事業名" not in text
    assert "資料に記載なし" not in text
    assert "主な活用技術　自動運転、ロボット、ドローン" in text


def test_the_first_year_of_reiwa_is_written_gannen(body):
    project = factories.project(
        [body("仙北市", "052159", "秋田県")], call=factories.call(selection_fy=2019, base_years=5)
    )
    assert "令和元年度に選定した" in text_of(content_to(project))


def test_the_pdf_has_one_page_all_its_characters_and_its_text(joint, tmp_path):
    db.session.commit()
    rendered = render(content_to(joint, 2))
    assert rendered.missing == ""
    file = tmp_path / "letter.pdf"
    file.write_bytes(rendered.pdf)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    joined = "".join(text.split())
    for said in ("更別村長殿", "（通知）", "令和5年3月31日", "記", "以上", "（公印省略）"):
        assert said in joined
    assert "岩見沢" not in joined
    assert "北海道" not in joined
