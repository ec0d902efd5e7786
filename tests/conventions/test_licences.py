"""What is depended on may be depended on, and says under which licence."""

from __future__ import annotations

import runpy
from email.message import Message

import pytest

from config import ROOT

LICENCES = runpy.run_path(str(ROOT / "script" / "_licences.py"), run_name="licences")


def said(**fields: str | list[str]) -> Message:
    message = Message()
    for name, value in {"Name": "thing", **fields}.items():
        for one in [value] if isinstance(value, str) else value:
            message[name.replace("_", "-")] = one
    return message


def refused(licence: str, allowed: str = "ALLOWED") -> list[str]:
    return list(LICENCES["not_allowed"]([LICENCES["Package"]("thing", licence)], LICENCES[allowed]))


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT AND PSF-2.0", "License": "something"}, "MIT AND PSF-2.0"),
        ({"License": "MIT", "Classifier": "License :: OSI Approved :: BSD License"}, "MIT"),
        (
            {"License": "Dual", "Classifier": ["License :: OSI Approved :: BSD License", "Topic :: Text"]},
            "BSD",
        ),
        ({"Classifier": ["License :: OSI Approved", "License :: OSI Approved :: MIT License"]}, "MIT"),
        ({"License": "Ask the author\nfirst"}, "Ask the author"),
        ({"Classifier": "License :: Free For Home Use"}, "Free For Home Use"),
        ({}, ""),
    ],
)
def test_a_licence_is_read_as_the_package_tells_it(fields, licence):
    assert LICENCES["licence_of"](said(**fields)) == licence


@pytest.mark.parametrize("licence", ["MIT", "GPL OR MPL-2.0", "MIT AND PSF-2.0", "GPL OR MIT AND ZPL-2.1"])
def test_one_of_several_choices_is_enough(licence):
    assert not refused(licence)


@pytest.mark.parametrize(
    "licence",
    ["", "GPL-3.0-only", "AGPL-3.0-only OR GPL", "MIT AND GPL", "(MIT OR GPL) AND GPL", "Ask the author"],
)
def test_what_is_not_allowed_is_named(licence):
    [sentence] = refused(licence)
    assert sentence.startswith("thing: ")


def test_a_tool_may_have_what_the_product_may_not():
    assert refused("Artistic-1.0") and not refused("Artistic-1.0", "ALLOWED_IN_CHECKS")


def test_every_package_that_is_installed_here_is_listed_and_allowed():
    """`script/lint` holds the page to the metadata of now; this names what is missing when it is forgotten."""
    listed = (ROOT / "docs" / "licences.md").read_text()
    running = LICENCES["packages"]("requirements.txt")
    assert len(running) > 40
    assert not [it.name for it in running if f"| {it.name} | {it.licence} |" not in listed]
    assert not list(LICENCES["not_allowed"](running, LICENCES["ALLOWED"]))
