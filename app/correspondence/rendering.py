"""A letter's content in, its PDF out: the form that ministries give to 通知, 依頼, 照会 and 事務連絡.

The same content gives the same bytes, so that a letter's SHA-256 can be computed again years later on
the same installation: nothing in the file tells when or where it was made but the letter's own date.
The only files read are the Japanese fonts of the package pylopdf-fonts-jp; nothing is fetched. The
file is tagged for screen readers (PDF/UA-1), made for archives (PDF/A-2a) and holds its fonts. Pure: neither
application nor database.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from app.calendar import era_date, last_business_day_of_next_month
from app.lines import neutral, one_line
from press import Printed, Printer

FORMS = ("通知", "依頼", "照会", "事務連絡")
HONORIFICS = ("殿", "各位", "御中")
MATTER, DEADLINE = "matter", "deadline"  # what an item is, where that matters beyond the page
REPLY_DAY = "（発信年月日の翌月の最終開庁日）"  # stands in a deadline until the day of issue is known
GAP = "\u3000"  # before the honorific: 島根県美郷町長　殿
TEMPLATES = Path(__file__).parents[2] / "templates" / "letters"
FONT_PACKAGE = "pylopdf_fonts_jp"
FONT_FILE = "NotoSerifJP-Regular.otf"
ONE_LINE = 33  # full-width characters beside the number of an item

# The last two characters of a name, each with its variation selector if it has one (葛󠄀).
_TAIL = re.compile(r"(?:.[\ufe00-\ufe0f\U000e0100-\U000e01ef]?){1,2}$")
_DATE = re.compile(r"(?:令和|平成|昭和)(?:元|\d{1,2})年\d{1,2}月\d{1,2}日(?:（[月火水木金土日]）)?")
_DAYS = ("issued_on", "past_from")
_ON_ONE_LINE = ("number", "addressee", "subject")
_letters = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class MissingFont(Exception):
    """There is no Japanese font, and a letter of empty boxes must not be made."""


@dataclass(frozen=True)
class Item:
    """One numbered item under 記: its heading, a text (lines parted by newlines), and points (1), (2) …

    `role` marks what the mail that brings the letter says too: MATTER, what the letter is about, and DEADLINE, until
    when something may be asked for. A deadline is counted from the day of issue, so that it is never past.
    """

    heading: str
    text: str = ""
    points: tuple[str, ...] = ()
    role: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", one_line(self.heading))
        object.__setattr__(self, "text", neutral(self.text))
        object.__setattr__(self, "points", tuple(map(neutral, self.points)))

    @property
    def fits_one_line(self) -> bool:
        return bool(self.text) and "\n" not in self.text and len(self.heading + self.text) < ONE_LINE


@dataclass(frozen=True)
class LetterContent:
    """What a letter says. Plain values only, so that it can be kept as JSON while it is a draft.

    Whatever it is given or was kept with, no text of it turns the direction of writing, and its addressee and its subject
    stand on one line (app/lines.py). Issued on `past_from` or later it speaks of the past: its body is then `past_body`. Both are drafted and approved
    together, and which one goes out is the day's to say (docs/adr/0010).

    Raises ValueError for an unknown form or honorific, a subject that is empty, and for a letter that
    is no draft but lacks its number (except 事務連絡, which never has one) or its date.
    """

    form: str
    number: str | None
    issued_on: date | None
    addressee: str
    honorific: str
    issuer: str
    subject: str
    body: tuple[str, ...]
    items: tuple[Item, ...] = ()
    contact: tuple[str, ...] = ()
    draft: bool = False
    past_from: date | None = None
    past_body: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._make_neutral()
        if self.form not in FORMS:
            raise ValueError(f"{self.form!r} is no form of letter: {'、'.join(FORMS)}")
        if self.honorific not in HONORIFICS:
            raise ValueError(f"{self.honorific!r} is no honorific: {'、'.join(HONORIFICS)}")
        if not self.addressee.strip() or not self.subject.strip():
            raise ValueError("a letter needs an addressee and a subject")
        if self.is_administrative_notice and self.number:
            raise ValueError("a 事務連絡 has no document number")
        if not self.draft and not self.issued_on:
            raise ValueError("an issued letter needs its date")
        if not self.draft and not self.number and not self.is_administrative_notice:
            raise ValueError("an issued letter needs its document number")

    def _make_neutral(self) -> None:
        for name in _ON_ONE_LINE:
            value = getattr(self, name)
            object.__setattr__(self, name, value and one_line(value))
        object.__setattr__(self, "issuer", neutral(self.issuer))
        for name in ("body", "contact", "past_body"):
            object.__setattr__(self, name, tuple(map(neutral, getattr(self, name))))

    @property
    def is_administrative_notice(self) -> bool:
        return self.form == "事務連絡"

    @property
    def addressed(self) -> str:
        """島根県美郷町長　殿, as it is written wherever the letter is told of."""
        return f"{self.addressee.strip()}{GAP}{self.honorific}"

    @property
    def suffix(self) -> str:
        """（通知） after the subject, unless the subject brings it or the form has none."""
        suffix = f"（{self.form}）"
        return "" if self.is_administrative_notice or self.subject.endswith(suffix) else suffix

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body; the space that people type before a paragraph is the style sheet's to make."""
        return tuple(paragraph.strip(" \u3000\n") for paragraph in self.body)

    def worded_on(self, day: date) -> Self:
        """As it would be worded if it were issued on `day`."""
        if self.past_from is None or day < self.past_from:
            return self
        return replace(self, body=self.past_body, past_from=None, past_body=())

    def issued(self, *, number: str, on: date) -> Self:
        """As it goes out on `on`: worded for that day, its deadline named, with its number and date."""
        day = era_date(last_business_day_of_next_month(on), weekday=True)
        items = tuple(
            replace(item, text=item.text.replace(REPLY_DAY, day)) if item.role == DEADLINE else item
            for item in self.items
        )
        return replace(
            self.worded_on(on),
            number=number,
            issued_on=on,
            items=items,
            draft=False,
            past_from=None,
            past_body=(),
        )

    def to_json(self) -> dict[str, Any]:
        values = asdict(self)
        for name in _DAYS:
            values[name] = values[name].isoformat() if values[name] else None
        return values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        known = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        for name in _DAYS:
            known[name] = date.fromisoformat(known[name]) if known.get(name) else None
        for name in ("body", "contact", "past_body"):
            known[name] = tuple(known.get(name, ()))
        known["items"] = tuple(
            Item(item["heading"], item.get("text", ""), tuple(item.get("points", ())), item.get("role", ""))
            for item in known.get("items", ())
        )
        return cls(**known)


@dataclass(frozen=True)
class RenderedLetter:
    """The file, its SHA-256 in hex, its pages, and the characters that no font could draw."""

    pdf: bytes
    sha256: str
    pages: int
    missing: str = ""


def print_here(html: str, font: Path, *, draft: bool = False) -> Printed:
    """In this process, one letter after the other."""
    # Imported here and not above: WeasyPrint needs system libraries and half a second, which a process that
    # never renders a letter should not have to pay.
    from press import printing

    return printing.print_pdf(html, font, draft=draft)


def render(letter: LetterContent, printer: Printer = print_here) -> RenderedLetter:
    """The letter as a PDF, by a `printer` that may have it printed already (ahead.py). Raises MissingFont without a Japanese font."""
    pdf, pages, missing = printer(html_of(letter), _font(), draft=letter.draft)
    return RenderedLetter(pdf, sha256(pdf).hexdigest(), pages, missing)


def render_booklet(template: str, **values: Any) -> RenderedLetter:
    """A document of many pages as a PDF, from one of the templates of letters. Raises MissingFont."""
    from press import printing

    font = _font()
    html = _letters.get_template(template).render(**values).replace("\t", " ")
    pdf, pages, missing = printing.print_booklet(html, font)
    return RenderedLetter(pdf, sha256(pdf).hexdigest(), pages, missing)


def japanese_font_available() -> str | None:
    """The family and file of the font that letters are set in, or None when it is not to be had."""
    path = font_path()
    return f"Noto Serif JP ({path})" if path else None


def html_of(letter: LetterContent) -> str:
    addressee = letter.addressee.strip()
    # 殿 alone at the head of a line would be an insult: it stays with the end of the name.
    tail = _TAIL.search(addressee)
    cut = tail.start() if tail else 0
    html = _letters.get_template("letter.html").render(
        letter=letter,
        title=letter.subject + letter.suffix,
        addressee_head=addressee[:cut],
        addressee_tail=addressee[cut:],
        gap=GAP,
        era_date=era_date,
    )
    return html.replace("\t", " ")  # in the title of a PDF it is no XML


def _font() -> Path:
    font = font_path()
    if font is None:
        raise MissingFont(f"{FONT_FILE} of the package pylopdf-fonts-jp cannot be read")
    return font


def font_path() -> Path | None:
    spec = find_spec(FONT_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(FONT_FILE)
    try:
        with path.open("rb") as file:
            return path if file.read(4) == b"OTTO" else None
    except OSError:
        return None


def _whole_dates(text: str) -> Markup:
    """The text escaped, its dates kept from being cut in two at the end of a line."""
    together = Markup('<span class="together">{}</span>')
    pieces, end = Markup(), 0
    for found in _DATE.finditer(text):
        pieces += escape(text[end : found.start()]) + together.format(found[0])
        end = found.end()
    return pieces + escape(text[end:])


_letters.filters["whole_dates"] = _whole_dates
