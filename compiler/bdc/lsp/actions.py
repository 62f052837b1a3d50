"""Diagnostics of the compiler as those of the protocol, and its fixes as code actions."""

from collections.abc import Callable, Iterable

from lsprotocol import types as lsp

from bdc.diagnostics import Diagnostic, Edit, Fix, Severity
from bdc.lsp.positions import to_range
from bdc.source import SourceFile

Uri = Callable[[str], str]
_START = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))


def to_diagnostic(found: Diagnostic, files: dict[str, SourceFile], uri: Uri) -> lsp.Diagnostic:
    """Return one diagnostic: message, label and help in its text, the other places as related information."""
    label = found.primary
    file = files.get(label.span.file) if label is not None else None
    parts = [found.message, label.text if label is not None else "", found.help]
    related = [
        lsp.DiagnosticRelatedInformation(
            lsp.Location(uri(each.span.file), to_range(files[each.span.file], each.span)),
            each.text or "see here",
        )
        for each in found.secondary
        if each.span.file in files
    ]
    return lsp.Diagnostic(
        range=to_range(file, label.span) if file is not None and label is not None else _START,
        message="\n".join(part for part in parts if part),
        severity=(
            lsp.DiagnosticSeverity.Error
            if found.severity is Severity.ERROR
            else lsp.DiagnosticSeverity.Warning
        ),
        code=found.code,
        source="bdc",
        related_information=related or None,
    )


def workspace_edit(edits: Iterable[Edit], files: dict[str, SourceFile], uri: Uri) -> lsp.WorkspaceEdit:
    """Return edits of several files as one change."""
    changes: dict[str, list[lsp.TextEdit]] = {}
    for edit in edits:
        file = files[edit.span.file]
        text = edit.replacement.replace("\n", "\r\n") if "\r\n" in file.text else edit.replacement
        changes.setdefault(uri(file.path), []).append(lsp.TextEdit(to_range(file, edit.span), text))
    return lsp.WorkspaceEdit(changes=changes)


def quick_fixes(
    found: Iterable[Diagnostic], files: dict[str, SourceFile], uri: Uri, path: str, start: int, end: int
) -> list[lsp.CodeAction]:
    """Return the fixes of the diagnostics of a file that touch a range."""
    actions = []
    for each in found:
        if each.fix is None or not each.fix.edits or each.primary is None:
            continue
        span = each.primary.span
        if span.file == path and span.start <= end and start <= max(span.end, span.start + 1):
            actions.append(_action(each, each.fix, files, uri))
    return actions


def _action(found: Diagnostic, fix: Fix, files: dict[str, SourceFile], uri: Uri) -> lsp.CodeAction:
    return lsp.CodeAction(
        title=fix.title[:1].upper() + fix.title[1:],
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[to_diagnostic(found, files, uri)],
        edit=workspace_edit(fix.edits, files, uri),
        is_preferred=fix.is_sure,
    )


def fix_all(files: dict[str, SourceFile], own: Iterable[str], uri: Uri) -> lsp.CodeAction | None:
    """Return what `bdc check --fix` would do, as one action; None when that is nothing."""
    from bdc.fixing import fixed
    from bdc.lsp.positions import whole

    done = fixed([files[path] for path in own])
    changes = {
        uri(path): [lsp.TextEdit(whole(files[path]), file.text)]
        for path, file in done.files.items()
        if file.text != files[path].text
    }
    if not changes:
        return None
    kind = lsp.CodeActionKind.SourceFixAll
    return lsp.CodeAction("Apply all sure fixes", kind=kind, edit=lsp.WorkspaceEdit(changes=changes))
