"""Bodies of functions: the migration makes them unread, since their tables come later. Here everything is there."""

from typing import TypeAlias

import asyncpg

from bdc.analysis.sqltexts import SqlText
from bdc.preparation.facts import SqlRefused, position, refused
from bdc.sql import Statement
from bdc.sql.routines import body_of
from bdc.sql.tokens import code

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_REPLACE = " or replace"


async def body_refusals(connection: Connection, text: SqlText) -> list[SqlRefused]:
    """Return what is wrong with the functions that a block makes. They are there already; each is made again."""
    found: list[SqlRefused] = []
    for statement in () if text.unread else text.statements:
        if statement.node.kind != "CreateFunctionStmt":
            continue
        try:
            async with connection.transaction():
                await connection.execute("set local check_function_bodies = on")
                await connection.execute(_again(text, statement))
        except asyncpg.PostgresError as error:
            found.append(refused(text, statement.start + _offset(text, statement, error), error))
    return found


def _own(text: SqlText, statement: Statement) -> str:
    return text.text[statement.start : statement.end]


def _inserted(text: SqlText, statement: Statement) -> int:
    """Return where `or replace` is put in; -1 where it is written."""
    return -1 if statement.node.get("replace") else code(_own(text, statement))[0].end


def _again(text: SqlText, statement: Statement) -> str:
    own, at = _own(text, statement), _inserted(text, statement)
    return own if at < 0 else own[:at] + _REPLACE + own[at:]


def _offset(text: SqlText, statement: Statement, error: asyncpg.PostgresError) -> int:
    at, inserted = position(error), _inserted(text, statement)
    if at is not None:
        return at if inserted < 0 or at < inserted else at - len(_REPLACE)
    body = body_of(statement.node, _own(text, statement))
    inside = getattr(error, "internal_position", None)
    query = getattr(error, "internal_query", None) or ""
    if body is None or body.at < 0 or not inside:
        return 0
    return max(body.text.find(query), 0) + body.at + int(inside) - 1
