"""Edits on texts: what a removal takes along, which fixes do not touch each other, and the texts after them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bdc.diagnostics.diagnostic import Diagnostic, Edit, Fix
from bdc.source import SourceFile, Span

Files = Mapping[str, SourceFile]


def settled(diagnostic: Diagnostic, files: Files) -> Diagnostic:
    """Return the diagnostic with the exact places of its edits. Its fix is dropped where a text that it removes is not what it
    repeats, or is in no file."""
    fix = diagnostic.fix
    if fix is None or not any(edit.is_item or edit.repeats for edit in fix.edits):
        return diagnostic
    edits = [_settled(edit, files) for edit in fix.edits]
    kept = None if None in edits else replace(fix, edits=tuple(edit for edit in edits if edit))
    return replace(diagnostic, fix=kept)


def _settled(edit: Edit, files: Files) -> Edit | None:
    file = files.get(edit.span.file)
    if file is None:
        return None
    other = edit.repeats
    if other is not None and (
        _text(files, other) != _text(files, edit.span) or not _is_whole(file, edit.span)
    ):
        return None
    return Edit(_widened(file, edit.span), "") if edit.is_item else replace(edit, repeats=None)


def _is_whole(file: SourceFile, span: Span) -> bool:
    """Whether the text is an item by itself: what stands around it separates items."""
    text = file.text
    before = text[: _skip(text, span.start, -1, blanks=" \t")][-1:]
    after = text[_skip(text, span.end, 1, blanks=" \t") :][:2]
    return before in ("", "\n", *",([{") and (after[:1] in ("", "\r", "\n", *",)]}") or after == "//")


def _text(files: Files, span: Span) -> str | None:
    file = files.get(span.file)
    return None if file is None else file.text[span.start : span.end]


def _widened(file: SourceFile, span: Span) -> Span:
    """Return the span with the comma or the `=` that goes with it, or its whole line where nothing else is on it."""
    text, start, end = file.text, span.start, span.end
    after = _skip(text, end, 1)
    before = _skip(text, start, -1)
    if text[before - 1 : before] == "=":
        start = _skip(text, before - 1, -1, blanks=" \t")
    elif text[after : after + 1] == ",":
        end = _skip(text, after + 1, 1, blanks=" \t")
        first = _skip(text, start, -1, blanks=" \t")
        if text[first - 1 : first] == "\n" and (alone := _line_end(text, end)) is not None:
            start, end = first, alone
    elif text[before - 1 : before] == ",":
        start = before - 1
    else:
        start = _skip(text, start, -1, blanks=" \t")
        alone = _line_end(text, _skip(text, end, 1, blanks=" \t"))
        if text[start - 1 : start] not in ("", "\n"):
            pass  # the blanks before it go
        elif alone is None:
            start, end = span.start, _skip(text, end, 1, blanks=" \t")
        else:
            end = alone
            if text[:start].endswith(("\n\n", "\n\r\n")) and (gap := _line_end(text, end)) is not None:
                end = gap
    return Span(span.file, start, end)


def _line_end(text: str, at: int) -> int | None:
    """Return where the next line begins, when the line ends at `at`."""
    end = at + 1 if text[at : at + 1] == "\r" else at
    return end + 1 if text[end : end + 1] == "\n" else None


def _skip(text: str, at: int, step: int, blanks: str = " \t\r\n") -> int:
    while 0 <= (look := at if step > 0 else at - 1) < len(text) and text[look] in blanks:
        at += step
    return at


def apart(fixes: Iterable[Fix]) -> Iterator[Fix]:
    """Yield the fixes that can be applied together: each whose edits overlap none of those before it."""
    taken: list[Edit] = []
    for fix in fixes:
        if all(not _overlap(mine, other) for mine in fix.edits for other in taken):
            taken += fix.edits
            yield fix


def _overlap(one: Edit, other: Edit) -> bool:
    a, b = one.span, other.span
    if a.file != b.file:
        return False
    return a.start < b.end and b.start < a.end if a.start != b.start else True


def apply(fixes: Iterable[Fix], files: Files) -> dict[str, SourceFile]:
    """Return all files after the edits of `fixes`, which must not overlap. A line break is written as the file has it."""
    after = dict(files)
    edits = (edit for fix in fixes for edit in fix.edits)
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        file = after[edit.span.file]
        text = edit.replacement
        if "\r\n" in file.text:
            text = text.replace("\n", "\r\n")
        whole = file.text[: edit.span.start] + text + file.text[edit.span.end :]
        after[file.path] = SourceFile(file.path, whole)
    return after
