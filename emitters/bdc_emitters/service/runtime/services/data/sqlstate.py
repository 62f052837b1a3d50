"""Refusals of PostgreSQL as problems.

The compiled functions refuse with SQLSTATE `BD` and an HTTP status: message is the problem's code, detail its members as
JSON. Constraints answer natively and are named by the generated table `services.data.constraints`.
"""

import logging

import asyncpg
import orjson

from services.data.constraint import Constraint
from services.data.constraints import CONSTRAINTS
from services.problems import Problem, unavailable

log = logging.getLogger("services.data")

RETRIED = frozenset({"40001", "40P01"})


def problem_of(error: asyncpg.PostgresError) -> Problem:
    """Return the problem that tells a caller what `error` means to him, and nothing else about the database."""
    state = error.sqlstate or ""
    if state.startswith("BD"):
        return _declared(error, state)
    if state.startswith("23"):
        return _constraint(error, state)
    if state.startswith("22"):
        return Problem("validation-failed", "A value is out of range or not of its type.")
    if state == "42501":
        return Problem("forbidden", "The caller may not do this.")
    if state in ("57014", "25P03", "25P04"):
        return Problem("timeout", "The statement took too long.")
    if state in RETRIED or state == "55P03":
        return unavailable("Others are changing the same rows; try again.")
    if state.startswith(("08", "53", "57P")):
        return unavailable("The database cannot answer now.", 2)
    log.error("unexpected answer of the database", exc_info=error, extra={"sqlstate": state})
    return Problem("internal-error")


def _declared(error: asyncpg.PostgresError, state: str) -> Problem:
    try:
        members = orjson.loads(_attribute(error, "detail") or "{}")
        status = int(state[2:])
    except (orjson.JSONDecodeError, ValueError):
        log.error("a refusal of the database cannot be read", exc_info=error)
        return Problem("internal-error")
    errors = members.pop("errors", ())
    detail = members.pop("detail", None) or members.get("because") or ""
    return Problem(error.args[0], detail, status=status, members=members, errors=errors)


def _constraint(error: asyncpg.PostgresError, state: str) -> Problem:
    name = _attribute(error, "constraint_name")
    known = CONSTRAINTS.get(name)
    if known is None:
        column = _attribute(error, "column_name")
        known = Constraint((column,) if column else (), "The value is not accepted.")
    if state == "23505":
        return _named("conflict", known, "taken", name)
    if state in ("23503", "23001"):
        missing = "is not present" in _attribute(error, "detail")
        if missing:
            return _named("validation-failed", known, "not-found", name)
        return Problem("conflict", "Other rows still refer to this one.", members={"constraint": name})
    code = "required" if state == "23502" else "refused"
    return _named("validation-failed", known, code, name)


def _named(problem: str, constraint: Constraint, code: str, name: str) -> Problem:
    errors = [
        {"path": f"/{member}", "code": code, "message": constraint.message} for member in constraint.members
    ]
    return Problem(problem, constraint.message, members={"constraint": name} if name else None, errors=errors)


def _attribute(error: asyncpg.PostgresError, name: str) -> str:
    value = getattr(error, name, None)
    return value if isinstance(value, str) else ""
