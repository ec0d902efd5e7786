"""How a letter becomes a PDF: WeasyPrint's work, in this process or in several beside it (ADR 0033).

It knows no letter, no database and no application: HTML in, PDF out, by the style sheets of templates/letters/. So a
process that only prints is there in half a second and holds nothing that could be left by half.

printing.py   HTML in, tagged PDF out. Takes half a second to import: whoever prints no letter does not.
tagging.py    the last touch on the PDF, so that it holds PDF/UA-1 and PDF/A-2a
room.py       several presses at once, for whoever prints many letters
worker.py     one press: the process that room.py starts
"""

from collections.abc import Callable

Printed = tuple[bytes, int, str]
"""The PDF, its number of pages, and the characters that no font could draw, each once."""

Printer = Callable[..., Printed]
"""Called as printer(html, font, draft=)."""
