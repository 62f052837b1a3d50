"""What can be said at once while a large specification is checked: about the declaration that is being written and what uses it.

The diagnostics of the last check move with the text; those of the part that an edit may change are found by checking this part alone. Where
the part does not hold by itself, nothing is said here. The check that follows replaces all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bdc.analysis import RULES, analyse
from bdc.diagnostics import Diagnostic, DiagnosticSink, Severity
from bdc.lsp.preview import difference
from bdc.lsp.slices import Part, part_of
from bdc.model import resolve
from bdc.source import SourceFile, Span
from bdc.syntax import parse

Known = Mapping[str, tuple[Diagnostic, ...]]
_RESOLVED = "E3"  # codes below are those of syntax, names, types and relations
_LOWERED = "E6"  # codes of targets: a part does not come so far


def ahead(
    files: Sequence[SourceFile], before: SourceFile, known: Known
) -> dict[str, tuple[Diagnostic, ...]] | None:
    """Return the diagnostics by file after an edit of `before`, or None where a part cannot tell them. `files`: the texts after it;
    `known`: the diagnostics of the last check, at the places of the texts before it."""
    texts = {file.path: file.text for file in files}
    start, end, moved = difference(before.text, texts[before.path])
    part = part_of(texts, before, start, end, moved)
    if part is None:
        return None
    shift = _Shift(before.path, start, end - moved, moved)
    kept = [each for found in known.values() for each in shift.all(found) if not _inside(each, part.focus)]
    fresh = _judged(part, files, kept)
    if fresh is None:
        return None
    stopped = any(each.severity is Severity.ERROR and each.code < _RESOLVED for each in fresh)
    kept = [each for each in kept if not stopped or _is_certain(each)]
    made: dict[str, list[Diagnostic]] = {path: [] for path in texts}
    for each in sorted([*kept, *fresh], key=_place):
        if each.primary is not None and each.primary.span.file in made:
            made[each.primary.span.file].append(each)
    return {path: tuple(found) for path, found in made.items()}


def _judged(
    part: Part, files: Sequence[SourceFile], outside: Iterable[Diagnostic]
) -> list[Diagnostic] | None:
    """Return what is wrong in the focus of a part; None where its syntax is, or where the rest of the part has mistakes of its own."""
    known = {(each.code, each.primary) for each in outside}
    sink = DiagnosticSink()
    model = resolve([parse(file, sink) for file in part.files], sink)
    for each in sink.in_source_order():
        inside = _inside(each, part.focus)
        if each.severity is Severity.ERROR and (
            each.code < "E1" if inside else (each.code, each.primary) not in known
        ):
            return None
    if any(each.severity is Severity.ERROR and each.code < _RESOLVED for each in outside):
        model = replace(model, complete=False)
    analyse(model, RULES, sink)
    return [each for each in sink.settled(files) if _inside(each, part.focus)]


def _is_certain(found: Diagnostic) -> bool:
    """Whether a check tells it about a model that is not complete."""
    rules = [rule for rule in RULES if found.code in rule.codes]
    return found.code < _LOWERED and (not rules or any(rule.partial for rule in rules))


def _inside(found: Diagnostic, focus: tuple[Span, ...]) -> bool:
    label = found.primary
    return label is not None and any(
        label.span.file == span.file and span.start <= label.span.start and label.span.end <= span.end
        for span in focus
    )


def _place(found: Diagnostic) -> tuple[int, int, str]:
    span = found.primary.span if found.primary is not None else Span("", 0, 0)
    return span.start, span.end, found.code


class _Shift:
    """Moves places of file `path`: what is at `end` or after it by `by`."""

    def __init__(self, path: str, start: int, end: int, by: int) -> None:
        self._path, self._start, self._end, self._by = path, start, end, by

    def all(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Yield the diagnostics that the edit did not reach, where they are now."""
        for each in found:
            primary = None if each.primary is None else self._span(each.primary.span)
            if each.primary is None or primary is None:
                continue
            others = [(label, self._span(label.span)) for label in each.secondary]
            secondary = tuple(replace(label, span=span) for label, span in others if span is not None)
            edits = [
                (edit, self._span(edit.span)) for edit in (each.fix.edits if each.fix is not None else ())
            ]
            moved = tuple(replace(edit, span=span) for edit, span in edits if span is not None)
            fix = None if each.fix is None or len(moved) < len(edits) else replace(each.fix, edits=moved)
            yield replace(each, primary=replace(each.primary, span=primary), secondary=secondary, fix=fix)

    def _span(self, span: Span) -> Span | None:
        if span.file != self._path or span.end <= self._start:
            return span
        if span.start < self._end:
            return None
        return Span(span.file, span.start + self._by, span.end + self._by)
