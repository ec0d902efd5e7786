"""An answer's HTML as a tree that tests ask by simple selectors: `tag`, `.class`, `#id`, and parts within parts."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib


class Part:
    def __init__(self, element: Element) -> None:
        self.element = element

    def __getitem__(self, attribute: str) -> str:
        return self.element.attrib[attribute]

    @property
    def words(self) -> str:
        """The text as it is read: one space between words."""
        return " ".join("".join(self.element.itertext()).split())

    @property
    def classes(self) -> list[str]:
        return self.element.get("class", "").split()

    def all(self, selector: str) -> list[Part]:
        """Every part that fits, in order; "a b" asks for b within a."""
        first, _, rest = selector.partition(" ")
        found = [Part(it) for it in self._descendants() if Part(it)._fits(first)]
        if not rest:
            return found
        inner = [part.element for outer in found for part in outer.all(rest)]
        return [Part(it) for it in dict.fromkeys(inner)]

    def one(self, selector: str) -> Part:
        (found,) = self.all(selector)
        return found

    def _descendants(self) -> Iterator[Element]:
        return (it for it in self.element.iter() if it is not self.element and isinstance(it.tag, str))

    def _fits(self, selector: str) -> bool:
        if selector.startswith("."):
            return selector[1:] in self.classes
        if selector.startswith("#"):
            return self.element.get("id") == selector[1:]
        return self.element.tag.rpartition("}")[2] == selector  # SVG keeps its namespace


def page_of(html: str) -> Part:
    return Part(html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False))
