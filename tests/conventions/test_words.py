"""One thing has one name: words that docs/glossary.md has given up stand nowhere that a reader of Japanese sees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.web.i18n import CATALOGUE
from config import ROOT

# rejected (a pattern) → chosen; docs/glossary.md says why
CHOSEN = {
    r"発表": "公表",
    r"質問": "設問",
    r"評価項目": "審査基準",
    r"その他の技術": "一覧にない技術",
    r"お問合せ先|問い合わせ": "問合せ先",
    r"すべて": "全て",
    r"または": "又は",
    r"および": "及び",
    r"すでに": "既に",
    r"あらため": "改めて",
    r"ただちに": "直ちに",
    r"ご(?=[一-鿿])": "御",
    r"(?:他|ほか|別)の(?:人|方(?!法))": "他の利用者",
    r"あなた": "対応が必要な, 担当, 決裁者名で",
    r"さん(?:[がをのにと、。（]|から)": "様",
    r"締め?切": "提出期限",
    r"補正の?期限|再提出の期限": "再提出期限",
    r"仮の結果": "審査結果（案）",
    r"添付ファイル": "添付資料",
    r"在席|空席|席(?:を|に|が|は|の|（|で)": "担当（部署・役職）",
    r"事業番号|案件番号": "一覧番号, 受付番号",
    r"発信日": "発信年月日",
    r"決裁に回[しすさせ]": "決裁に回付する",
    r"選定を取り?消": "支援を中止する",
    r"規則": "通知設定",
    r"起算日": "基準日",
    r"標準の設定": "初期設定",
    r"市町村(?!コード)": "地方公共団体",
    r"中身": "内容",
    r"(?<!を)直す場合": "修正する場合",
    r"\d文字|文字(?:以[内上]|超過)|\)s文字": "字",
    r"作られていません": "未設置",
    r"どなた": "担当者",
    r"(?<!会)(?<!推進)事務局(?=から|に|が|以外|だけ)": "内閣府, 協議会事務局",
}
# Where a rejected word is meant as it stands: (part of the text, pattern of CHOSEN).
MEANT: tuple[tuple[str, str], ...] = ()
NOT_OURS = ("docs/glossary.md", "docs/screens")  # the glossary names what it rejects


def _catalogue() -> list[tuple[str, str]]:
    with CATALOGUE.open("rb") as file:
        entries = [entry for entry in read_po(file, locale="ja") if entry.id]
    return [(f"the catalogue, {entry.id!r}", _whole(entry.string)) for entry in entries]


def _whole(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else " ".join(text)


def _lines(*paths: Path) -> list[tuple[str, str]]:
    found = []
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(NOT_OURS):
            lines = path.read_text().splitlines()
            found += [(f"{name}:{number}", line) for number, line in enumerate(lines, start=1)]
    return found


def _of_pages() -> list[Path]:
    """Templates of pages, letters and mails, scripts, and the sources."""
    texts = [path for kind in ("*.html", "*.txt") for path in (ROOT / "templates").rglob(kind)]
    return [*texts, *(ROOT / "static" / "js").glob("*.js"), *(ROOT / "app").rglob("*.py")]


def _documents() -> list[Path]:
    return [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize(
    "texts", [_catalogue(), _lines(*_of_pages()), _lines(*_documents())], ids=["catalogue", "pages", "docs"]
)
def test_no_word_that_was_given_up_is_used(texts):
    found = [
        f"{place}: {hit[0]} (write {chosen}): {text.strip()[:80]}"
        for place, text in texts
        for pattern, chosen in CHOSEN.items()
        if (hit := re.search(pattern, text))
        and not any(pattern == meant and part in text for part, meant in MEANT)
    ]
    assert not found, "\n".join(found)


def test_the_glossary_names_every_word_that_was_given_up():
    said = (ROOT / "docs" / "glossary.md").read_text()
    words = (
        "発表",
        "質問",
        "すべて",
        "または",
        "すでに",
        "仮の結果",
        "添付ファイル",
        "起算日",
        "締切",
        "発信日",
    )
    assert not [word for word in words if word not in said]
