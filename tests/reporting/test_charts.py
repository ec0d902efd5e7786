"""What the register draws is counted by the day, agrees with the figures, and leads to the list narrowed to it."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from app.db import db
from app.organisations.codes import PREFECTURES
from app.reporting import charts, tiles
from app.reporting.statistics import figures
from tests import factories
from tests.browser.words import said
from tests.conventions.pages import main_of

DAYS = (date(2018, 4, 1), date(2021, 3, 31), date(2023, 3, 1), date(2023, 4, 1))


@pytest.fixture
def placed(rounds, bodies):
    """Joint projects, one led from elsewhere than its other body, beside the rounds' own, which are of 北海道."""
    made = [
        factories.project([bodies["大阪府"], bodies["更別村"]], number=900002, call=rounds["H30"], opened_on=None),
        factories.project(
            [bodies["河内長野市"]], number=900003, call=rounds["R4"], technologies_raw="AI、VR/AR等", road_linked=True
        ),
        factories.project([bodies["常陸太田市"]], number=900004, call=rounds["R4"], technologies_raw="キャッシュレス・ブロックチェーン"),
    ]  # fmt: skip
    db.session.commit()
    return made


def figure_of(text: str, label: str) -> str:
    found = re.search(rf'figure__label">{label}</span>\s*<span[^>]*><strong[^>]*>([^<]*)<', text)
    assert found, f"no figure {label}"
    return found[1]


def test_the_47_prefectures_stand_in_47_cells_of_the_map():
    assert tiles.CELLS.keys() == PREFECTURES.keys()
    assert len(set(tiles.CELLS.values())) == 47
    assert all(0 <= column < tiles.COLUMNS and 0 <= row < tiles.ROWS for column, row in tiles.CELLS.values())


def test_short_names_keep_what_tells_them_apart():
    assert [tiles.short_name(number) for number in ("01", "13", "26", "27", "14", "30")] == [
        "北海道", "東京", "京都", "大阪", "神奈川", "和歌山",
    ]  # fmt: skip


@pytest.mark.parametrize("on", DAYS)
def test_tiles_sum_to_what_is_listed_on_the_day(placed, on):
    assert sum(tile.count for tile in charts.tiles(on)) == figures(on).listed


@pytest.mark.parametrize(
    ("on", "announced", "supported", "ended"),
    [
        ("2018-04-01", "14", "14", "0"),
        ("2021-03-31", "34", "34", "0"),
        ("2023-03-01", "53", "45", "8"),
        ("2023-04-01", "53", "36", "17"),
    ],
)
def test_the_page_shows_the_figures_of_the_record_as_of_the_day(
    rounds, client, on, announced, supported, ended
):
    text = main_of(client, f"/register?on={on}")
    assert figure_of(text, "選定（平成30年度から）") == announced
    assert figure_of(text, "支援中") == supported
    assert figure_of(text, "支援終了") == ended
    assert figure_of(text, "都道府県（代表団体）") == "1"


def test_a_tile_counts_lead_bodies_and_narrows_the_list_to_them(placed, client):
    counts = {tile.name: tile.count for tile in charts.tiles(date(2023, 3, 1))}
    assert (counts["大阪府"], counts["茨城県"], counts["北海道"], counts["東京都"]) == (2, 1, 45, 0)
    text = main_of(client, "/register?q=見本")
    links = dict(re.findall(r'<a class="tile"[^>]*href="([^"]*)" aria-label="([^"]*)"', text))
    address = next(url for url, label in links.items() if label == "大阪府：2件")
    assert "東京都" not in " ".join(links.values()), "a prefecture without any leads nowhere"
    narrowed = html.unescape(address.partition("#")[0])
    found = client.get(narrowed.replace("/register", "/register.json")).get_json()["projects"]
    assert [it["number"] for it in found] == [900002, 900003]
    marked = main_of(client, narrowed)
    assert re.search(r'tile--current"[^>]*aria-label="大阪府：2件" aria-current="true"', marked)
    assert figure_of(marked, "支援中") == figure_of(text, "支援中"), "figures do not follow the filter"
    assert "代表団体の都道府県：大阪府" in marked


def test_one_project_of_a_prefecture_is_told_as_one(placed, client):
    client.set_cookie("language", "en")
    page = client.get("/register").get_data(as_text=True)
    assert ' 1 project"' in page and ' 1 projects"' not in page


def test_shades_follow_the_highest_tile(placed):
    shades = {tile.name: tile.shade for tile in charts.tiles(date(2023, 3, 1))}
    assert (shades["北海道"], shades["大阪府"], shades["東京都"]) == (4, 1, 0)


def test_each_technology_counts_as_many_as_its_filter_finds(placed, client):
    counted = charts.technologies(date(2023, 3, 1))
    assert dict(counted)["ブロックチェーン"] == dict(counted)["キャッシュレス"] == 1
    assert [count for _name, count in counted] == sorted((count for _name, count in counted), reverse=True)
    text = main_of(client, "/register?on=2023-03-01")
    for name, count in counted:
        answer = client.get("/register.json", query_string={"on": "2023-03-01", "technology": name})
        assert len(answer.get_json()["projects"]) == count, name
        assert re.search(rf'<span class="row-chart__label" lang="ja">{name}</span>', text)


def test_every_picture_has_its_table_on_the_page(placed, client):
    text = main_of(client, "/register?on=2023-03-01")
    assert text.count('<details class="chart-table">') == 3
    tables = re.findall(r'<details class="chart-table">.*?</details>', text, re.DOTALL)
    assert '<bdi lang="ja">大阪府</bdi></th><td class="table__number">2</td>' in tables[0]
    assert '<bdi lang="ja">ブロックチェーン</bdi></th><td class="table__number">1</td>' in tables[1]
    assert "令和5年3月31日" in tables[2], "until when each round is supported"


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (date(2018, 4, 1), ["supported"]),
        (date(2021, 3, 31), ["supported"] * 3),
        (date(2023, 3, 1), ["ending", *["supported"] * 4]),
        (date(2023, 4, 1), ["ended", "ending", *["supported"] * 3]),
    ],
)
def test_the_chart_of_periods_has_a_bar_for_each_round_of_the_day(rounds, on, standing):
    found = charts.periods(figures(on))
    assert found is not None
    assert [bar.standing for bar in found.bars] == standing
    assert [bar.round.announced for bar in found.bars] == [14, 8, 12, 9, 10][: len(standing)]
    assert found.on == (on - date(2018, 4, 1)).days
    first = found.bars[0]
    assert (first.start, first.end) == (0, (date(2023, 4, 1) - date(2018, 4, 1)).days)
    assert all(bar.longest == bar.end for bar in found.bars)


def test_a_call_that_may_be_extended_shows_what_may_be_added_until_it_is_over(rounds, client):
    call = factories.call(
        code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced",
        announced_count=3, announced_on=date(2025, 4, 11),
    )  # fmt: skip
    factories.project(call=call, opened_on=call.announced_on)
    db.session.commit()

    def bar(on: date) -> charts.Bar:
        found = charts.periods(figures(on))
        assert found is not None
        return found.bars[-1]

    open_still, over = bar(date(2028, 3, 31)), bar(date(2028, 4, 1))
    assert (open_still.longest - open_still.end, open_still.standing) == (730, "ending")
    assert (over.longest - over.end, over.standing) == (0, "ended")
    text = main_of(client, "/register?on=2025-05-01")
    assert 'class="cohorts__more"' in text and "令和12年3月31日" in text
    assert 'class="cohorts__more"' not in main_of(client, "/register?on=2023-03-01")


def test_an_extension_that_was_certified_makes_its_round_longer(rounds):
    call = factories.call(
        code="R7", selection_fy=2025, base_years=3, extension_years=2, state="announced",
        announced_count=2, announced_on=date(2025, 4, 11),
    )  # fmt: skip
    factories.project(call=call, opened_on=call.announced_on)
    factories.project(call=call, opened_on=call.announced_on, extended_years=2)
    db.session.commit()
    found = figures(date(2028, 4, 1)).rounds[-1]
    assert (found.ends_on, found.supported, found.ended) == (date(2030, 3, 31), 1, 1)


def test_what_is_made_up_for_a_demo_is_in_no_picture(rounds):
    before = (charts.tiles(date(2023, 3, 1)), charts.technologies(date(2023, 3, 1)))
    call = factories.call(selection_fy=2022, state="announced", announced_on=date(2022, 9, 1), is_sample=True)
    factories.project(call=call, technologies_raw="AI")
    db.session.commit()
    assert (charts.tiles(date(2023, 3, 1)), charts.technologies(date(2023, 3, 1))) == before


def test_nothing_announced_yet_is_said_in_words(app, client):
    text = main_of(client, "/register")
    assert said("Nothing had been announced by this day.") in text
    assert "<svg role=" not in text


def test_the_list_is_paged(rounds, client):
    text = main_of(client, "/register?on=2023-03-01")
    assert text.count('<a href="/register/') == 25
    assert "page=2#list" in text
    assert main_of(client, "/register?on=2023-03-01&page=2").count('<a href="/register/') == 20


def test_a_project_in_its_last_year_says_so_on_the_page_and_in_the_file(placed, client):
    assert "今年度末で終了" in main_of(client, "/register?on=2023-03-01&lead=27")
    rows = client.get("/register?on=2023-03-01&lead=27&format=csv").get_data().decode("utf-8-sig")
    assert "今年度末で終了" in rows
    assert "今年度末で終了" not in main_of(client, "/register?on=2022-03-31&lead=27").split('id="list"')[1]


def test_the_page_reads_in_english_with_the_years_of_the_west(rounds, client):
    client.get("/language/en")
    text = main_of(client, "/register?on=2023-03-01")
    assert "Periods of support by fiscal year of selection" in text
    assert ">FY2018</text>" in text and "9 until 31 March 2023" in text
