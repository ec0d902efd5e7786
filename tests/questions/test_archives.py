"""What is taken as a file: told by its bytes. A ZIP is looked into without being unpacked."""

from __future__ import annotations

import io
import stat
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest

from app.questions import archives
from app.questions.files import MEBIBYTE, Refused, clean_name, kind_of
from app.storage import Incoming
from tests.factories.applications import PDF, office_file

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


def zipped(members: dict[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content, compress_type=how)
    return out.getvalue()


def told(name: str, content: bytes) -> Any:
    """The kind of the file, or the sentence that refuses it with its values in it."""
    try:
        return kind_of(clean_name(name), Incoming.of(content), 50 * MEBIBYTE).name
    except Refused as refused:
        return refused.msgid % refused.values


def locked() -> bytes:
    """As a ZIP with a password has it: a bit in each of its two lists."""
    content = bytearray(zipped({"計画.pdf": PDF}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    return bytes(content)


def overlapping() -> bytes:
    """Two members that are the same bytes."""
    content = zipped({"一.txt": bytes(range(256)) * 4000}, zipfile.ZIP_STORED)
    start, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    for place in (8, 10):
        tail[place : place + 2] = (2).to_bytes(2, "little")
    tail[12:16] = (2 * len(entry)).to_bytes(4, "little")
    return content[:start] + entry * 2 + bytes(tail)


def lying() -> bytes:
    """A bomb whose two lists say that it is short, with the checksum of the short one."""
    content = bytearray(zipped({"零.bin": bytes(60 * MEBIBYTE)}))
    for mark, crc, size in ((b"PK\x03\x04", 14, 22), (b"PK\x01\x02", 16, 24)):
        place = content.find(mark)
        content[place + crc : place + crc + 4] = zlib.crc32(bytes(1000)).to_bytes(4, "little")
        content[place + size : place + size + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def link() -> dict[str | zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo("計画.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return {info: b"/etc/passwd"}


TAKEN = {
    "資料.zip": (
        zipped({"計画/計画.pdf": PDF, "図.png": PNG, "表.xlsx": office_file("xl/"), "説明.txt": b"a"}),
        "ZIP",
    ),
    "空の資料.zip": (zipped({}), "ZIP"),
    "大きな表.zip": (zipped({"表.csv": b"".join(b"%d,%d\n" % (n, n * n) for n in range(200_000))}), "ZIP"),
    "📎計画😀.pdf": (PDF, "PDF"),
    "前置き.pdf": (b"\xef\xbb\xbf\r\n" + PDF, "PDF"),
}
REFUSED = {
    "爆弾.zip": (zipped({"零.bin": bytes(60 * MEBIBYTE)}), "ZIP bomb"),
    "偽る爆弾.zip": (lying(), "ZIP bomb"),
    "重なる.zip": (overlapping(), "ZIP bomb"),
    "多い.zip": (
        zipped(dict.fromkeys(map(str, range(archives.MOST_MEMBERS + 1)), b"")),
        "more than 2000 files",
    ),
    "入れ子.zip": (zipped({"中.zip": zipped({"計画.pdf": PDF})}), "another archive: “中.zip”"),
    "改名.zip": (zipped({"中.docx": zipped({"計画.pdf": PDF})}), "another archive"),
    "七.zip": (zipped({"中.txt": b"7z\xbc\xaf\x27\x1c" + b"x" * 50}), "another archive"),
    "外へ.zip": (zipped({"../../etc/計画.pdf": PDF}), "leads out"),
    "外へ2.zip": (zipped({"..\\..\\計画.pdf": PDF}), "leads out"),
    "絶対.zip": (zipped({"/etc/計画.pdf": PDF}), "leads out"),
    "駆動.zip": (zipped({"C:計画.pdf": PDF}), "leads out"),
    "零字.zip": (zipped({"計xx画.pdf": PDF}).replace(b"xx", b"\x00\x00"), "leads out"),
    "指す.zip": (zipped(link()), "leads out"),
    "鍵.zip": (locked(), "password"),
    "実行.zip": (zipped({"道具/setup.exe": b"MZ\x90\x00"}), "a program: “道具/setup.exe”"),
    "実行2.zip": (zipped({"説明.txt": b"MZ\x90\x00"}), "a program"),
    "頁.zip": (zipped({"説明.html": b"<script>"}), "a program"),
    "マクロ.zip": (zipped({"表.xlsm": office_file("xl/", "xl/vbaProject.bin")}), "macros: “表.xlsm”"),
    "マクロ2.zip": (zipped({"表.xlsx": office_file("xl/", "xl/vbaProject.bin")}), "macros: “表.xlsx”"),
    "旧.zip": (zipped({"表.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600}), "old kind"),
    "切れた.zip": (zipped({"計画.pdf": PDF})[:-30], "its content is not one"),
    "偽.zip": (b"PK\x03\x04" + b"x" * 50, "its content is not one"),
    "マクロ.xlsx": (office_file("xl/", "xl/vbaProject.bin"), "macros"),
    "爆弾.xlsx": (zipped({"[Content_Types].xml": b"", "xl/sheet.xml": b" " * 60 * MEBIBYTE}), "ZIP bomb"),
    "頁.pdf": (b"<!DOCTYPE html><script>alert(1)</script>%PDF-1.7", "its content is not one"),
    "頁2.pdf": (b"<html>", "its content is not one"),
    "計画.docx": (PDF, "by its content it is one of PDF. Give it a name that ends in .pdf"),
    "画像.jpg": (PNG, "by its content it is one of PNG"),
    "資料.pdf": (zipped({"計画.pdf": PDF}), "by its content it is one of ZIP"),
    "\x00.pdf": (PDF, "cannot be attached"),
    "a\x00b.exe": (PDF, "“ab.exe” cannot be attached"),
    "../../計画.exe": (PDF, "“計画.exe” cannot be attached"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_is_what_its_bytes_say(name):
    content, kind = TAKEN[name]
    assert told(name, content) == kind


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_in_a_sentence_that_says_why(name):
    content, why = REFUSED[name]
    assert why in told(name, content)


@pytest.mark.parametrize("name", [*TAKEN, *REFUSED])
def test_whatever_is_cut_off_or_garbled_is_told_too(name):
    content = {**TAKEN, **REFUSED}[name][0]
    for cut in (len(content) // 2, len(content) - 1, 30):
        assert isinstance(told("一.zip", content[:cut]), str)
    for place in range(0, min(len(content), 4000), 97):
        garbled = bytearray(content)
        garbled[place] ^= 0xFF
        assert isinstance(told("一.zip", bytes(garbled)), str)


def test_a_list_of_contents_without_end_is_not_read(monkeypatch):
    content = bytearray(zipped({"計画.pdf": PDF}))
    place = content.rfind(b"PK\x05\x06") + 12
    content[place : place + 4] = (200 * MEBIBYTE).to_bytes(4, "little")
    monkeypatch.setattr(zipfile, "ZipFile", None)  # whoever opens it fails
    assert "more than 2000" in told("一.zip", bytes(content))


def test_looking_into_a_large_archive_holds_a_piece_of_it_alone():
    inner = zipped(
        {"[Content_Types].xml": b"", "word/a.bin": bytes(range(256)) * 4 * 40_000}, zipfile.ZIP_STORED
    )
    content = Incoming.of(zipped({"大.docx": inner}, zipfile.ZIP_STORED))
    tracemalloc.start()
    try:
        assert kind_of("資料.zip", content, 100 * MEBIBYTE).name == "ZIP"
        assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    finally:
        tracemalloc.stop()
