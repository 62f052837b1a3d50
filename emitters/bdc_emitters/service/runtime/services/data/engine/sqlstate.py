"""Refusals of PostgreSQL as problems.

The compiled functions refuse with SQLSTATE `BD` and an HTTP status: message is the problem's code, detail its members as
JSON. Constraints answer natively and are named by the generated table `services.data.constraints`.
"""

import logging

import asyncpg
import orjson

from services.data.constraints import CONSTRAINTS, PARTITIONS
from services.data.engine.constraint import Constraint
from services.engine.problems import Problem, timed_out, unavailable

log = logging.getLogger("services.data")

RETRIED = frozenset({"40001", "40P01"})
_BUSY = ("40", "55")
_UNAVAILABLE = ("08", "26", "28", "3D", "3F", "53", "57", "58")
_TIMEOUTS = frozenset({"57014", "25P03", "25P04"})
_READ_ONLY = "25006"
_RAISED = "P0001"
# After these a session is of no more use: it ends, has lost its statements, or leads to a server that does not write.
_SPENT = ("08", "26", "57P", _READ_ONLY)


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
        return Problem("forbidden", "The caller is not allowed to do this.")
    if state in _TIMEOUTS:
        return timed_out("The statement took too long.")
    if state.startswith(_BUSY) or isinstance(error, asyncpg.InvalidCachedStatementError):
        return unavailable("Others are changing the same rows; try again.")
    if state == _READ_ONLY:
        return unavailable("The database does not accept changes now.", 5)
    if state == _RAISED:
        log.warning("SQL of the specification refused a change: %s", error)
        return Problem("validation-failed", "The database refuses this.")
    log.error("unexpected answer of the database", exc_info=error, extra={"sqlstate": state})
    if state.startswith(_UNAVAILABLE):
        return unavailable("The database cannot answer now.", 2)
    return Problem("internal-error")


def spent(error: asyncpg.PostgresError) -> bool:
    """Say whether the session that answered `error` must not be used again."""
    return (error.sqlstate or "").startswith(_SPENT)


def retried(error: BaseException | None) -> bool:
    """Say whether the same transaction may succeed when it is run again."""
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return True
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in RETRIED


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
    name = _name(error)
    known = CONSTRAINTS.get(name)
    if known is None:
        column = _attribute(error, "column_name")
        known = Constraint((column,) if column else (), "The value is not accepted.")
    if state == "23505":
        return _named("conflict", known, "taken", name)
    if state == "23P01":
        return _named("conflict", known, "overlaps", name)
    if state in ("23503", "23001"):
        missing = "is not present" in _attribute(error, "detail")
        if missing:
            return _named("validation-failed", known, "not-found", name)
        told = {"constraint": name} if known.named else None
        return Problem("conflict", "Other rows still refer to this one.", members=told)
    code = "required" if state == "23502" else "refused"
    return _named("validation-failed", known, code, name)


_ANY_DATE = "00000000"


def _name(error: asyncpg.PostgresError) -> str:
    """Return the constraint that was violated; for one of a partition, that of its table. A partition that was made by hand is
    known by the end of the name: `_pkey`, or the columns."""
    name = _attribute(error, "constraint_name")
    if name in CONSTRAINTS or not PARTITIONS:
        return name
    part = _attribute(error, "table_name")
    known = PARTITIONS.get(part)
    if known is not None:
        return known.get(name, name)
    # One that a job has made has a date at its end.
    date = part[-len(_ANY_DATE) :]
    known = PARTITIONS.get(part.removesuffix(date) + _ANY_DATE) if date.isdigit() else None
    if known is not None:
        return known.get(name.replace(date, _ANY_DATE, 1), name)
    end = name.removeprefix(part)
    found = {
        constraint
        for other, keys in PARTITIONS.items()
        for key, constraint in keys.items()
        if key.removeprefix(other) == end
    }
    return found.pop() if len(found) == 1 else name


def _named(problem: str, constraint: Constraint, code: str, name: str) -> Problem:
    errors = [
        {"path": f"/{member}", "code": code, "message": constraint.message} for member in constraint.members
    ]
    told = {"constraint": name} if name and constraint.named else None
    if constraint.raises is not None:
        status, own = constraint.raises
        return Problem(own, constraint.message, status=status, members=told, errors=errors)
    return Problem(problem, constraint.message, members=told, errors=errors)


def _attribute(error: asyncpg.PostgresError, name: str) -> str:
    value = getattr(error, name, None)
    return value if isinstance(value, str) else ""
