"""For code hosts: SARIF 2.1.0."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from bdc.diagnostics.diagnostic import Diagnostic, Edit, Label, Severity
from bdc.diagnostics.render.places import Files, positions
from bdc.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(diagnostics: Sequence[Diagnostic], files: Files) -> str:
    """Return a log with one run: a result per diagnostic, a rule per code that occurs."""
    codes = sorted({found.code for found in diagnostics})
    run = {
        "tool": {"driver": {"name": "bdc", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, codes, files) for found in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(code: str) -> dict[str, Any]:
    return {"id": code, "help": {"text": f"bdc explain {code}"}}


def _result(found: Diagnostic, codes: list[str], files: Files) -> dict[str, Any]:
    text = f"{found.message}\n{found.help}" if found.help else found.message
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": "error" if found.severity is Severity.ERROR else "warning",
        "message": {"text": text},
    }
    if found.primary is not None:
        result["locations"] = [_location(found.primary, files)]
    if found.secondary:
        result["relatedLocations"] = [
            {"id": number, **_location(label, files)} for number, label in enumerate(found.secondary, start=1)
        ]
    if found.fix is not None and found.fix.edits:
        result["fixes"] = [
            {"description": {"text": found.fix.title}, "artifactChanges": _changes(found.fix.edits)}
        ]
    return result


def _location(label: Label, files: Files) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(label.span), "region": _region(label.span, files)}
    location: dict[str, Any] = {"physicalLocation": place}
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _region(span: Span, files: Files) -> dict[str, int]:
    where = positions(span, files)
    offsets = {"charOffset": span.start, "charLength": span.end - span.start}
    if where is None:
        return offsets
    start, end = where
    lines = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    return {**lines, **offsets}


def _changes(edits: tuple[Edit, ...]) -> list[dict[str, Any]]:
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.span.file, []).append(edit)
    return [
        {"artifactLocation": _artifact(group[0].span), "replacements": [_replacement(edit) for edit in group]}
        for group in by_file.values()
    ]


def _replacement(edit: Edit) -> dict[str, Any]:
    return {
        "deletedRegion": {"charOffset": edit.span.start, "charLength": edit.span.end - edit.span.start},
        "insertedContent": {"text": edit.replacement},
    }


def _artifact(span: Span) -> dict[str, str]:
    return {"uri": quote(span.file)}
