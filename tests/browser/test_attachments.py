"""Attaching as a person does it, with scripts and without: received, refused with a reason, replaced, read again."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.demo.accounts import MUNICIPALITY
from tests.browser import axe
from tests.browser.instance import Instance
from tests.browser.moments import application_of
from tests.browser.people import PHONE, window_of
from tests.browser.steps import press, told
from tests.browser.words import said
from tests.factories.applications import PDF

pytestmark = pytest.mark.browser


def _zip(name: str, members: dict[str, bytes]) -> dict[str, Any]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return {"name": name, "mimeType": "application/zip", "buffer": out.getvalue()}


def _pdf(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_files_are_received_refused_replaced_and_read_again(
    browser: Browser, instance: Instance, scripts: bool
):
    with instance.inside():
        draft = f"/applications/{application_of(MUNICIPALITY, 'draft').id}/attachments"
    page = window_of(browser, instance, "municipality_editor", scripts=scripts)
    page.goto(draft)
    told(page, said("Not checked for malware"))  # the demo's own, as clamd is not there
    told(page, "見本_資料.zip")

    mark = "一" if scripts else "二"
    first, second = PDF + mark.encode(), PDF + mark.encode() * 2
    for content in (first, second):
        page.locator("main [name=file]").set_input_files(_pdf(f"計画{mark}😀.pdf", content))
        press(page, "Attach")
        told(page, hashlib.sha256(content).hexdigest())
        expect(page.locator("main .task-list")).to_contain_text(f"計画{mark}😀.pdf")
    expect(page.locator("main .task-list").get_by_text(f"計画{mark}😀.pdf", exact=True)).to_have_count(1)
    told(page, said("Earlier versions"))

    earlier = page.locator("main ul.plain").get_by_role("link", name=f"計画{mark}😀.pdf")
    with page.expect_download() as coming:
        earlier.first.click()
    assert Path(coming.value.path()).read_bytes() == first
    assert coming.value.suggested_filename == f"計画{mark}😀.pdf"

    refused = {
        "爆弾.zip": (_zip("爆弾.zip", {"零.bin": bytes(20 * 1024 * 1024)}), "ZIP爆弾"),
        "道具.zip": (_zip("道具.zip", {"../setup.exe": b"MZ"}), "フォルダーの外を指す名前"),
        "頁.pdf": (_pdf("頁.pdf", b"<!doctype html><script>%PDF-1.7"), "中身が違います"),
    }
    for name, (file, why) in refused.items():
        page.locator("main [name=file]").set_input_files(file)
        press(page, "Attach")
        expect(page.locator("main")).to_contain_text(f"「{name}」")
        expect(page.locator("main .task-list")).not_to_contain_text(name)
        if name != "頁.pdf":
            told(page, why)
    if scripts:
        page.goto(draft)
        assert not axe.examined(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()
