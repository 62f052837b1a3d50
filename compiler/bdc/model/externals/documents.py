"""`external Payments from "payments.openapi.yaml"`: what is called of it is written into the trees before names are bound.

A file that this reading does not have (an editor that holds only texts) leaves the external unread: its calls are not judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from bdc.diagnostics import DiagnosticSink
from bdc.model.errors.externals import UnfitExternal
from bdc.model.externals.openapi import Offered, Unreadable, offered
from bdc.source import SourceFile, Span
from bdc.syntax import ast, parse

_KINDS = (
    ast.StructDecl,
    ast.EnumDecl,
    ast.EntityDecl,
    ast.ErrorDecl,
    ast.EventDecl,
    ast.ViewDecl,
    ast.MixinDecl,
)


def with_documents(
    trees: Sequence[ast.SourceTree], sink: DiagnosticSink
) -> tuple[tuple[ast.SourceTree, ...], Mapping[str, tuple[str, ...] | None]]:
    """Return the trees with what is read of files, and the names of all operations by external; None for one that is unread."""
    declared = [
        each
        for tree in trees
        for each in tree.declarations
        if isinstance(each, ast.ExternalDecl) and each.document
    ]
    if not declared:
        return tuple(trees), {}
    calls = {path for tree in trees for path in _called(tree.declarations)}
    taken = {each.name.text for tree in trees for each in tree.declarations if isinstance(each, _KINDS)}
    known: dict[str, tuple[str, ...] | None] = {}
    return tuple(_with(tree, calls, taken, known, sink) for tree in trees), known


def _called(value: Any) -> Iterator[tuple[str, str]]:
    """Yield external and operation of each call below some nodes."""
    if isinstance(value, tuple):
        for each in value:
            yield from _called(each)
    elif isinstance(value, ast.CallItem):
        if len(value.operation.names) == 2:
            yield value.operation.names[0].text, value.operation.names[1].text
    elif isinstance(value, ast.CallsItem):
        for path in value.operations:
            if len(path.names) == 2:
                yield path.names[0].text, path.names[1].text
    elif isinstance(value, ast.JobDecl | ast.ApiDecl | ast.ResourceDecl | ast.OperationDecl):
        yield from _called(value.items)


def _with(
    tree: ast.SourceTree,
    calls: set[tuple[str, str]],
    taken: set[str],
    known: dict[str, tuple[str, ...] | None],
    sink: DiagnosticSink,
) -> ast.SourceTree:
    found: list[Any] = []
    for each in tree.declarations:
        if not isinstance(each, ast.ExternalDecl) or each.document is None:
            found.append(each)
            continue
        name = each.name.text
        own = {item.name.text for item in each.items if isinstance(item, ast.OperationDecl)}
        wanted = {operation for external, operation in calls if external == name} - own
        read = _read(tree.file, each, each.document, wanted, taken, sink)
        known[name] = None if read is None else read.names
        found += [each] if read is None else _written(each, each.document.span, read)
    return replace(tree, declarations=tuple(found))


def _read(
    file: SourceFile,
    declared: ast.ExternalDecl,
    document: ast.StringLiteral,
    wanted: set[str],
    taken: set[str],
    sink: DiagnosticSink,
) -> Offered | None:
    if file.beside is None:
        return None
    texts = dict(file.beside)
    if document.value not in texts:
        help_ = f"put the file beside `{file.path}`, or below it, and name it from there"
        sink.add(UnfitExternal(f"there is no file `{document.value}`", "not found", help_, document.span))
        return None
    try:
        found = offered(texts[document.value], declared.name.text, wanted, taken)
    except Unreadable as reason:
        help_ = "name an OpenAPI 3.0 or 3.1 document, JSON or YAML, in one file"
        sink.add(UnfitExternal(f"`{document.value}` cannot be read", str(reason), help_, document.span))
        return None
    for name, reason_ in found.refused.items():
        help_ = f"declare it by hand in the braces: `op {name}(…) @http(…)`"
        sink.add(
            UnfitExternal(
                f"`{declared.name.text}.{name}` of `{document.value}` cannot be called",
                reason_,
                help_,
                document.span,
            )
        )
    return found


def _written(declared: ast.ExternalDecl, span: Span, read: Offered) -> list[Any]:
    """Return the external with what it is given, and the structs of that, all at the place that names the file."""
    text = (
        "".join(read.structs)
        + f'external {declared.name.text} at "" {{\n'
        + "".join(read.operations.values())
        + "}\n"
    )
    tree = parse(SourceFile(span.file, text), DiagnosticSink())
    structs = [_at(each, span) for each in tree.declarations if isinstance(each, ast.StructDecl)]
    operations = tuple(
        _at(item, span)
        for each in tree.declarations
        if isinstance(each, ast.ExternalDecl)
        for item in each.items
        if isinstance(item, ast.OperationDecl)
    )
    return [replace(declared, items=(*declared.items, *operations)), *structs]


def _at(node: Any, span: Span) -> Any:
    """Return a tree whose nodes all stand at one place."""
    if isinstance(node, tuple):
        return tuple(_at(each, span) for each in node)
    if not isinstance(node, ast.Node):
        return node
    members = {each.name: _at(getattr(node, each.name), span) for each in fields(node) if each.name != "span"}
    return replace(node, **members, span=span)
