"""Symbols of a file, folding ranges, and semantic tokens."""

from collections.abc import Iterator
from typing import Any

from lsprotocol import types as lsp

from bdc.lsp.positions import to_position, to_range, units
from bdc.lsp.walker import Occurrence
from bdc.lsp.workspace import Names
from bdc.source import SourceFile
from bdc.syntax import ast

_Kind = lsp.SymbolKind
_KINDS: dict[type, lsp.SymbolKind] = {
    ast.EntityDecl: _Kind.Class,
    ast.ViewDecl: _Kind.Class,
    ast.MixinDecl: _Kind.Interface,
    ast.StructDecl: _Kind.Struct,
    ast.EnumDecl: _Kind.Enum,
    ast.TypeAliasDecl: _Kind.TypeParameter,
    ast.ErrorDecl: _Kind.Event,
    ast.EventDecl: _Kind.Event,
    ast.RoleDecl: _Kind.Key,
    ast.ApiDecl: _Kind.Module,
    ast.ExternalDecl: _Kind.Module,
    ast.JobDecl: _Kind.Function,
    ast.FieldDecl: _Kind.Field,
    ast.EnumValue: _Kind.EnumMember,
    ast.OperationDecl: _Kind.Method,
    ast.SeedDecl: _Kind.Object,
    ast.SeedRow: _Kind.Object,
    ast.DeployDecl: _Kind.Namespace,
    ast.CheckDecl: _Kind.Constant,
}


def symbols(file: SourceFile, tree: ast.SourceTree) -> list[lsp.DocumentSymbol]:
    """Return the declarations of a file and their members."""
    return [found for node in tree.declarations if (found := _symbol(file, node)) is not None]


def _symbol(file: SourceFile, node: Any) -> lsp.DocumentSymbol | None:
    title, kind, at = _title(node)
    if not title:
        return None
    parts = (getattr(node, name, ()) for name in ("members", "values", "items", "rows"))
    inside = (each for part in parts if isinstance(part, tuple) for each in part)
    children = [found for each in inside if (found := _symbol(file, each)) is not None]
    return lsp.DocumentSymbol(title, kind, to_range(file, node.span), to_range(file, at), children=children)


def _title(node: Any) -> tuple[str, lsp.SymbolKind, Any]:
    kind = _KINDS.get(type(node))
    if kind is not None:
        return node.name.text, kind, node.name.span
    if isinstance(node, ast.PolicyDecl):
        return (
            f"policy {', '.join(path.text for path in node.entities)}",
            _Kind.Namespace,
            node.entities[0].span,
        )
    if isinstance(node, ast.MachineDecl):
        return f"machine {node.entity.text}.{node.field.text}", _Kind.Namespace, node.entity.span
    if isinstance(node, ast.ResourceDecl):
        return f"resource {node.entity.text}", _Kind.Class, node.entity.span
    if isinstance(node, ast.IdentityDecl):
        return f"identity {node.entity.text}", _Kind.Namespace, node.entity.span
    if isinstance(node, ast.WebhooksDecl):
        return f"webhooks to {node.entity.text}", _Kind.Namespace, node.entity.span
    if isinstance(node, ast.AuditDecl):
        return "audit", _Kind.Namespace, node.span
    if isinstance(node, ast.SourceDecl):
        return f"source {node.name.text}", _Kind.Namespace, node.name.span
    if isinstance(node, ast.ConsumeDecl):
        return f"consume {node.event.text}", _Kind.Namespace, node.event.span
    if isinstance(node, ast.StreamDecl):
        return f"stream {node.name.text}", _Kind.Namespace, node.name.span
    if isinstance(node, ast.TestDecl):
        return node.title.value or "test", _Kind.Function, node.title.span
    return "", _Kind.Null, None


def folding(file: SourceFile) -> list[lsp.FoldingRange]:
    """Return every block in braces, and every run of comments, of more than one line."""
    return [*_braces(file), *_comments(file)]


def _braces(file: SourceFile) -> Iterator[lsp.FoldingRange]:
    from bdc.diagnostics import DiagnosticSink
    from bdc.syntax.grammar import grammar
    from bdc.syntax.lexemes import tokens

    open_: list[int] = []
    for token in tokens(grammar(), file, DiagnosticSink()):
        if token.type in ("LBRACE", "LSQB", "LPAR"):
            open_.append(token.start_pos or 0)
        elif token.type in ("RBRACE", "RSQB", "RPAR") and open_:
            first = file.position(open_.pop()).line - 1
            last = file.position(token.start_pos or 0).line - 2
            if last > first:
                yield lsp.FoldingRange(first, last)


def _comments(file: SourceFile) -> Iterator[lsp.FoldingRange]:
    first = None
    lines = [*(line.strip().startswith("//") for line in file.text.split("\n")), False]
    for number, comment in enumerate(lines):
        if comment and first is None:
            first = number
        elif not comment and first is not None:
            if number - 1 > first:
                yield lsp.FoldingRange(first, number - 1, kind=lsp.FoldingRangeKind.Comment)
            first = None


TOKEN_TYPES = (
    "class",
    "enum",
    "enumMember",
    "property",
    "parameter",
    "variable",
    "method",
    "interface",
    "type",
    "struct",
    "decorator",
    "keyword",
    "event",
)
TOKEN_MODIFIERS = ("declaration", "defaultLibrary")
_TOKENS = {
    "entity": "class",
    "view": "class",
    "enum": "enum",
    "value": "enumMember",
    "field": "property",
    "claim": "property",
    "parameter": "parameter",
    "binding": "variable",
    "row": "variable",
    "operation": "method",
    "mixin": "interface",
    "type": "type",
    "struct": "struct",
    "role": "keyword",
    "error": "event",
    "event": "event",
    "api": "class",
    "external": "class",
    "job": "method",
}


def semantic_tokens(names: Names, path: str) -> list[int]:
    """Return the names of a file, encoded as the protocol asks."""
    file = names.files[path]
    data: list[int] = []
    line = column = 0
    for each in _apart(names.occurrences(path)):
        at = to_position(file, each.span.start)
        length = units(file.text[each.span.start : each.span.end])
        delta = at.character - column if at.line == line else at.character
        kind = TOKEN_TYPES.index(_TOKENS.get(each.target.kind, "variable"))
        modifiers = (1 if each.declares else 0) | (2 if each.target.owner.startswith("std.") else 0)
        data += [at.line - line, delta, length, kind, modifiers]
        line, column = at.line, at.character
    return data


def _apart(found: list[Occurrence]) -> Iterator[Occurrence]:
    end = -1
    for each in found:
        if each.span.start >= end:
            end = each.span.end
            yield each
