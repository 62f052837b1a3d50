"""Text to tree."""

import gc
from typing import Any

from lark import Token
from lark.exceptions import UnexpectedToken

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile, Span
from bdc.syntax.ast import Broken, IntLiteral, SourceTree, Use
from bdc.syntax.automaton import Automaton
from bdc.syntax.build.builder import Edition, Module
from bdc.syntax.errors import MisplacedHeader, NoEdition, UnknownEdition
from bdc.syntax.grammar import BUILDER, LOCK, grammar
from bdc.syntax.lexemes import END, tokens
from bdc.syntax.recovery import Recovery


def parse(file: SourceFile, sink: DiagnosticSink) -> SourceTree:
    """Return the tree of a file; whatever cannot be read is reported and stands in it as `Broken`. Never raises."""
    items, first = read_items(file, sink)
    return tree_of(file, items, first, sink)


def read_items(file: SourceFile, sink: DiagnosticSink) -> tuple[tuple[Any, ...], Token]:
    """Return what the text of a file holds, without asking whether that is a whole file, and its first token."""
    lark = grammar()
    with LOCK:
        BUILDER.file, BUILDER.sink = file.path, sink
        # Nothing that a parse builds is garbage before it ends; collecting meanwhile costs a third of its time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            found = tokens(lark, file, sink)
            items = _run(Automaton(lark), found, file, sink)
        finally:
            if collecting:
                gc.enable()
    return items, found[0]


def _run(automaton: Automaton, found: list[Token], file: SourceFile, sink: DiagnosticSink) -> tuple[Any, ...]:
    recovery = Recovery(automaton, found, file, sink)
    at, last = 0, len(found) - 1
    while True:
        at = automaton.feed_all(found, at, last)
        if at == last:
            try:
                result: tuple[Any, ...] = automaton.feed(found[last])
                return result
            except UnexpectedToken:
                pass
        at = recovery.resume(at)


def tree_of(
    file: SourceFile, items: tuple[Any, ...], first: Token | None, sink: DiagnosticSink
) -> SourceTree:
    """Return the tree of a file from what it holds. `first`: its first token, where there may be no edition."""
    declarations = tuple(item for item in items if not isinstance(item, Edition | Module | Use))
    edition = _edition(file, items, first, sink)
    header = _module(items, sink)
    module, attributes = (header.path, header.attributes) if header is not None else (None, ())
    uses = tuple(item for item in items if isinstance(item, Use))
    whole = Span(file.path, 0, len(file.text))
    return SourceTree(file, edition, module, uses, declarations, attributes, span=whole)


def _edition(
    file: SourceFile, items: tuple[Any, ...], first: Token | None, sink: DiagnosticSink
) -> IntLiteral | None:
    editions = [item.number for item in items if isinstance(item, Edition)]
    for second in editions[1:]:
        sink.add(MisplacedHeader(second.span, "edition", editions[0].span))
    if editions and editions[0].value != 1:
        sink.add(UnknownEdition(editions[0].span, editions[0].value))
    if not editions and first is not None and first.type != "BDS":
        end = first.end_pos or 0
        sink.add(NoEdition(Span(file.path, first.start_pos or 0 if first.type != END else 0, end)))
    if editions and not isinstance(items[0], Edition):
        sink.add(MisplacedHeader(editions[0].span, "edition"))
    return editions[0] if editions else None


def _module(items: tuple[Any, ...], sink: DiagnosticSink) -> Module | None:
    modules = [item for item in items if isinstance(item, Module)]
    for second in modules[1:]:
        sink.add(MisplacedHeader(second.span, "module", modules[0].span))
    before = [item for item in items if not isinstance(item, Edition | Broken)]
    if modules and not isinstance(before[0], Module):
        sink.add(MisplacedHeader(modules[0].span, "module"))
    return modules[0] if modules else None
