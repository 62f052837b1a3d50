"""The declarations of a text without parsing it: where each begins, what it is called, which words it uses.

A declaration begins with a letter at the start of a line, as the formatter writes it. What is laid out in another way gives pieces that do
not parse by themselves: the caller looks at what the parser says.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from bdc.source.records import dataclass
from bdc.syntax.kept import extents

_ITEM = re.compile(r"^( +)(?:(?:///[^\n]*\n)\1)*[A-Za-z]", re.MULTILINE)
_LEAD = re.compile(r"^(?!/)[ ]*([A-Za-z_]\w*)[ ]*([A-Za-z_]\w*)?", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")
_PATH = re.compile(r"\b(?!actor\b)(?:old\.|new\.)?[A-Za-z_]\w*((?:\.[A-Za-z_]\w*)+)")
_RESOURCE = re.compile(r"\bresource\s+([A-Za-z_]\w*)")
_WITH_ITEMS = frozenset({"entity", "mixin", "view", "struct", "api"})


@dataclass(frozen=True, slots=True)
class Shape:
    """A declaration, or an item of its body. `names`: what it declares or speaks of. `hops`: the length of its longest path, in
    entities. `items`: where each begins, and its shape."""

    kind: str
    name: str
    names: frozenset[str]
    words: frozenset[str]
    hops: int
    items: "tuple[tuple[int, int, Shape], ...]" = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A declaration in a file."""

    path: str
    start: int
    end: int
    shape: Shape

    def items(self) -> "Iterator[Piece]":
        for start, end, shape in self.shape.items:
            yield Piece(self.path, self.start + start, self.start + end, shape)

    def touches(self, start: int, end: int) -> bool:
        return self.start <= end and start < self.end


def pieces(path: str, text: str) -> list[Piece]:
    """Return the declarations of a file in order; what stands before the first belongs to it."""
    return [Piece(path, start, end, _shape(text[start:end])) for start, end in extents(text)]


@lru_cache(maxsize=8192)
def _shape(text: str) -> Shape:
    shape = _read(text)
    if shape.kind not in _WITH_ITEMS:
        return shape
    return replace(shape, items=tuple(_items(text)))


def _read(text: str) -> Shape:
    lead = _LEAD.search(text)
    kind, name = (lead[1], lead[2] or "") if lead is not None else ("", "")
    head = text[lead.end() : text.find("{", lead.end())] if lead is not None and kind == "policy" else ""
    nested = _RESOURCE.findall(text) if kind == "resource" else ()
    names = frozenset({name, *_WORD.findall(head), *nested} - {""})
    hops = max((path.count(".") for path in _PATH.findall(text)), default=0)
    return Shape(kind, name, names, frozenset(_WORD.findall(text)), hops)


def _items(text: str) -> Iterator[tuple[int, int, Shape]]:
    """Yield the items of a body that begin on a line of their own, at the indentation of the first."""
    body = text.find("{\n")
    first = _ITEM.search(text, body + 1) if body >= 0 else None
    if first is None:
        return
    starts = [found.start() for found in _ITEM.finditer(text, first.start()) if found[1] == first[1]]
    closing = text.rfind("}")
    for start, end in zip(starts, [*starts[1:], closing], strict=True):
        if start < end:
            yield start, end, _read(text[start:end])
