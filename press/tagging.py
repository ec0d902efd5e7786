"""The last touch on a letter's PDF before it is written, so that it holds PDF/UA-1 and PDF/A-2a in one file.

WeasyPrint writes one variant at a time, PDF/A-2a here: tags, embedded fonts, the sRGB output intent. Four things
are left to do, all on its objects in memory and without a library of our own:

- An item of a list may hold its label and its body only. The template puts a `div` into each `li`; it is tagged as
  the body here.
- The head of a table has to say whether it heads a column or a row.
- What stands in the margin of a page (the page number, the mark of a draft) is tagged as text but left out of the
  tree. It is an artifact: no part of what the letter says.
- The metadata names PDF/A alone. PDF/UA is added, with the description of its schema that PDF/A asks for.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pydyf import PDF, Dictionary, Object, Stream
from weasyprint.document import Document

PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""


def finish(_document: Document, pdf: PDF) -> None:
    """WeasyPrint's `finisher`: called with the whole PDF just before it is written."""
    _name_bodies_of_items(pdf)
    _say_what_heads_are_of(pdf)
    _margins_are_artifacts(pdf)
    _claim_pdf_ua(pdf)
    _compress_once(pdf)


def _name_bodies_of_items(pdf: PDF) -> None:
    for element in _structure(pdf):
        if element["S"] == "/Div" and _at(pdf, element["P"])["S"] == "/LI":
            element["S"] = "/LBody"


def _say_what_heads_are_of(pdf: PDF) -> None:
    for element in _structure(pdf):
        if element["S"] == "/TH":
            part = _at(pdf, _at(pdf, element["P"])["P"])["S"]
            scope = "/Column" if part == "/THead" else "/Row"
            element["A"] = Dictionary({"O": "/Table", "Scope": scope})


def _margins_are_artifacts(pdf: PDF) -> None:
    root = _at(pdf, pdf.catalog["StructTreeRoot"])
    within = set(_below(pdf, root))
    numbers = _at(pdf, root["ParentTree"])["Nums"]
    owners = dict(
        zip(numbers[::2], numbers[1::2], strict=True)
    )  # page → the owner of each piece of its content
    for element in list(_structure(pdf)):
        if element.number in within:
            continue
        page = _at(pdf, element["Pg"])
        for piece in (kid for kid in element["K"] if isinstance(kid, int)):
            _to_artifact(_at(pdf, page["Contents"]), piece)
            owners[page["StructParents"]][piece] = "null"
        element.clear()


def _to_artifact(content: Stream, piece: int) -> None:
    for place, operand in enumerate(content.stream):
        if isinstance(operand, Dictionary) and operand.get("MCID") == piece:
            content.stream[place - 1] = "/Artifact"
            content.stream[place] = Dictionary({"Type": "/Pagination"})


def _claim_pdf_ua(pdf: PDF) -> None:
    metadata = _at(pdf, pdf.catalog["Metadata"])
    metadata.stream = [part.replace(b"</rdf:RDF>", PDF_UA) for part in metadata.stream]
    metadata.compress = False  # whoever looks a file over finds what it claims without opening it


def _compress_once(pdf: PDF) -> None:
    # PDF/A wants the file's identifier, which is made of all its objects: pydyf would compress each stream for that,
    # and once more to write it, each time as tightly as can be: a sixth of the work, for a five-hundredth of the size.
    for stream in pdf.objects:
        if isinstance(stream, Stream) and stream.compress:
            stream.compress = False
            plain = stream.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            stream.stream = [zlib.compress(plain)]
            stream.extra["Filter"] = "/FlateDecode"


def _structure(pdf: PDF) -> Iterator[Dictionary]:
    for found in pdf.objects:
        if isinstance(found, Dictionary) and found.get("Type") == "/StructElem":
            yield found


def _below(pdf: PDF, element: Dictionary) -> Iterator[int]:
    for kid in element["K"]:
        if isinstance(kid, bytes):
            found = _at(pdf, kid)
            yield found.number
            yield from _below(pdf, found)


def _at(pdf: PDF, reference: bytes) -> Object:
    return pdf.objects[int(reference.split()[0])]
