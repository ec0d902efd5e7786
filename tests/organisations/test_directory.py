"""The directory of local governments, against the official counts and the bodies the sources name."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from app.folding import fold_kana
from app.organisations import directory
from app.organisations.codes import DESIGNATED_CITIES, PREFECTURES, mend_code, prefecture_of
from app.organisations.directory import DirectoryIncomplete, local_governments

with (Path(__file__).parents[1] / "data" / "local_governments_in_seeds.csv").open() as file:
    NAMED_IN_SOURCES = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def bodies():
    return local_governments()


def test_there_are_47_prefectures_and_1741_municipalities_of_their_kinds(bodies):
    assert Counter(body.kind for body in bodies) == {
        "prefecture": 47,
        "designated_city": 20,
        "special_ward": 23,
        "city": 772,
        "town": 743,
        "village": 183,
    }


def test_every_body_has_its_own_sound_code_and_they_come_in_order(bodies):
    codes = [body.code for body in bodies]
    assert codes == sorted(set(codes))
    assert all(mend_code(body.code).code == body.code and body.code[:5] == body.code5 for body in bodies)
    assert all(prefecture_of(body.code) == body.prefecture for body in bodies)
    assert [body.name for body in bodies if body.kind == "prefecture"] == list(PREFECTURES.values())
    assert {body.code5 for body in bodies if body.kind == "designated_city"} == DESIGNATED_CITIES


@pytest.mark.parametrize("row", NAMED_IN_SOURCES, ids=lambda row: row["code6"] + row["name"])
def test_a_body_named_in_the_sources_is_found_with_its_name_kana_and_kind(bodies, row):
    (body,) = [body for body in bodies if body.code == row["code6"]]
    assert (body.prefecture, body.name, body.kind) == (row["prefecture"], row["name"], row["kind"])
    assert fold_kana(body.kana) == fold_kana(row["kana"])


def test_only_one_body_of_the_sources_needs_its_kana_folded(bodies):
    kana = {body.code: body.kana for body in bodies}
    different = [
        (row["name"], row["kana"], kana[row["code6"]])
        for row in NAMED_IN_SOURCES
        if row["kana"] != kana[row["code6"]]
    ]
    assert different == [("四條畷市", "シジヨウナワテシ", "シジョウナワテシ")]


@pytest.mark.parametrize(
    ("code", "name", "kana"),
    [
        ("103446", "榛東村", "シントウムラ"),
        ("284815", "上郡町", "カミゴオリチョウ"),
        ("133817", "三宅村", "ミヤケムラ"),
        ("134015", "八丈町", "ハチジョウマチ"),
        ("133612", "大島町", "オオシママチ"),
        ("072036", "郡山市", "コオリヤマシ"),
        ("212199", "郡上市", "グジョウシ"),
        ("221309", "浜松市", "ハママツシ"),
        ("271403", "堺市", "サカイシ"),
        ("082082", "龍ケ崎市", "リュウガサキシ"),
        ("142077", "茅ヶ崎市", "チガサキシ"),
        ("131016", "千代田区", "チヨダク"),
    ],
)
def test_county_island_and_wards_leave_name_and_kana(bodies, code, name, kana):
    assert [(body.name, body.kana) for body in bodies if body.code == code] == [(name, kana)]


def test_no_county_is_left_before_a_town_or_village(bodies):
    rural = [body for body in bodies if body.kind in ("town", "village")]
    assert [body.name for body in rural if "郡" in body.name] == ["上郡町"]
    assert [body.name for body in rural if "グン" in body.kana] == []
    endings = {"町": ("チョウ", "マチ"), "村": ("ムラ", "ソン")}
    assert all(body.kana.endswith(endings[body.name[-1]]) for body in rural)


@pytest.mark.parametrize(("name", "prefectures"), [
    ("府中市", ["東京都", "広島県"]),
    ("伊達市", ["北海道", "福島県"]),
    ("美郷町", ["秋田県", "島根県", "宮崎県"]),
])  # fmt: skip
def test_bodies_of_the_same_name_are_kept_apart(bodies, name, prefectures):
    assert [body.prefecture for body in bodies if body.name == name] == prefectures


def test_the_database_gives_one_row_for_a_municipality_or_ward_not_for_each_of_its_postal_codes():
    """120,000 postal codes would be sorted here, and a start of the demo would wait for it."""
    places = directory._places()
    assert len({place.code5 for place in places}) == len(places) < 2_000


def test_postal_data_without_a_municipality_is_refused(monkeypatch):
    complete = directory._places()
    monkeypatch.setattr(directory, "_places", lambda: [place for place in complete if place.name != "夕張市"])
    with pytest.raises(DirectoryIncomplete, match="47 prefectures and 1740 municipalities"):
        local_governments()
