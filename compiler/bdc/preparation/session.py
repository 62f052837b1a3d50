"""One scratch database: the schema, then bodies of functions, then operations."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import asyncpg

from bdc.analysis.sqltexts import SqlText
from bdc.ddl.names import quote
from bdc.ddl.nodes import CreateExtension, Object, Section, Statement
from bdc.ddl.printer import literal, print_script, print_statement
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.preparation.bodies import body_refusals
from bdc.preparation.facts import NotPrepared, SqlRefused, blame, message
from bdc.preparation.operations import operation_refusals
from bdc.query import compile_queries
from bdc.schema.statements import preamble, schema
from bdc.stack.loading import NO_ROLE
from bdc.stack.stand_ins import STAND_INS

__all__ = ["NotPrepared", "refusals"]

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_MOST_ROLES = 16
# Errors of the text itself, by the class of their SQLSTATE; any other is about the server.
_OF_THE_TEXT = ("22", "42", "3F")
# What follows from a statement that was refused before.
_FOLLOWS = (
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.UndefinedColumnError,
    asyncpg.UndefinedObjectError,
)


async def refusals(fresh: Callable[[], str], system: SystemIR, texts: Sequence[SqlText]) -> list[SqlRefused]:
    """Return what PostgreSQL refuses. `fresh` makes an empty database. Raises NotPrepared when the server lacks what the
    specification needs, OSError and asyncpg.PostgresError."""
    queries = compile_queries(system)
    statements = [*preamble(system, queries), *schema(system, queries)]
    for _ in range(_MOST_ROLES):
        connection = await _connected(fresh(), statements)
        try:
            return await _asked(connection, system, queries, texts, statements)
        except asyncpg.PostgresError as error:
            if not await _role_made(fresh(), error):
                break
        finally:
            await connection.close()
    connection = await _connected(fresh(), statements)
    try:
        return await _one_by_one(connection, statements, texts)
    finally:
        await connection.close()


async def _role_made(url: str, error: asyncpg.PostgresError) -> bool:
    """Make the role that an error misses: grants may name roles that only the real server has. Returns whether there was one."""
    missing = NO_ROLE.search(str(error))
    if missing is None:
        return False
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"create role {quote(missing[1])}")
    finally:
        await connection.close()
    return True


async def _connected(url: str, statements: Sequence[Statement]) -> Connection:
    """Connect, and make the extensions, which the owner may not."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"set extension_control_path = {literal('$system:' + str(STAND_INS))}")
    for statement in statements:
        if _is_extension(statement):
            try:
                await connection.execute(print_statement(statement))
            except asyncpg.PostgresError as error:
                made = statement.key if isinstance(statement, Object) else print_statement(statement)
                raise NotPrepared(f"the embedded server does not make `{made}`: {message(error)}") from None
    return connection


def _is_extension(statement: Statement) -> bool:
    """Whether a statement makes an extension, written in the specification or needed by a column or an index."""
    return isinstance(statement, CreateExtension) or (
        isinstance(statement, Object) and statement.kind == "extension"
    )


async def _asked(
    connection: Connection,
    system: SystemIR,
    queries: CompiledQueries,
    texts: Sequence[SqlText],
    statements: Sequence[Statement],
) -> list[SqlRefused]:
    """Make the schema in one go; raises asyncpg.PostgresError when it cannot be made."""
    wanted = [each for each in statements if not _is_extension(each)]
    await connection.transaction().start()
    await connection.execute(print_script(wanted))
    found = [each for text in texts if text.kind == "block" for each in await body_refusals(connection, text)]
    return [*found, *await operation_refusals(connection, system, queries, texts)]


async def _one_by_one(
    connection: Connection, statements: Sequence[Statement], texts: Sequence[SqlText]
) -> list[SqlRefused]:
    """Make the schema statement by statement, and return what is wrong with those of the specification."""
    found: list[SqlRefused] = []
    await connection.transaction().start()
    for statement in statements:
        if isinstance(statement, Section) or _is_extension(statement):
            continue
        printed = print_statement(statement)
        try:
            async with connection.transaction():
                await connection.execute(printed)
        except asyncpg.PostgresError as error:
            if error.sqlstate[:2] not in _OF_THE_TEXT or isinstance(
                error, asyncpg.InsufficientPrivilegeError
            ):
                raise NotPrepared(f"the embedded server answers: {message(error)}") from None
            refused = blame(texts, printed, error, own=isinstance(statement, Object))
            if refused is not None and not (found and isinstance(error, _FOLLOWS)):
                found.append(refused)
            elif refused is None and not found:
                raise
    return found
