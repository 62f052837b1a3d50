"""The SQL of operations: prepared with the types of its parameters, as the role of the service, and held against the declared result."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TypeAlias

import asyncpg

from bdc.analysis.rules.sql.columns import written_columns
from bdc.analysis.sqltexts import SqlText
from bdc.ir import ArrayType, EntityType, SqlBody, StructType, SystemIR, Type
from bdc.ir.compiled import CompiledQueries, ParameterRole
from bdc.preparation.facts import SqlRefused, message, position, refused
from bdc.query.names import quote
from bdc.query.relations import key_columns
from bdc.query.types import sql_type
from bdc.query.writes.sqltext import rows
from bdc.schema.names import roles_of
from bdc.sql import Statement
from bdc.sql.parameters import Replaced, parameters, replace
from bdc.sql.with_clause import CHANGES
from bdc.surface.names import operations

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_PREPARED = CHANGES | {"SelectStmt"}
_VALUE = "value"


async def operation_refusals(
    connection: Connection, system: SystemIR, queries: CompiledQueries, texts: Sequence[SqlText]
) -> list[SqlRefused]:
    """Return what is wrong with the SQL of operations. The connection is in the transaction that made the schema."""
    await connection.execute(
        f"set local role {roles_of(system).runtime}; set local search_path = public, pg_temp;"
    )
    for each in queries.identity:
        await connection.execute("select set_config($1, $2, true)", each.setting, each.anonymous)
    found: list[SqlRefused] = []
    for text in texts:
        if text.operation is not None:
            types = _types(system, queries, text)
            for statement in text.statements:
                found += [each async for each in _judged(connection, system, text, statement, types)]
    return found


def _types(system: SystemIR, queries: CompiledQueries, text: SqlText) -> Mapping[str, str]:
    """Return the SQL types of the operation's parameters, and of what names its row."""
    operation = text.operation
    for function in queries.functions if operation is not None else ():
        if (function.entity, function.operation) in _lowered(system, text):
            keys, arguments = (
                {each.name: each.sql_type for each in function.parameters if each.role is role}
                for role in (ParameterRole.KEY, ParameterRole.ARGUMENT)
            )
            return {**keys, **arguments}
    return {}


def _lowered(system: SystemIR, text: SqlText) -> set[tuple[str | None, str]]:
    """Return what an operation is called in the IR, where several apis may have one of its name."""
    operation = text.operation
    assert operation is not None
    return {
        (entity, each.name)
        for entity, each in operations(system)
        if isinstance(each.body, SqlBody)
        and each.body.sql == operation.sql
        and (each.called or each.name) == operation.name
        and (system.stored(entity) if entity is not None else None) == operation.entity
    }


async def _judged(
    connection: Connection, system: SystemIR, text: SqlText, statement: Statement, types: Mapping[str, str]
) -> AsyncIterator[SqlRefused]:
    if statement.node.kind not in _PREPARED:
        return
    sql = _numbered(text.text[statement.start : statement.end], types)
    error = await _error(connection, sql.text)
    if error is not None:
        if not _is_variable(error):
            yield refused(text, statement.start + sql.written(position(error) or 0), error)
        return
    async for each in _result(connection, system, text, statement, sql):
        yield each
    denied = await _denied(connection, system, sql.text)
    if denied is not None:
        yield SqlRefused(
            text, statement.start, message(denied), _grant(message(denied), roles_of(system).runtime)
        )


def _numbered(sql: str, types: Mapping[str, str]) -> Replaced:
    """Return `sql` with the parameters that it uses numbered and typed: PostgreSQL asks for the type of every number up to the last."""
    used = dict.fromkeys(each.name for each in parameters(sql) if each.name in types)
    return replace(sql, {name: f"(${number}::{types[name]})" for number, name in enumerate(used, 1)})


def _grant(reason: str, role: str) -> str:
    what = "execute on function f(…)" if " for function " in reason else "select on t"
    return f"grant it beside its definition: `grant {what} to {role};`"


async def _error(connection: Connection, sql: str) -> asyncpg.PostgresError | None:
    try:
        async with connection.transaction():
            await connection.prepare(sql)
    except asyncpg.PostgresError as error:
        return error
    return None


def _is_variable(error: asyncpg.PostgresError) -> bool:
    """Whether the name may be a variable of the function that the statement becomes part of."""
    return isinstance(error, asyncpg.UndefinedColumnError) and ' "p_' in str(error)


async def _result(
    connection: Connection, system: SystemIR, text: SqlText, statement: Statement, sql: Replaced
) -> AsyncIterator[SqlRefused]:
    """Hold the columns against the result: each is cast to the type of its member, as the service does."""
    wanted = _members(system, text)
    if not wanted:
        return
    alone = list(wanted) == [_VALUE] and not _is_struct(text)
    given, name = rows(sql.text, f"({_VALUE})" if alone else "")
    casts = {member: f"{name}.{quote(member)}::{kind}" for member, kind in wanted.items()}
    if await _error(connection, f"{given} SELECT {', '.join(casts.values())} FROM {name}") is None:
        return
    places = {each.name: each.at for each in written_columns(statement.node)}
    for member, cast in casts.items():
        error = await _error(connection, f"{given} SELECT {cast} FROM {name}")
        if error is not None:
            at = places.get(member, statement.start)
            yield SqlRefused(
                text,
                at,
                message(error),
                f"`{member}` is `{wanted[member]}` in the answer: give a column of that type this name",
            )


def _members(system: SystemIR, text: SqlText) -> dict[str, str]:
    """Return the columns that the answer needs, with their types."""
    item, operation = _item(text), text.operation
    if item is None or operation is None:
        return {}
    if isinstance(item, EntityType):
        if item is operation.returns and item.name == operation.entity:
            return {}
        entity = system.entity(item.name)
        table = system.table(entity.table)
        return {name: sql_type(table.column(name).type) for name in key_columns(entity)}
    if isinstance(item, StructType):
        return {field.name: sql_type(field.type) for field in system.struct(item.name).fields}
    return {_VALUE: sql_type(item)}


def _item(text: SqlText) -> Type | None:
    returns = text.operation.returns if text.operation is not None else None
    return returns.item if isinstance(returns, ArrayType) else returns


def _is_struct(text: SqlText) -> bool:
    return isinstance(_item(text), StructType)


async def _denied(connection: Connection, system: SystemIR, sql: str) -> asyncpg.PostgresError | None:
    """Return the refusal of a table or function that the role of the service may not use; those of entities follow the policy."""
    try:
        async with connection.transaction():
            await connection.execute(f"explain (generic_plan) {sql}")
    except asyncpg.InsufficientPrivilegeError as error:
        known = {table.name for table in system.tables}
        return None if any(str(error).endswith(f" {name}") for name in known) else error
    except asyncpg.PostgresError:
        return None
    return None
