"""Finding a local government however its name, kana or code was typed."""

import csv
import io

import pytest

from app.folding import fold
from app.organisations import search
from app.organisations.codes import CodeError
from tests import factories


@pytest.fixture
def bodies(app):
    """A few whose names or codes are hard to find."""
    rows = (
        ("岩見沢市", "012106", "北海道", "イワミザワシ", "city"),
        ("北海道", "010006", "北海道", "ホッカイドウ", "prefecture"),
        ("札幌市", "011002", "北海道", "サッポロシ", "designated_city"),
        ("府中市", "132063", "東京都", "フチュウシ", "city"),
        ("府中市", "342084", "広島県", "フチュウシ", "city"),
        ("四條畷市", "272299", "大阪府", "シジョウナワテシ", "city"),
        ("茅ヶ崎市", "142077", "神奈川県", "チガサキシ", "city"),
        ("さいたま市", "111007", "埼玉県", "サイタマシ", "designated_city"),
        ("東京都", "130001", "東京都", "トウキョウト", "prefecture"),
    )
    return [factories.organisation(n, c, prefecture=p, kana=k, body_kind=b) for n, c, p, k, b in rows]


@pytest.fixture
def find(bodies, sign_in_as):
    """The codes that a search finds, and the page."""
    client, _ = sign_in_as("officer")

    def find(text, **filters):
        asked = {"q": text, **filters}
        answer = client.get("/organisations", query_string={**asked, "format": "csv"})
        rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
        page = client.get("/organisations", query_string=asked).get_data(as_text=True)
        return [row[4] for row in rows[1:]], page

    return find


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("岩見沢", ["012106"]),
        ("北海道岩見沢市", ["012106"]),
        ("いわみざわ", ["012106"]),
        ("イワミザワ", ["012106"]),
        ("ｲﾜﾐｻﾞﾜ", ["012106"]),
        ("シジヨウナワテ", ["272299"]),
        ("しじょうなわて", ["272299"]),
        ("茅ケ崎", ["142077"]),
        ("茅ヶ崎", ["142077"]),
        ("ふちゅう", ["132063", "342084"]),
        ("府中　広島", ["342084"]),
        ("サイタマ", ["111007"]),
        ("さいたま", ["111007"]),
        ("%", []),
        ("存在しない村", []),
    ],
)
def test_a_body_is_found_by_name_and_kana_however_they_are_typed(find, typed, codes):
    assert find(typed)[0] == codes


@pytest.mark.parametrize("typed", ["012106", "０１２１０６", "01210-6", " 012106 "])
def test_a_whole_code_finds_its_body(find, typed):
    codes, page = find(typed)
    assert codes == ["012106"]
    assert "団体コードを補って検索しました" not in page


@pytest.mark.parametrize(
    ("typed", "code", "told"),
    [
        ("12106", "012106", "先頭の0が失われていたため、12106を012106として読み取りました。"),
        ("１０００６", "010006", "先頭の0が失われていたため、10006を010006として読み取りました。"),
        ("13000", "130001", "検査数字を補い、13000を130001として読み取りました。"),
    ],
)
def test_a_code_that_lost_a_digit_is_mended_and_the_page_says_so(find, typed, code, told):
    codes, page = find(typed)
    assert codes == [code]
    assert told in page


def test_a_wrong_check_digit_is_told_and_the_body_that_may_be_meant_is_shown(find):
    codes, page = find("012105")
    assert codes == ["012106"]
    assert "012105の検査数字が合いません" in page
    assert "01210の検査数字は6です" in page


def test_the_beginning_of_a_code_finds_all_that_begin_so(find):
    assert find("01")[0] == ["010006", "011002", "012106"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("0121061", ["012106"]), ("000000", []), ("99999", []), ("9" * 300, [])]
)
def test_digits_that_are_no_code_are_told_without_an_error(find, typed, meant):
    codes, page = find(typed)
    assert codes == meant
    assert "正しい団体コードではありません" in page


def test_filters_narrow_by_prefecture_and_kind(find):
    assert find("", prefecture="北海道")[0] == ["010006", "011002", "012106"]
    assert find("", prefecture="北海道", kind="city")[0] == ["012106"]
    assert find("", kind="no such kind")[0] == sorted(find("")[0])


def test_only_an_administrator_is_shown_ministries(find, sign_in_as):
    link = f'href="/organisations/{factories.office().id}"'
    assert link not in find("")[1]
    client, _ = sign_in_as("administrator")
    assert link in client.get("/organisations").get_data(as_text=True)


def test_a_body_is_named_by_code_or_by_a_name_that_only_one_has(bodies):
    assert search.by_code_or_name("12106").name == "岩見沢市"
    assert search.by_code_or_name("北海道岩見沢市").code == "012106"
    with pytest.raises(LookupError, match=r"東京都府中市 \(132063\), 広島県府中市 \(342084\)"):
        search.by_code_or_name("府中市")
    with pytest.raises(LookupError, match="no organisation"):
        search.by_code_or_name("存在しない村")
    with pytest.raises(CodeError, match="check digit"):
        search.by_code_or_name("012105")


def test_folding_brings_kana_width_and_old_kanji_together():
    assert fold("龍ヶ崎市 ﾘｭｳｶﾞｻｷ りゅうがさき ＡＢＣ") == "竜ケ崎市 リユウガサキ リユウガサキ abc"
