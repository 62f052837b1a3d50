"""For people: a sentence, the place, what else is involved, what to write instead."""

from collections.abc import Sequence

from bdc.diagnostics.diagnostic import Diagnostic, Label, Severity
from bdc.diagnostics.render.colour import COLOURED, PLAIN, Palette
from bdc.diagnostics.render.frame import frame
from bdc.diagnostics.render.places import Files, positions


def render_human(diagnostics: Sequence[Diagnostic], files: Files, *, colour: bool = False) -> str:
    """Return a frame for each diagnostic; empty for none."""
    palette = COLOURED if colour else PLAIN
    return "\n\n".join("\n".join(_one(found, files, palette)) for found in diagnostics)


def _one(found: Diagnostic, files: Files, palette: Palette) -> list[str]:
    main = palette.error if found.severity is Severity.ERROR else palette.warning
    title = palette.paint(main, f"{found.severity}[{found.code}]")
    lines = [f"{title}: {palette.paint(palette.strong, found.message)}"]
    for file in _files_of(found):
        lines += _place(found, file, files, main, palette)
    if found.help:
        lines.append(f"  {palette.paint(palette.help, 'help')}: {found.help}")
    if found.fix is not None:
        lines.append(f"  {palette.paint(palette.help, 'fix')}: {found.fix.title}")
    lines.append(palette.paint(palette.gutter, f"  more: bdc explain {found.code}"))
    return lines


def _files_of(found: Diagnostic) -> list[str]:
    """Return the files that the labels stand in, that of the primary one first."""
    labels = ([found.primary] if found.primary else []) + list(found.secondary)
    return list(dict.fromkeys(label.span.file for label in labels))


def _place(found: Diagnostic, path: str, files: Files, main: str, palette: Palette) -> list[str]:
    primary = found.primary if found.primary and found.primary.span.file == path else None
    secondary = [label for label in found.secondary if label.span.file == path]
    first = primary or secondary[0]
    where = positions(first.span, files)
    if where is None:
        return [f"  --> {path}", *_bare(primary, secondary)]
    head = f"  --> {path}:{where[0].line}:{where[0].column}"
    return [head, *(f"  {line}" for line in frame(files[path], primary, secondary, main, palette))]


def _bare(primary: Label | None, secondary: list[Label]) -> list[str]:
    """Return what the labels say when there are no lines to mark."""
    labels = ([primary] if primary else []) + secondary
    return [f"      {label.text}" for label in labels if label.text]
