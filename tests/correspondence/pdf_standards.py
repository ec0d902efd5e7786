"""What is wrong with a letter's file by PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2), as far as we can tell.

`faults` walks the whole structure tree, the content of each page, the fonts, the metadata and the output intent. It
knows what our letters use: text, lists, tables, headings and rules; no links, forms, attachments or pictures of colour.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from pypdf import PdfReader
from pypdf.generic import ContentStream, NullObject

HOLDS = {  # a list or a table, and what may stand in it
    "/L": {"/LI", "/L", "/Caption"},
    "/LI": {"/Lbl", "/LBody"},
    "/Table": {"/Caption", "/THead", "/TBody"},
    "/THead": {"/TR"},
    "/TBody": {"/TR"},
    "/TR": {"/TH", "/TD"},
}
STANDS_IN = {
    "/LI": "/L",
    "/Lbl": "/LI",
    "/LBody": "/LI",
    "/THead": "/Table",
    "/TBody": "/Table",
    "/TH": "/TR",
    "/TD": "/TR",
}
STANDARD = {"/Document", "/Part", "/Sect", "/Div", "/NonStruct", "/P", "/H1", "/H2", "/H3", "/H4", "/L", "/LI", "/Lbl",
            "/LBody", "/Span", "/Figure", "/Caption", "/Table", "/THead", "/TBody", "/TR", "/TH", "/TD"}  # fmt: skip
NO_TEXT_OF_ITS_OWN = {"/Document", "/Part", "/Sect", "/L", "/LI", "/Table", "/THead", "/TBody", "/TR"}
PAINTS = {b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh", b"Do"}
NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}


def faults(pdf: bytes) -> list[str]:
    """Each fault as a sentence; an empty list for a sound file."""
    file = _File(pdf)
    return [
        *file.faults_of_tree(),
        *file.faults_of_content(),
        *file.faults_of_fonts(),
        *file.faults_of_archive(),
    ]


def artifacts(pdf: bytes) -> list[str]:
    """The text of each page that is no part of what the letter says."""
    return ["".join(piece.text for piece in page if piece.artifact) for page in _File(pdf).pieces]


class _Piece:
    """A stretch of a page's content between BMC or BDC and EMC, or what is painted outside of any."""

    def __init__(self, artifact: bool, mcid: int | None) -> None:
        self.artifact, self.mcid = artifact, mcid
        self.paints = 0
        self.text = ""


class _File:
    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.reader = PdfReader(io.BytesIO(pdf), strict=True)
        self.root = self.reader.root_object
        self.tree = self.root["/StructTreeRoot"]
        self.elements = list(self._walk(self.tree, None))

    def faults_of_tree(self) -> Iterator[str]:
        if self.root.get("/MarkInfo", {}).get("/Marked") != True:  # noqa: E712 - a BooleanObject of the file
            yield "it is not marked as tagged"
        if not self.root.get("/Lang"):
            yield "it has no language"
        for element, parent in self.elements:
            yield from _faults_of_place(element, parent)
            if element["/S"] == "/Figure" and not element.get("/Alt"):
                yield "a figure without Alt"
            if element["/S"] == "/TH" and not _scope_of(element):
                yield "a head of a table that does not say what it is the head of"
        levels = [int(element["/S"][2:]) for element, _ in self.elements if re.match(r"/H\d$", element["/S"])]
        if levels[:1] != [1] or levels.count(1) != 1 or any(b > a + 1 for a, b in pairwise(levels)):
            yield f"headings of levels {levels}"

    def faults_of_content(self) -> Iterator[str]:
        numbers = self.tree["/ParentTree"]["/Nums"]
        owners = dict(zip(numbers[::2], numbers[1::2], strict=True))
        claimed = {
            (element["/Pg"].get_object()["/StructParents"], kid)
            for element, _ in self.elements
            for kid in _kids(element)
            if isinstance(kid, int)
        }
        on_pages = set()
        for page, pieces in zip(self.reader.pages, self.pieces, strict=True):
            if page.get("/Tabs") != "/S":
                yield "a page whose order of tabs is not the structure's"
            seen = [piece.mcid for piece in pieces if piece.mcid is not None]
            if len(set(seen)) != len(seen):
                yield "a mark is used twice"
            on_pages |= {(page["/StructParents"], mcid) for mcid in seen}
            yield from _faults_of_pieces(pieces)
            yield from _faults_of_owners(owners[page["/StructParents"]].get_object(), seen)
        for page_and_mark in on_pages - claimed:
            yield f"mark {page_and_mark} belongs to nothing in the tree"
        for page_and_mark in claimed - on_pages:
            yield f"the tree holds {page_and_mark}, which no page has"

    def faults_of_fonts(self) -> Iterator[str]:
        for name, font in self._fonts():
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = below["/FontDescriptor"].get_object()
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
                yield f"{font['/BaseFont']} is not embedded"
            if not re.match(r"/[A-Z]{6}\+", font["/BaseFont"]):
                yield f"{font['/BaseFont']} is no subset"
            if missing := self.shown.get(name, set()) - set(self._unicode(font)):
                yield f"{font['/BaseFont']} has glyphs without a character: {sorted(missing)}"
            if 0 in self.shown.get(name, set()):
                yield f"{font['/BaseFont']} shows .notdef"

    def faults_of_archive(self) -> Iterator[str]:
        if not re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", self.pdf):
            yield "its head is not that of a binary PDF 1.7"
        if "/ID" not in self.reader.trailer or "/Encrypt" in self.reader.trailer:
            yield "no ID, or encrypted"
        named = set(self.root.get("/Names", {})) - {"/Dests"}  # places in the document itself
        if {"/OpenAction", "/AA", "/AcroForm", "/OCProperties"} & set(self.root) or named:
            yield "it does or carries something of its own"
        if self.root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") != True:  # noqa: E712
            yield "its title is not shown"
        yield from self._faults_of_intent()
        yield from self._faults_of_metadata()

    def _faults_of_intent(self) -> Iterator[str]:
        intents = [intent.get_object() for intent in self.root.get("/OutputIntents", [])]
        if [intent["/S"] for intent in intents] != ["/GTS_PDFA1"]:
            yield "not one output intent for PDF/A"
            return
        profile = intents[0]["/DestOutputProfile"].get_object()
        head = profile.get_data()[:40]
        if (profile["/N"], head[12:16], head[16:20], head[36:40]) != (3, b"mntr", b"RGB ", b"acsp"):
            yield "its output intent has no ICC profile of an RGB display"
        if any(
            operator in (b"k", b"K") for page in self.reader.pages for _, operator in self._operations(page)
        ):
            yield "a colour of print without a profile for it"

    def _faults_of_metadata(self) -> Iterator[str]:
        packet = self.root["/Metadata"].get_data()
        found = ET.fromstring(packet).findall("rdf:RDF", NS)
        if len(found) != 1:
            yield "not one RDF in the metadata"
        rdf = found[0]
        claims = {name: _said(rdf, name) for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")}
        if claims != {"pdfaid:part": "2", "pdfaid:conformance": "A", "pdfuaid:part": "1"}:
            yield f"it claims {claims}"
        schemas = [
            (schema.text, prop.text)
            for schema in rdf.iterfind(".//pdfaSchema:namespaceURI", NS)
            for prop in rdf.iterfind(".//pdfaProperty:name", NS)
        ]
        if schemas != [(NS["pdfuaid"], "part")]:
            yield "the schema of pdfuaid is not described"
        info = self.reader.metadata
        told = {
            "title": (info.title, rdf.findtext(".//dc:title/rdf:Alt/rdf:li", namespaces=NS)),
            "author": (info.author, rdf.findtext(".//dc:creator//rdf:li", namespaces=NS)),
            "producer": (info.producer, _said(rdf, "pdf:Producer")),
        }
        if info.creation_date:
            made = rdf.findtext(".//xmp:CreateDate", namespaces=NS)
            told["date"] = (info.creation_date.strftime("%Y-%m-%dT%H:%M+09:00"), made)
        for what, (here, there) in told.items():
            if not here or here != there:
                yield f"two words on its {what}: {here!r} and {there!r}"

    @cached_property
    def pieces(self) -> list[list[_Piece]]:
        return [self._pieces_of(page) for page in self.reader.pages]

    @cached_property
    def shown(self) -> dict[str, set[int]]:
        """Font → the glyphs that the pages show."""
        found: dict[str, set[int]] = {}
        for page in self.reader.pages:
            font = ""
            for operands, operator in self._operations(page):
                if operator == b"Tf":
                    font = operands[0]
                for text in _texts(operands, operator):
                    found.setdefault(font, set()).update(_glyphs(text))
        return found

    def _pieces_of(self, page: Any) -> list[_Piece]:
        outside = _Piece(artifact=False, mcid=None)
        pieces, stack, font = [outside], [], ""
        for operands, operator in self._operations(page):
            if operator in (b"BMC", b"BDC"):
                properties = operands[1] if operator == b"BDC" else {}
                inherited = stack[-1].artifact if stack else False
                mark = properties.get("/MCID") if hasattr(properties, "get") else None
                stack.append(_Piece(inherited or operands[0] == "/Artifact", mark))
                pieces.append(stack[-1])
            elif operator == b"EMC":
                stack.pop()
            elif operator == b"Tf":
                font = operands[0]
            here = next(
                (piece for piece in reversed(stack) if piece.artifact or piece.mcid is not None), outside
            )
            here.paints += operator in PAINTS
            for text in _texts(operands, operator):
                known = self._unicode(dict(self._fonts())[font])
                here.text += "".join(known.get(glyph, "\ufffd") for glyph in _glyphs(text))
        assert not stack
        return pieces

    def _operations(self, page: Any) -> list[tuple[Any, bytes]]:
        return ContentStream(page.get_contents(), self.reader).operations

    def _fonts(self) -> Iterator[tuple[str, Any]]:
        fonts = self.reader.pages[0]["/Resources"]["/Font"]  # WeasyPrint: one dictionary for all pages
        return ((name, font.get_object()) for name, font in fonts.items())

    def _unicode(self, font: Any) -> dict[int, str]:
        table = font["/ToUnicode"].get_data().decode()
        pairs = re.findall(r"<([0-9a-fA-F]+)> ?<([0-9a-fA-F]+)>", table.partition("endcodespacerange")[2])
        return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}

    def _walk(self, node: Any, parent: Any) -> Iterator[tuple[Any, Any]]:
        for element in _elements_in(node):
            yield element, parent
            yield from self._walk(element, element)


def _faults_of_place(element: Any, parent: Any) -> Iterator[str]:
    kind, within = element["/S"], parent["/S"] if parent is not None else None
    if kind not in STANDARD:
        yield f"{kind} is no standard type"
    if parent is not None and element["/P"].get_object() is not parent:
        yield f"{kind} names another parent than {within}"
    if within in HOLDS and kind not in HOLDS[within]:
        yield f"{within} holds {kind}"
    if kind in STANDS_IN and within != STANDS_IN[kind]:
        yield f"{kind} stands in {within}"
    if kind == "/LI" and sum(kid["/S"] == "/LBody" for kid in _elements_in(element)) != 1:
        yield "LI has not one body"
    if kind in NO_TEXT_OF_ITS_OWN and any(isinstance(kid, int) for kid in _kids(element)):
        yield f"{kind} holds text directly"


def _scope_of(head: Any) -> str:
    attributes = head.get("/A", {})
    attributes = attributes.get_object() if hasattr(attributes, "get_object") else attributes
    return next(
        (
            str(each.get("/Scope", ""))
            for each in (attributes if isinstance(attributes, list) else [attributes])
        ),
        "",
    )


def _faults_of_pieces(pieces: list[_Piece]) -> Iterator[str]:
    for piece in pieces:
        if piece.paints and not piece.artifact and piece.mcid is None:
            yield f"{piece.text or 'a line'} is neither tagged nor an artifact"
        if piece.artifact and piece.mcid is not None:
            yield "an artifact has a mark"


def _faults_of_owners(owners: Any, seen: list[int]) -> Iterator[str]:
    for mcid in seen:
        owner = owners[mcid].get_object()
        if isinstance(owner, NullObject) or mcid not in _kids(owner):
            yield f"the parent tree does not lead from mark {mcid} to who holds it"
    for mcid, owner in enumerate(owners):
        if mcid not in seen and not isinstance(owner.get_object(), NullObject):
            yield f"the parent tree knows mark {mcid}, which no page has"


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    return [
        kid if isinstance(kid, int) else kid.get_object()
        for kid in (kids if isinstance(kids, list) else [kids])
    ]


def _elements_in(element: Any) -> list[Any]:
    return [kid for kid in _kids(element) if not isinstance(kid, int)]


def _texts(operands: Any, operator: bytes) -> list[bytes]:
    if operator == b"TJ":
        return [_raw(text) for text in operands[0] if not isinstance(text, int | float)]
    return [_raw(operands[0])] if operator == b"Tj" else []


def _raw(text: Any) -> bytes:
    return text.original_bytes if hasattr(text, "original_bytes") else bytes(text)


def _glyphs(text: bytes) -> list[int]:
    return [int.from_bytes(text[at : at + 2]) for at in range(0, len(text), 2)]


def _said(rdf: Any, name: str) -> str | None:
    """A property, whether it is written as an attribute or as an element."""
    prefix, _, local = name.partition(":")
    key = f"{{{NS[prefix]}}}{local}"
    attributes = (found.get(key) for found in rdf.iterfind("rdf:Description", NS))
    return next((found for found in attributes if found), rdf.findtext(f".//{name}", namespaces=NS))
