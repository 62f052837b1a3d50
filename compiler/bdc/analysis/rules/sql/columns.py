"""The columns of an operation's SQL are the members of the struct that it answers with, and of their types; for rows of an entity they hold
the key."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.rules.sql.statements import has_rows
from bdc.analysis.sqlcatalog import catalog_of
from bdc.analysis.sqltexts import SqlText, texts_of
from bdc.diagnostics import Fact, did_you_mean
from bdc.diagnostics.catalogue.sql import WRONG_SQL_RESULT
from bdc.model import Model
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.nodes.values import Struct
from bdc.model.typing.types import describe
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.sql import Node
from bdc.sql.assignable import cast_family, fits
from bdc.sql.names import Resolver, output_name


@dataclass(frozen=True, slots=True)
class WrongSqlResult(Fact):
    DIAGNOSTIC = WRONG_SQL_RESULT

    message: str
    label: str
    span: Span
    help: str


@dataclass(frozen=True, slots=True)
class WrittenColumn:
    """A column that is written out: its name, its expression, its place in the text."""

    name: str
    value: Node
    at: int


def sql_columns(model: Model) -> Iterator[Fact]:
    for text in texts_of(model):
        struct = _answer(model, text)
        if struct is not None and len(text.statements) == 1 and has_rows(text.statements[0].node):
            yield from _judged(model, text, struct)
        entity = _rows(model, text)
        if entity is not None and len(text.statements) == 1 and has_rows(text.statements[0].node):
            yield from _without_key(model, text, entity)


def _rows(model: Model, text: SqlText) -> Entity | None:
    """Return the entity whose rows the SQL finds."""
    operation = text.operation
    returns = operation.returns if operation is not None else None
    item = returns.item if isinstance(returns, ir.ArrayType) else returns
    if operation is None or not isinstance(item, ir.EntityType):
        return None
    own = item is returns and item.name == operation.entity
    return None if own else model.entities.get(item.name)


def _without_key(model: Model, text: SqlText, entity: Entity) -> Iterator[Fact]:
    """Report a part of the key that the SQL has no column for."""
    assert text.operation is not None
    columns = Resolver(catalog_of(model)).statement(text.statements[0].node)
    for name in entity.key:
        field = entity.find(name)
        column = field.column if isinstance(field, ScalarField | ReferenceField) else name
        if columns is not None and column not in columns:
            yield WrongSqlResult(
                f"the SQL of `{text.operation.name}` has no column `{column}`",
                "",
                text.place(text.statements[0].start, 1),
                f"it finds rows of `{entity.name}` by their key: select `{column}`",
            )


def _answer(model: Model, text: SqlText) -> Struct | None:
    returns = text.operation.returns if text.operation is not None else None
    item = returns.item if isinstance(returns, ir.ArrayType) else returns
    return model.structs.get(item.name) if isinstance(item, ir.StructType) else None


def _judged(model: Model, text: SqlText, struct: Struct) -> Iterator[Fact]:
    assert text.operation is not None
    node = text.statements[0].node
    columns = Resolver(catalog_of(model)).statement(node)
    written = {each.name: each for each in written_columns(node)}
    names = tuple(field.name for field in struct.fields)
    missing = [name for name in names if columns is not None and name not in columns]
    extra = [each for name, each in written.items() if name and name not in names]
    for name in missing:
        yield _missing(text, struct, name, extra)
    if not missing:
        for each in extra:
            yield _extra(text, struct, each)
    for field in struct.fields:
        found = written.get(field.name)
        family = cast_family(found.value) if found is not None else None
        if found is not None and family is not None and not fits(family, field.type):
            yield _type(text, struct, field.name, describe(field.type), found)


def _missing(text: SqlText, struct: Struct, name: str, extra: list[WrittenColumn]) -> WrongSqlResult:
    assert text.operation is not None
    close = did_you_mean(name, tuple(each.name for each in extra))
    other = next((each for each in extra if each.name == close), None)
    span = text.place(other.at, 1) if other is not None else text.place(text.statements[0].start, 1)
    return WrongSqlResult(
        f"the SQL of `{text.operation.name}` has no column `{name}`",
        f"`{close}` is not a member of `{struct.name}`" if other is not None else "",
        span,
        f"`{struct.name}` has `{name}`: name a column after it (`… as {_quoted(name)}`)",
    )


def _extra(text: SqlText, struct: Struct, column: WrittenColumn) -> WrongSqlResult:
    assert text.operation is not None
    nameless = column.name == "?column?"
    which = "without a name" if nameless else f"`{column.name}`, which is not a member of `{struct.name}`"
    return WrongSqlResult(
        f"the SQL of `{text.operation.name}` has a column {which}",
        "no answer shows it",
        text.place(column.at, 1),
        f"name it after a member of `{struct.name}` (`… as name`), or remove it"
        if nameless
        else f"remove the column, or add `{column.name}: …` to `{struct.name}`",
    )


def _type(text: SqlText, struct: Struct, name: str, wanted: str, column: WrittenColumn) -> WrongSqlResult:
    assert text.operation is not None
    found = column.value.node("type_name")
    type_ = found.strings("names")[-1] if found is not None else "another type"
    return WrongSqlResult(
        f"the column `{name}` of `{text.operation.name}` is `{type_}`, expected `{wanted}`",
        f"`{struct.name}.{name}` is `{wanted}`",
        text.place(column.at, 1),
        "cast the column to the type of the member, or change the member",
    )


def written_columns(node: Node) -> Iterator[WrittenColumn]:
    """Yield the columns of the first branch of a query that are written by name or as an expression; a `*` is none."""
    while node.node("larg") is not None:
        node = node.node("larg") or node
    clause = node.node("returning_clause")
    targets = (
        node.nodes("target_list") if node.kind == "SelectStmt" else clause.nodes("exprs") if clause else ()
    )
    for target in targets:
        value = target.node("val")
        if value is None or (value.kind == "ColumnRef" and not isinstance(value.items("fields")[-1], str)):
            continue
        yield WrittenColumn(target.text("name") or output_name(value), value, max(target.at, 0))


def _quoted(name: str) -> str:
    return name if name.islower() else f'"{name}"'
