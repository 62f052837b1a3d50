"""What can be said at once while a large specification is checked: the syntax of the declaration that is being written.

The diagnostics of the last check move with the text; those of the changed declaration are replaced by what its parser says. The check that
follows replaces all of it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from bdc.diagnostics import Diagnostic, DiagnosticSink, Label
from bdc.source import SourceFile, Span
from bdc.syntax import parse

_DECLARATION = re.compile(r"^(?:///[^\n]*\n)*[A-Za-z]", re.MULTILINE)


def preview(before: SourceFile, after: SourceFile, known: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    """Return the diagnostics of one file after an edit. `known`: those of the last check of `before`."""
    start, end, moved = difference(before.text, after.text)
    first, last = _declaration(after.text, start, end)
    kept = list(_moved(known, before.path, first, last - moved, moved))
    sink = DiagnosticSink()
    parse(SourceFile(after.path, " " * first + after.text[first:last]), sink)
    fresh = [each for each in sink.in_source_order() if not _about_header(each)]
    return [*kept, *fresh]


def _about_header(found: Diagnostic) -> bool:
    return "bds 1" in f"{found.message} {found.help}" or "edition" in found.message


def difference(old: str, new: str) -> tuple[int, int, int]:
    """Return where the texts begin to differ, where the difference ends in the new one, and by how much what follows has moved."""
    start = _common(old, new)
    left = min(len(old), len(new)) - start
    tail = _common(old[len(old) - left :][::-1], new[len(new) - left :][::-1])
    return start, len(new) - tail, len(new) - len(old)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _declaration(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the declarations that an edit touches, with their documentation."""
    first = 0
    for found in _DECLARATION.finditer(text):
        if found.start() > end:
            return first, found.start()
        if found.start() <= start:
            first = found.start()
    return first, len(text)


def _moved(
    known: tuple[Diagnostic, ...], path: str, first: int, last: int, moved: int
) -> Iterator[Diagnostic]:
    """Yield the diagnostics outside of a span of the old text, at their places in the new one."""
    for each in known:
        label = each.primary
        if label is None or label.span.file != path:
            continue
        if label.span.end <= first:
            yield each
        elif label.span.start >= last:
            span = Span(path, label.span.start + moved, label.span.end + moved)
            yield replace(each, primary=Label(span, label.text), secondary=(), fix=None)
