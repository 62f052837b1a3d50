"""For programs: the same facts as data."""

import json
from collections.abc import Sequence
from typing import Any

from bdc.diagnostics.diagnostic import Diagnostic, Fix, Label
from bdc.diagnostics.render.places import Files, point, positions
from bdc.source import Span


def render_json(diagnostics: Sequence[Diagnostic], files: Files) -> str:
    """Return `{"diagnostics": […]}`. Lines and columns count from 1, offsets from 0, all in code points; ends are exclusive."""
    return json.dumps(
        {"diagnostics": [_one(found, files) for found in diagnostics]}, indent=2, ensure_ascii=False
    )


def _one(found: Diagnostic, files: Files) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": str(found.severity),
        "message": found.message,
        "primary": _label(found.primary, files) if found.primary else None,
        "secondary": [_label(label, files) for label in found.secondary],
        "help": found.help or None,
        "fix": _fix(found.fix, files) if found.fix else None,
    }


def _label(label: Label, files: Files) -> dict[str, Any]:
    return {**_range(label.span, files), "text": label.text}


def _fix(fix: Fix, files: Files) -> dict[str, Any]:
    edits = [{**_range(edit.span, files), "replacement": edit.replacement} for edit in fix.edits]
    return {"title": fix.title, "sure": fix.is_sure, "edits": edits}


def _range(span: Span, files: Files) -> dict[str, Any]:
    where = positions(span, files)
    place: dict[str, Any] = {"file": span.file, "offset": span.start, "length": span.end - span.start}
    if where is not None:
        place |= {"start": point(where[0]), "end": point(where[1])}
    return place
