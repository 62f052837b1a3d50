"""Operations whose body is SQL written by hand: wrapped in a function that binds the caller and answers with JSON.

Row level security holds the statement to policy; nothing is written into it. Its rows become JSON by the members of the
declared type, whatever order its columns come in; of a single value, they are their first column. Rows of an entity are found by the key
that the SQL gives, and read again as every read does: by their policy, with masks, and as the SQL left them.
"""

from collections.abc import Iterator

from sqlglot import exp

from bdc.ir import ArrayType, Entity, EntityType, Operation, Resource, SqlBody, StructType, Type
from bdc.ir.compiled import CompiledFunction, ParameterRole
from bdc.query.aggregates import SharedAggregates
from bdc.query.jsontext import JsonText, TextBuilder, json_kind, json_text
from bdc.query.names import column, identifier, quote, table_of
from bdc.query.relations import key_columns
from bdc.query.scope import Row
from bdc.query.trees import call, cast, equal, negation, number, print_sql
from bdc.query.types import sql_type
from bdc.query.writes import change, idempotency, references, refusals
from bdc.query.writes.answer import row_text, status
from bdc.query.writes.assemble import assemble
from bdc.query.writes.context import Context
from bdc.query.writes.events import emit
from bdc.query.writes.named_rows import refuse_unknown
from bdc.query.writes.names import FOUND, ROW, variable
from bdc.query.writes.operation import RowOperation, arguments, idempotent
from bdc.query.writes.plpgsql import Declared, Native, Run, Statement, When
from bdc.query.writes.roles import require_roles
from bdc.query.writes.signature import Signature
from bdc.query.writes.sqltext import discarded, rows, with_parameters
from bdc.query.writes.statements import query

_VALUE = "value"
# An index of vectors gives so many neighbours, and policy is asked of these: it has to go on where some are not for the caller. Older
# versions of pgvector cannot. The first line loads the library, which knows its settings then.
_SEARCH_ON = """\
IF to_regtype('vector') IS NOT NULL THEN
    PERFORM '[1]'::vector;
  END IF;
  IF current_setting('hnsw.iterative_scan', true) IS NOT NULL THEN
    PERFORM set_config('hnsw.iterative_scan', 'strict_order', true), set_config('ivfflat.iterative_scan', 'relaxed_order', true);
  END IF"""
_FOUND, _PLACE = "f", "at"
FOUND_KEYS = "v_found_keys"
_VARIABLES = (*idempotency.VARIABLES, *references.VARIABLES, Declared(FOUND_KEYS, "jsonb"))


def compile_free_sql(context: Context, operation: Operation) -> CompiledFunction:
    """Return the function `<op>(identity…, arguments…)` of an operation outside a resource."""
    fresh = context.fresh()
    called = fresh.function_name(None, operation.name)
    signature = fresh.signature(*arguments(fresh, operation), *idempotent(operation))
    body = [
        *require_roles(fresh, operation, signature),
        *(idempotency.claim(signature, operation.name) if operation.idempotent else ()),
        *refuse_unknown(fresh, operation),
        *_run(fresh, operation, signature),
        *emit(fresh, operation, None, signature),
        *(idempotency.store(signature, operation.name, called) if operation.idempotent else ()),
    ]
    return assemble(
        fresh,
        called,
        None,
        operation.name,
        signature,
        body,
        _VARIABLES,
        prefer_columns=True,
    )


def compile_row_sql(context: Context, resource: Resource, operation: Operation) -> CompiledFunction:
    """Return the function `<entity>_<op>(identity…, key…, arguments…)`: the row must be there, and open to the operation."""
    row = RowOperation.of(context, resource, operation)
    fresh = row.context
    locked = row.change()
    signature = fresh.signature(
        *locked.parameters(), *row.arguments(), *locked.if_match(), *row.asked(), *idempotent(operation)
    )
    body = [
        *(idempotency.claim(signature, row.bound) if operation.idempotent else ()),
        locked.lock(),
        When(negation(variable(FOUND)), locked.explain()),
        *refuse_unknown(fresh, operation),
        *_run(fresh, operation, signature),
        *(row.answer(signature, locked.key(), row.name) if row.returns_row() else ()),
        *(
            ()
            if row.returns_row() or not operation.idempotent
            else idempotency.store(signature, row.bound, row.name)
        ),
    ]
    variables = (*change.VARIABLES, *_VARIABLES)
    return assemble(
        fresh, row.name, row.entity.name, operation.name, signature, body, variables, prefer_columns=True
    )


def _run(context: Context, operation: Operation, signature: Signature) -> Iterator[Statement]:
    """Yield the statements that run the SQL and keep its result in the body. Parameters are referred to by number: no
    column can hide them."""
    assert isinstance(operation.body, SqlBody)
    numbers = {
        each.name: f"${index + 1}"
        for index, each in enumerate(signature.parameters)
        if each in signature.rest and each.role is not ParameterRole.EXPAND
    }
    sql = with_parameters(operation.body.sql, numbers)
    if _has_nearest_index(context):
        yield Native(_SEARCH_ON)
    if operation.returns is None or _is_row(operation):
        for statement in discarded(sql, "body"):
            yield Native(statement)
        yield status(204)
        return
    item = _item(operation)
    if isinstance(item, EntityType):
        yield from _rows_read(context, operation, context.system.entity(item.name), sql)
        return
    columns = "" if isinstance(item, StructType) else f"({_VALUE})"
    given, name = rows(sql, columns)
    yield Native(f"{given} SELECT {_result(context, operation, name)} FROM {name} INTO body")
    yield status(200)
    if not isinstance(operation.returns, ArrayType):
        yield from _no_row(operation)


def _rows_read(context: Context, operation: Operation, entity: Entity, sql: str) -> Iterator[Statement]:
    """Yield the statements that keep the keys which the SQL gives, and read the rows that its caller may read, in that order. They are two:
    one statement does not see what it writes itself."""
    given, name = rows(sql)
    keys = ", ".join(f"{name}.{quote(part)}" for part in key_columns(entity))
    yield Native(f"{given} SELECT jsonb_agg(jsonb_build_array({keys})) FROM {name} INTO {FOUND_KEYS}")
    row, aggregates = Row(entity, ROW), SharedAggregates(ROW)
    value = print_sql(row_text(context, entity, aggregates))
    many = isinstance(operation.returns, ArrayType)
    if many:
        value = f"concat('[', string_agg({value}, ',' ORDER BY {_FOUND}.{_PLACE}), ']')"
    sources = [_found(), table_of(entity, ROW), *aggregates.sources()]
    where = [*_named(context, entity), *context.readable(row)]
    found = query([exp.Var(this=value)], sources, where, limit=None if many else 1)
    if not many:
        found.set("order", exp.Order(expressions=[exp.Ordered(this=column(_FOUND, _PLACE))]))
    yield Run(found, ("body",))
    yield status(200)
    if not many:
        yield from _no_row(operation)


def _found() -> exp.Expression:
    alias = exp.TableAlias(this=identifier(_FOUND), columns=[identifier("item"), identifier(_PLACE)])
    array = call("jsonb_array_elements", variable(FOUND_KEYS))
    return exp.Table(this=array, ordinality=True, alias=alias)


def _named(context: Context, entity: Entity) -> Iterator[exp.Expression]:
    """Yield that the row has the key that was found."""
    table = context.system.table(entity.table)
    for place, name in enumerate(key_columns(entity)):
        part = exp.JSONExtractScalar(this=column(_FOUND, "item"), expression=number(place))
        yield equal(column(ROW, name), cast(part, sql_type(table.column(name).type)))


def _has_nearest_index(context: Context) -> bool:
    """Whether some index of the system finds neighbours of vectors."""
    return any(
        index.method in ("hnsw", "ivfflat") for table in context.system.tables for index in table.indexes
    )


def _is_row(operation: Operation) -> bool:
    return isinstance(operation.returns, EntityType) and operation.returns.name == operation.entity


def _no_row(operation: Operation) -> Iterator[Statement]:
    if operation.returns_nullable:
        yield Native("body := coalesce(body, 'null')")
    else:
        yield When(negation(variable(FOUND)), (refusals.NOT_FOUND,))


def _result(context: Context, operation: Operation, rows: str) -> str:
    """Return the expression of the body over the rows: an array of them, or the one there is."""
    if isinstance(operation.returns, ArrayType):
        return f"concat('[', string_agg({_row(context, operation.returns.item, rows)}, ','), ']')"
    assert operation.returns is not None
    return _row(context, operation.returns, rows)


def _item(operation: Operation) -> Type | None:
    """Return what one row answers with."""
    return operation.returns.item if isinstance(operation.returns, ArrayType) else operation.returns


def _row(context: Context, logical: Type, rows: str) -> str:
    """Return the JSON text of one row: an object by the members of a struct, else the value of the first column."""
    builder = TextBuilder()
    if not isinstance(logical, StructType):
        builder.compute(_value(f"{rows}.{_VALUE}", logical))
        return builder.sql()
    opening = "{"
    for field in context.system.struct(logical.name).fields:
        builder.add(f'{opening}"{field.name}":')
        builder.compute(_value(f"{rows}.{quote(field.name)}", field.type))
        opening = ","
    builder.add("}")
    return builder.sql()


def _value(sql: str, logical: Type) -> JsonText:
    """A column may be wider than its member (`count` is a bigint) and may be null where the struct promises a value: the
    cast says what it is, and null is written as null."""
    return json_text(json_kind(logical), f"{sql}::{sql_type(logical)}", nullable=True)
