"""The work of script/screenshots: a demo of its own, taken through spring 2023, each page drawn at its moment."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from _pictures import CHAPTERS, KEPT, PICTURES, Picture
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.correspondence.letters import frozen_pdf
from app.correspondence.models import Letter
from app.db import db
from app.demo.accounts import MUNICIPALITY
from app.organisations.models import Organisation
from tests.browser.chromium import launch_options
from tests.browser.instance import Instance, load_demo, served
from tests.browser.moments import MOMENTS, acting, come_to
from tests.browser.pages import ACCOUNTS, NOBODY, main_part, pages_of, roles_of, rules_to_get
from tests.browser.people import DESK, PHONE, window_of

NAMES = {NOBODY: NOBODY, **ACCOUNTS}  # role → its name in a file's name
LANGUAGES = ("ja", "en")
TALLEST = 1800  # what lies further down looks like what lies above
COLOURS = 48
APART = 6  # of 255: colours closer to each other than this are one
LETTER = "letter-support-end.png"

Addresses = dict[tuple[str, str], str]  # (picture, role) → path
Drawn = dict[
    str, dict[str, list[str]]
]  # picture → role → its files, or none where another role's show the same


def main(folder: Path, documents: Path | None = None) -> int:
    """Draw all, and the contact sheet; `documents` gets the few that README and docs need."""
    _empty(folder)
    drawn: Drawn = defaultdict(dict)
    with tempfile.TemporaryDirectory(prefix="banso-screens-") as scratch, sync_playwright() as playwright:
        demo = Path(scratch) / "demo"
        demo.mkdir()
        load_demo(demo)
        browser = playwright.chromium.launch(**launch_options(Path(scratch)))
        for moment in MOMENTS:
            with Instance(demo, "http://127.0.0.1:8000").inside() as app:
                come_to(moment)
                addresses = _addresses(app, [it for it in PICTURES if it.moment == moment])
                if moment == "april-3":
                    _draw_letter(folder / LETTER)
            with served(demo) as instance:
                _draw_moment(browser, instance, addresses, folder, drawn)
        browser.close()
    (folder / "index.md").write_text(_contact_sheet(drawn))
    missing = [name for name in KEPT if not (folder / name).exists()]
    if documents:
        _empty(documents)
        for name in set(KEPT) - set(missing):
            shutil.copyfile(folder / name, documents / name)
        (documents / "index.md").write_text(_contact_sheet(_kept(drawn)))
    files = list(folder.glob("*.png"))
    print(f"{len(files)} pictures, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB, in {folder}")
    lacking = [picture.name for picture in PICTURES if not any(drawn[picture.name].values())]
    if lacking:
        print(f"Nobody can open: {', '.join(lacking)}; mend script/_pictures.py", file=sys.stderr)
    if missing:
        print(
            f"Documents need but nobody drew: {', '.join(missing)}; mend script/_pictures.py", file=sys.stderr
        )
    return 1 if lacking or missing else 0


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()


def _addresses(app: Flask, pictures: list[Picture]) -> Addresses:
    rules = {rule.endpoint: rule for rule in rules_to_get(app)}
    found: Addresses = {}
    for picture in pictures:
        rule = rules[picture.endpoint]
        for role in NAMES:
            if role not in roles_of(app, rule) or role not in (picture.roles or NAMES):
                continue
            actor = None if role == NOBODY else acting(ACCOUNTS[role])
            pages = pages_of(app, rule, actor)
            page = next((page for page in pages if picture.state in ("", page.state)), None)
            if page:
                found[picture.name, role] = page.path
    return found


def _draw_moment(
    browser: Browser, instance: Instance, addresses: Addresses, folder: Path, drawn: Drawn
) -> None:
    pictures = {picture.name: picture for picture in PICTURES}
    for language in LANGUAGES:
        seen: set[tuple[str, str]] = set()
        for role in NAMES:
            asked = [
                (name, path)
                for (name, who), path in addresses.items()
                if who == role and (language == "ja" or pictures[name].english)
            ]
            if not asked:
                continue
            window = window_of(browser, instance, role, language=language)
            for name, path in asked:
                _draw(window, name, path, role, language, folder, drawn, seen)
            window.context.close()


def _draw(
    window: Page,
    name: str,
    path: str,
    role: str,
    language: str,
    folder: Path,
    drawn: Drawn,
    seen: set[tuple[str, str]],
) -> None:
    """At both widths; once for all roles to whom it looks the same. A page that leads elsewhere is not this one."""
    answer = window.goto(path)
    if not answer or answer.request.redirected_from:
        return
    if answer.status >= 500:
        raise RuntimeError(f"{path} as {role}: {answer.status}")
    shows = (name, main_part(answer.text()))
    files = drawn[name].setdefault(role, [])
    if shows in seen:
        return
    seen.add(shows)
    for size in (DESK, PHONE):
        window.set_viewport_size(size)
        window.goto(path)  # anew: a phone begins with its filters folded
        file = f"{name}-{NAMES[role]}-{size['width']}{'' if language == 'ja' else '-' + language}.png"
        _save(_picture_of(window, size["width"]), folder / file)
        files.append(file)
    window.set_viewport_size(DESK)


def _picture_of(window: Page, width: int) -> bytes:
    window.wait_for_selector("html[data-enhanced]", state="attached")
    height = min(TALLEST, window.evaluate("document.documentElement.scrollHeight"))
    area = {"x": 0, "y": 0, "width": width, "height": height}
    return window.screenshot(full_page=True, clip=area, animations="disabled")  # type: ignore[arg-type]


def _save(picture: bytes, file: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    colours = _colours_of(image)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours + colours[:1] * (256 - len(colours)) for part in colour])
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(file, optimize=True)


def _colours_of(image: Image.Image) -> list[tuple[int, ...]]:
    """A third of the size for the same picture: its flat colours as they are, and a few between them for the letters."""
    counted = image.getcolors(image.width * image.height) or []
    flat = [colour for _count, colour in sorted(counted, reverse=True)[: COLOURS // 2]]
    parts = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    between = [tuple(parts[place : place + 3]) for place in range(0, len(parts), 3)]
    chosen: list[tuple[int, ...]] = []
    for colour in [*flat, *between]:
        far = all(max(abs(a - b) for a, b in zip(colour, one, strict=True)) >= APART for one in chosen)
        if far and len(chosen) < COLOURS:
            chosen.append(colour)
    return chosen


def _draw_letter(file: Path) -> None:
    query = select(Letter).join(Letter.organisation).where(Letter.letter_kind == "support-end")
    letter = db.session.scalars(
        query.where(Organisation.code == MUNICIPALITY, Letter.state == "issued")
    ).one()
    command = ["pdftoppm", "-png", "-r", "90", "-singlefile", "-"]
    drawing = subprocess.run(command, input=frozen_pdf(letter), capture_output=True, check=True)
    _save(drawing.stdout, file)


def _kept(drawn: Drawn) -> Drawn:
    few: Drawn = defaultdict(dict)
    for picture, by_role in drawn.items():
        for role, files in by_role.items():
            if those := [file for file in files if file in KEPT]:
                few[picture][role] = those
    return few


def _contact_sheet(drawn: Drawn) -> str:
    lines = [
        "# Banso in pictures",
        "",
        "Drawn by `script/screenshots` from the demo, taken through spring 2023: each page as each role for whom it looks",
        "different, at 1280 and at 375 pixels, into `var/screens`. The few that documents need are kept in `docs/screens`.",
        "",
        f"![An issued support-end letter]({LETTER})",
    ]
    for chapter in CHAPTERS:
        pictures = [picture for picture in chapter.pictures if drawn[picture.name]]
        if pictures:
            lines += ["", f"## {chapter.title}"]
        for picture in pictures:
            lines += ["", f"### {picture.name}", "", picture.says]
            lines += _pictures_by_role(drawn[picture.name])
    return "\n".join(lines) + "\n"


def _pictures_by_role(by_role: dict[str, list[str]]) -> Iterator[str]:
    alike = [NAMES[role] for role, files in by_role.items() if not files]
    for role, files in by_role.items():
        if files:
            also = f" (the same for {', '.join(alike)})" if alike else ""
            alike = []
            yield from ("", f"{NAMES[role]}{also}:", "")
            widths = {file: 560 if "-1280" in file else 200 for file in files}
            yield " ".join(f'<img src="{file}" alt="" width="{widths[file]}">' for file in files)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
