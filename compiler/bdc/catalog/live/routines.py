"""Rows of the catalog → routines. PostgreSQL writes the definition of every kind but of aggregates, which are written here."""

from typing import Any

from bdc.catalog import Routine
from bdc.catalog.live.tables import Row, name_of, rights
from bdc.ddl.names import qualified
from bdc.ddl.printer import literal

_KINDS: dict[str, Any] = {"p": "procedure", "a": "aggregate"}
_PARTS = (
    "sfunc",
    "stype",
    "finalfunc",
    "combinefunc",
    "serialfunc",
    "deserialfunc",
    "msfunc",
    "minvfunc",
    "mstype",
    "mfinalfunc",
    "sortop",
)
_TEXTS = ("initcond", "minitcond")
_PARALLEL = {"s": "safe", "r": "restricted"}


def routine(row: Row) -> Routine:
    """Return a routine. The default rights of `public` are not among its rights."""
    return Routine(
        name=name_of(row["name"]),
        signature=f"({row['signature']})",
        definition=_aggregate(row) if row["kind"] == "a" else row["definition"].strip() + ";",
        kind=_KINDS.get(row["kind"], "function"),
        rights=tuple(right for right in rights(row["rights"]) if right.role != "public"),
        comment=row["comment"],
    )


def _aggregate(row: Row) -> str:
    found = row["aggregate"]
    said = [f"{part} = {found[part]}" for part in _PARTS if found[part] is not None]
    said += [f"{part} = {literal(found[part])}" for part in _TEXTS if found[part] is not None]
    if found["sspace"]:
        said.append(f"sspace = {found['sspace']}")
    if found["finalfunc_extra"]:
        said.append("finalfunc_extra")
    if found["kind"] == "h":
        said.append("hypothetical")
    if found["parallel"] in _PARALLEL:
        said.append(f"parallel = {_PARALLEL[found['parallel']]}")
    head = f"create aggregate {qualified(name_of(row['name']))}({found['arguments']})"
    return f"{head} (\n  " + ",\n  ".join(said) + "\n);"
