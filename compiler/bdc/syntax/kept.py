"""Trees that are kept between parses: a file is parsed once per text, and after an edit only the declarations that changed.

A declaration begins with a letter at the start of a line, as the formatter writes it. Each is parsed alone, in a text that is blank but for
it, so that places are right; one that has moved is copied with its places moved. Where a declaration says anything is wrong, the file is
parsed as a whole, so that a tree and what is reported never depend on earlier texts.
"""

import gc
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from bdc.diagnostics import DiagnosticSink, Fact
from bdc.source import SourceFile, Span
from bdc.syntax.ast import SourceTree
from bdc.syntax.ast.base import Node
from bdc.syntax.build.builder import Edition, Module
from bdc.syntax.parse import read_items, tree_of

_DECLARATION = re.compile(r"^(?:///[^\n]*\n)*[A-Za-z]", re.MULTILINE)
_MOST_FILES = 500
_MOST_PIECES = 20_000
_LONG = 20_000  # characters that take longer to parse than a reader notices
_set = object.__setattr__


class Recorder(DiagnosticSink):
    """A sink that keeps the facts, so that they can be told again."""

    def __init__(self) -> None:
        super().__init__()
        self.facts: list[Fact] = []

    def add(self, fact: Fact) -> None:
        self.facts.append(fact)
        super().add(fact)


class Trees:
    """Parsed files by their text, and parsed declarations by theirs."""

    def __init__(self) -> None:
        self._files: dict[SourceFile, tuple[SourceTree, tuple[Fact, ...]]] = {}
        self._pieces: dict[tuple[str, str], tuple[int, tuple[Any, ...]]] = {}
        self._seen: set[str] = set()

    def parse(self, file: SourceFile, sink: DiagnosticSink) -> SourceTree:
        """Return the tree of a file; what was wrong with it goes to `sink` each time."""
        known = self._files.get(file)
        if known is None:
            if len(self._files) >= _MOST_FILES:
                self._files.clear()
            if len(self._pieces) >= _MOST_PIECES:
                self._pieces.clear()
            known = self._files[file] = self._parsed(file)
        for fact in known[1]:
            sink.add(fact)
        return known[0]

    def roughly(self, file: SourceFile) -> SourceTree:
        """Return a tree of a file for what does not report: in one with a mistake, the other declarations are not read again."""
        if file in self._files or file.path not in self._seen or len(file.text) < _LONG:
            return self.parse(file, DiagnosticSink())
        items = self._items(file, rough=True) or ()
        return tree_of(file, items, None, DiagnosticSink())

    def _parsed(self, file: SourceFile) -> tuple[SourceTree, tuple[Fact, ...]]:
        # What is made lives on; a search for garbage would take longer than the rest.
        collecting = gc.isenabled()
        gc.disable()
        try:
            return self._by_pieces(file) or self._as_a_whole(file)
        finally:
            if collecting:
                gc.enable()

    def _by_pieces(self, file: SourceFile) -> tuple[SourceTree, tuple[Fact, ...]] | None:
        """Return the tree, made of declarations of which most are known; None where one has mistakes, or the file is new."""
        items = self._items(file) if file.path in self._seen else None
        if items is None or not any(isinstance(item, Edition) for item in items):
            return None
        own = Recorder()
        found = tree_of(file, items, None, own)
        return None if own.facts else (found, ())

    def _as_a_whole(self, file: SourceFile) -> tuple[SourceTree, tuple[Fact, ...]]:
        own = Recorder()
        items, first = read_items(file, own)
        if not own.facts:
            self._keep(file, items)
        return tree_of(file, items, first, own), tuple(own.facts)

    def _items(self, file: SourceFile, *, rough: bool = False) -> tuple[Any, ...] | None:
        """Return what the declarations are, one after the other; None where one of them has mistakes (`rough`: with what can be read of it)."""
        items: list[Any] = []
        for start, end in extents(file.text):
            key = file.path, file.text[start:end]
            known = self._pieces.get(key)
            if known is None:
                own = Recorder()
                known = start, read_items(SourceFile(file.path, " " * start + key[1]), own)[0]
                if not own.facts:
                    self._pieces[key] = known
                elif not rough:
                    return None
            items += known[1] if known[0] == start else (moved(item, start - known[0]) for item in known[1])
        return tuple(items)

    def _keep(self, file: SourceFile, items: tuple[Any, ...]) -> None:
        """Keep the declarations of a file without mistakes, each with what it is in the text."""
        self._seen.add(file.path)
        at = 0
        for start, end in extents(file.text):
            first = at
            while at < len(items) and items[at].span.start < end:
                at += 1
            last = items[at - 1].span.end if at > first else start
            # Documentation at the end is that of the next declaration: this text does not stand by itself.
            if last <= end and "///" not in file.text[last:end]:
                self._pieces[file.path, file.text[start:end]] = start, items[first:at]


def extents(text: str) -> list[tuple[int, int]]:
    """Return where the declarations of a text begin and end; what stands before the first belongs to it."""
    starts = [found.start() for found in _DECLARATION.finditer(text)]
    return list(zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True)) if starts else [(0, len(text))]


def moved(value: Any, by: int) -> Any:
    """Return a copy of a syntax node with all places moved."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is Span:
        return Span(value.file, value.start + by, value.end + by)
    if kind is tuple:
        return tuple([moved(each, by) for each in value]) if value else value
    copier = _COPIERS.get(kind)
    if copier is None:
        copier = _COPIERS[kind] = _copier(kind)
    return copier(value, by)


def _copier(kind: type) -> Callable[[Any, int], Any]:
    if kind is Edition:
        return lambda value, by: Edition(moved(value.number, by))
    if kind is Module:
        return lambda value, by: Module(moved(value.path, by), moved(value.attributes, by))
    if not issubclass(kind, Node):
        return lambda value, by: value
    names = [each.name for each in fields(kind)]

    def copy(value: Any, by: int) -> Any:
        made = object.__new__(kind)
        for name in names:
            held = getattr(value, name)
            _set(made, name, held if type(held) in _ATOMS else moved(held, by))
        return made

    return copy


_ATOMS = frozenset({str, int, bool, type(None), float})
_COPIERS: dict[type, Callable[[Any, int], Any]] = {}
