"""Style sheets: each a page long and shown; nothing in them that no page uses. Scripts: each applied."""

from __future__ import annotations

import re

import pytest

from app.web import assets
from config import ROOT

SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
NAME = lambda path: path.name
LONGEST = 300  # lines
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def rules_of(sheet) -> str:
    return COMMENT.sub("", sheet.read_text())


ALL_RULES = "\n".join(rules_of(sheet) for sheet in SHEETS)
TEMPLATES = "\n".join(
    TEMPLATE_COMMENT.sub("", path.read_text()) for path in sorted((ROOT / "templates").rglob("*.html"))
)
SCRIPTS = "\n".join(path.read_text() for path in sorted((ROOT / "static" / "js").glob("*.js")))


MARKUP = "".join(
    (ROOT / "app" / "web" / f"{name}.py").read_text() for name in ("shown", "columns")
)  # of lists


def named_in_pages() -> tuple[set[str], set[str]]:
    """The words that may be classes: those that templates and scripts write, and beginnings that they complete: tag--."""
    attributes = re.findall(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', TEMPLATES + MARKUP)
    quoted = re.findall(r"\"([\w -]+)\"|'([\w -]+)'", TEMPLATES)
    blocks = re.findall(r"\{% block main_class %\}(.*?)\{% endblock", TEMPLATES)
    scripted = re.findall(r"class(?:List|Name)\b(.*)", SCRIPTS)
    words = {
        word
        for text in [*attributes, *(one or other for one, other in quoted), *blocks, *scripted]
        for word in re.findall(r"[\w-]+", text)
    }
    begun = set(re.findall(r"([\w-]+--)(?:\{\{|[\"'] ?~)", TEMPLATES)) | set(
        re.findall(r"([\w-]+--)\$?\{", SCRIPTS + MARKUP)
    )
    return words, begun


@pytest.mark.parametrize("sheet", SHEETS, ids=NAME)
def test_a_sheet_is_a_page_long(sheet):
    assert len(sheet.read_text().splitlines()) <= LONGEST


def test_no_sheet_tells_the_narrowest_window_from_a_phone():
    """So a page that fits the one fits the other: browser/axe.py looks at the narrowest alone."""
    bounds = [float(bound) * 16 for bound in re.findall(r"-width: ([\d.]+)em\)", ALL_RULES)]
    assert bounds and not re.search(r"-width: [\d.]+px\)", ALL_RULES)
    assert not [bound for bound in bounds if 320 < bound <= 375]


def test_every_sheet_has_its_place_in_the_cascade():
    assert sorted([*assets.SHEETS, "print"]) == [sheet.stem for sheet in SHEETS]


def test_every_script_is_applied_and_each_that_is_applied_is_there():
    """Each file beside main.js exports one function, and takes nothing from another: they become one script."""
    main = (ROOT / "static" / "js" / "main.js").read_text()
    applied = re.findall(r'": "(\w+)",', main)
    parts = [path for path in sorted((ROOT / "static" / "js").glob("*.js")) if path.stem != "main"]
    assert sorted(applied) == [path.stem for path in parts]
    for path in parts:
        outside = re.findall(r"^(?:import|export)\b.*", path.read_text(), re.MULTILINE)
        assert len(outside) == 1 and outside[0].startswith("export default function "), path.name


def test_every_token_is_used_and_each_that_is_used_is_there():
    made = set(re.findall(r"(?<![\w-])(--[a-z][\w-]*)\s*:", ALL_RULES))
    used = set(re.findall(r"var\((--[\w-]+)", ALL_RULES + TEMPLATES + SCRIPTS))
    assert len(made) > 50
    assert not made - used, "no rule uses these"
    assert not used - made, "nothing makes these"


def test_every_class_is_on_a_page():
    """A modifier may be put together, as in tag--{{ tone }}: then its tone has to be a word of the templates or the code."""
    words, begun = named_in_pages()
    code = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    selectors = re.sub(r"\{[^{}]*\}", "{}", re.sub(r"url\([^)]*\)", "", ALL_RULES))
    classes = set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selectors))
    assert len(classes) > 300
    unused = []
    for name in sorted(classes - words):
        block, _, modifier = name.rpartition("--")
        put_together = f"{block}--" in begun and (modifier in words or f'"{modifier}"' in code)
        if not put_together:
            unused.append(name)
    assert not unused
