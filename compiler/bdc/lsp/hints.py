"""Inlay hints: the column, the default that the compiler adds, and the index that a reference gets."""

from collections.abc import Iterator

from lsprotocol import types as lsp

from bdc.ir import Entity, ReferenceField, ScalarField, SystemIR, Table
from bdc.lsp.positions import to_position
from bdc.lsp.workspace import Names
from bdc.syntax import ast


def hints(names: Names, system: SystemIR, path: str, first: int, last: int) -> list[lsp.InlayHint]:
    """Return the hints of the entities between two offsets."""
    return list(_hints(names, system, path, first, last))


def _hints(names: Names, system: SystemIR, path: str, first: int, last: int) -> Iterator[lsp.InlayHint]:
    file, tree = names.files[path], names.trees[path]
    known = {entity.name: entity for entity in system.entities}
    for node in tree.declarations:
        entity = known.get(node.name.text) if isinstance(node, ast.EntityDecl) else None
        if entity is None or not isinstance(node, ast.EntityDecl):
            continue
        table = system.table_of(entity.name)
        for member in node.members:
            if isinstance(member, ast.FieldDecl) and first <= member.span.end and member.span.start <= last:
                text = _about(entity, table, member)
                if text:
                    at = to_position(file, member.type.span.end)
                    yield lsp.InlayHint(at, text, padding_left=True)


def _about(entity: Entity, table: Table, member: ast.FieldDecl) -> str:
    from bdc.schema.column_types import column_type

    try:
        field = entity.field(member.name.text)
    except KeyError:
        return ""
    if not isinstance(field, ScalarField | ReferenceField):
        return ""
    column = next((each for each in table.columns if each.name == field.column), None)
    if column is None:
        return ""
    index = _index(table, column.name)
    name = f"{column.name} " if column.name != field.name else ""
    return f"⟨{name}{column_type(column)}{f', {index}' if index else ''}⟩"


def _index(table: Table, column: str) -> str:
    """Return how rows are found by a column: the index that begins with it (after the tenant)."""
    if column in (table.primary_key.columns if table.primary_key is not None else ())[-1:]:
        return ""
    for index in table.indexes:
        keys = [key.column for key in index.keys]
        if column in keys[:1] or (keys[:1] == [table.tenant_column] and column in keys[1:2]):
            return f"index {index.name}"
    return ""
