"""The matrix tried in plain SQL, as the role the service logs in as: what row level security and triggers alone enforce."""

import json
from typing import Any

import asyncpg

from tests.support.backend import Database
from tests.support.matrix import Data, Matrix, column_types, insert, quoted

# The database's own refusals: `BD` and the status a caller would be answered with.
OWN_STATES = "BD"
REFUSALS = {"BD401", "BD403", "BD404"}


def can_be_tried(matrix: Matrix, cell: Data) -> bool:
    """Whether SQL can try a cell: where no column of a row ever changes, there is no update to try."""
    entity = matrix.entities[cell["entity"]]
    plain = cell["action"] in ("read", "create", "delete")
    return plain or cell["action"] in entity["becomes"] or entity["neutral"] is not None


def try_sql(database: Database, matrix: Matrix, cell: Data) -> bool | None:
    """Return whether the database lets the caller do it; None where a domain refuses a value before policy is asked. Everything is
    rolled back."""
    return database.run(_try(database.runtime, matrix, cell))


async def _try(connection: "asyncpg.Connection[Any]", matrix: Matrix, cell: Data) -> bool | None:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await _bind(connection, matrix, cell)
        return await _perform(connection, matrix, cell)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.IntegrityConstraintViolationError as refusal:
        # Policy is judged before constraints of the table: what stops there was let through by it.
        return None if refusal.data_type_name else True
    except asyncpg.PostgresError as refusal:
        if not (refusal.sqlstate or "").startswith(OWN_STATES):
            raise
        return refusal.sqlstate not in REFUSALS
    finally:
        await transaction.rollback()


async def _bind(connection: "asyncpg.Connection[Any]", matrix: Matrix, cell: Data) -> None:
    claims = matrix.claims(cell["caller"])
    stored = matrix.entities[cell["entity"]].get("stored", cell["entity"])
    settings = {"app.operation": f"{stored}.{cell['action']}", "app.request_id": "matrix"}
    for setting in matrix.document["identity"]:
        value = setting["anonymous"] if claims is None else claims.get(setting["claim"], setting["anonymous"])
        settings[setting["setting"]] = _setting(setting, value)
    for setting, value in settings.items():
        await connection.execute("select set_config($1, $2, true)", setting, value)


def _setting(setting: Data, value: Any) -> str:
    """Return a claim as the service writes it: roles with commas, another list as PostgreSQL reads an array."""
    if not isinstance(value, list):
        return "" if value is None else str(value)
    if not setting["array"]:
        return ",".join(value)
    texts = (str(each).replace("\\", "\\\\").replace('"', '\\"') for each in value)
    return "{" + ",".join(f'"{text}"' for text in texts) + "}"


async def _perform(connection: "asyncpg.Connection[Any]", matrix: Matrix, cell: Data) -> bool:
    entity = matrix.entities[cell["entity"]]
    table = entity["table"]
    if cell["action"] == "create":
        await insert(connection, entity["table"], entity["new"][cell["row"]])
        return True
    row = matrix.rows[cell["row"]]
    names = ", ".join(map(quoted, row["key"]))
    typed = await column_types(connection, table, list(row["key"]))
    where = f"({names}) in (select {names} from jsonb_to_record($1::jsonb) as given({typed}))"
    key = json.dumps(row["key"])
    if cell["action"] == "read":
        return bool(await connection.fetchval(f"select count(*) from {table} where {where}", key))
    if cell["action"] == "delete":
        statement = _deletion(table, entity["soft_delete"])
    else:
        statement = f"update {table} set {_change(entity, cell['action'])}"
    done = await connection.execute(f"{statement} where {where}", key)
    return not done.endswith(" 0")


def _change(entity: Data, action: str) -> str:
    """The new state where the action leads to one; else something that changes nothing."""
    becomes = entity["becomes"].get(action)
    if becomes is not None:
        return f"{quoted(becomes['column'])} = '{becomes['value']}'"
    return f"{quoted(entity['neutral'])} = {quoted(entity['neutral'])}"


def _deletion(table: str, soft_delete: str | None) -> str:
    return (
        f"delete from {table}" if soft_delete is None else f"update {table} set {quoted(soft_delete)} = now()"
    )
