"""HTML of a letter in, tagged PDF out: WeasyPrint with its fonts and style sheets loaded once.

Importing this needs the system libraries of WeasyPrint. One letter is on the press at a time in a
process: the font configuration is shared, which saves a third of the work, and is not for threads.
"""

import logging
import threading
from functools import cache
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from press import Printed
from press.tagging import finish

VARIANT = "pdf/a-2a"  # and PDF/UA-1: see tagging.py
STYLES = Path(__file__).parents[1] / "templates" / "letters"
# A character that no font has is reported with the letter; the log need not say it too.
logging.getLogger("weasyprint").setLevel(logging.ERROR)

_one_at_a_time = threading.Lock()


def print_pdf(html: str, font: Path, *, draft: bool = False) -> Printed:
    """What `html` looks like in the style of our letters; marked 案 as a draft."""
    with _one_at_a_time:
        return _press(font).print_pdf(html, draft)


def print_booklet(html: str, font: Path) -> Printed:
    """What `html` looks like as a document of many pages, with a table of contents that names them."""
    with _one_at_a_time:
        return _press(font).print_booklet(html)


def style_of(font: Path) -> str:
    """The style sheet of every letter, with `font` as its type."""
    face = f'@font-face {{ font-family: "Noto Serif JP"; src: url("{font.as_uri()}") }}\n'
    return face + (STYLES / "letter.css").read_text(encoding="utf-8")


class _Press:
    def __init__(self, font: Path) -> None:
        self.fetcher = _FontFetcher(font)
        self.font_config = FontConfiguration()
        self.counter_style = CounterStyle()
        self.letter_css = self._css(style_of(font))
        self.draft_css = self._css((STYLES / "draft.css").read_text(encoding="utf-8"))
        self.pages_css = self._css((STYLES / "pages.css").read_text(encoding="utf-8"))
        self.booklet_css = self._css((STYLES / "booklet.css").read_text(encoding="utf-8"))

    def print_pdf(self, html: str, draft: bool) -> Printed:
        styles = [self.letter_css, self.draft_css] if draft else [self.letter_css]
        document = self._lay_out(html, *styles)
        if len(document.pages) > 1:
            document = self._lay_out(html, *styles, self.pages_css)
        return self._written(document)

    def print_booklet(self, html: str) -> Printed:
        return self._written(self._lay_out(html, self.letter_css, self.booklet_css, self.pages_css))

    def _written(self, document: Document) -> Printed:
        pdf = document.write_pdf(pdf_variant=VARIANT, finisher=finish)
        missing = {chr(codepoint) for font in document.fonts.values() for codepoint in font.missing}
        return pdf, len(document.pages), "".join(sorted(missing))

    def _css(self, text: str) -> CSS:
        return CSS(
            string=text,
            url_fetcher=self.fetcher,
            font_config=self.font_config,
            counter_style=self.counter_style,
        )

    def _lay_out(self, html: str, *stylesheets: CSS) -> Document:
        return HTML(string=html, url_fetcher=self.fetcher).render(
            stylesheets=stylesheets,
            font_config=self.font_config,
            counter_style=self.counter_style,
            pdf_variant=VARIANT,
        )


class _FontFetcher(URLFetcher):
    """Opens the one font file and refuses everything else: a letter reads nothing, fetches nothing."""

    def __init__(self, font: Path) -> None:
        super().__init__()
        self.font = font

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url != self.font.as_uri():
            raise ValueError(f"a letter must not fetch {url}")
        return URLFetcherResponse(url, self.font.read_bytes())


@cache
def _press(font: Path) -> _Press:
    return _Press(font)
