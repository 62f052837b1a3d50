"""Rows of the catalog → tables and what belongs to them."""

import re
from collections.abc import Iterable
from typing import Any

from bdc.catalog import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Policy,
    Right,
    Table,
    Trigger,
)
from bdc.catalog.live.texts import expression
from bdc.ddl.names import Name

Row = dict[str, Any]
_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_PLAIN_VALUE = re.compile(r"-?[A-Za-z0-9_.]+\Z")


def name_of(row: Row) -> Name:
    return Name(row["name"], row["schema"])


def options(pairs: Iterable[list[str]] | None, prefix: str = "") -> str | None:
    """`[["fillfactor", "70"]]` → `fillfactor = 70`."""
    said = [f"{prefix}{name} = {_value(value)}" for name, value in pairs or ()]
    return ", ".join(said) or None


def _value(text: str) -> str:
    return text if _PLAIN_VALUE.match(text) else "'" + text.replace("'", "''") + "'"


def rights(found: Iterable[Row] | None, column: str | None = None) -> tuple[Right, ...]:
    made = (
        Right(role=row["role"], privilege=row["privilege"], grantable=row["grantable"], column=column)
        for row in found or ()
    )
    return tuple(sorted(made, key=lambda right: (right.role, right.grantable, right.privilege)))


def table(
    row: Row,
    columns: list[Row],
    constraints: list[Row],
    indexes: list[Row],
    triggers: list[Row],
    policies: list[Row],
) -> Table:
    """Return a table; every list holds the rows that belong to it."""
    by_oid = {index["oid"]: index for index in indexes}
    usual = [found for found in constraints if is_usual(found)]
    keys = [_key(found, by_oid) for found in usual if found["kind"] == "p"]
    storage = [options(row["options"]), options(row["toast"], "toast.")]
    own = [right for column in columns for right in rights(column["rights"], column["name"])]
    return Table(
        name=name_of(row["name"]),
        columns=tuple(_column(column) for column in columns),
        primary_key=keys[0] if keys else None,
        uniques=tuple(_key(found, by_oid) for found in usual if found["kind"] == "u"),
        checks=tuple(check(found) for found in usual if found["kind"] == "c"),
        foreign_keys=tuple(_foreign_key(found) for found in usual if found["kind"] == "f"),
        exclusions=tuple(_exclusion(found, by_oid) for found in usual if found["kind"] == "x"),
        indexes=tuple(index_of(found) for found in indexes if not found["constraint"]),
        triggers=tuple(trigger(found) for found in triggers),
        policies=tuple(_policy(found) for found in policies),
        rights=(*rights(row["rights"]), *sorted(own, key=lambda right: (right.role, right.grantable))),
        row_security=row["row_security"],
        force_row_security=row["force_row_security"],
        partition_by=row["partition_by"],
        parent=name_of(row["parent"]) if row["parent"] else None,
        bound=row["bound"],
        unlogged=row["unlogged"],
        options=", ".join(said for said in storage if said) or None,
        comment=row["comment"],
    )


def is_usual(constraint: Row) -> bool:
    """Whether the model of a table has words for it: no period, enforced."""
    return not constraint["unusual"]


def _column(row: Row) -> Column:
    return Column(
        name=row["name"],
        type=row["type"],
        not_null=row["not_null"],
        default=row["default"],
        identity=row["identity"],
        numbering=row.get("numbering", ""),
        generated=expression(row["generated"]),
        virtual=row["virtual"],
        collation=row["collation"],
        comment=row["comment"],
    )


def _key(row: Row, indexes: dict[int, Row]) -> Key:
    index = indexes[row["index"]]
    return Key(
        name=row["name"],
        columns=tuple(row["columns"]),
        include=tuple(key["column"] for key in index["keys"] if key["included"]),
        nulls_not_distinct=index["nulls_not_distinct"],
        deferrable=row["deferrable"],
        deferred=row["deferred"],
        comment=row["comment"],
    )


def check(row: Row) -> Check:
    return Check(
        name=row["name"],
        condition=expression(row["condition"]) or "",
        no_inherit=row.get("no_inherit", False),
        valid=row["valid"],
        comment=row["comment"],
    )


def _foreign_key(row: Row) -> ForeignKey:
    return ForeignKey(
        name=row["name"],
        columns=tuple(row["columns"]),
        target=name_of(row["target"]),
        target_columns=tuple(row["target_columns"]),
        on_delete=_ACTIONS[row["on_delete"]],
        set_null_columns=tuple(row["set_null_columns"] or ()),
        on_update=_ACTIONS[row["on_update"]],
        match_full=row["match_full"],
        deferrable=row["deferrable"],
        deferred=row["deferred"],
        valid=row["valid"],
        comment=row["comment"],
    )


def _exclusion(row: Row, indexes: dict[int, Row]) -> Exclusion:
    index = indexes[row["index"]]
    keys = [_index_key(key) for key in index["keys"] if not key["included"]]
    return Exclusion(
        name=row["name"],
        method=index["method"],
        elements=tuple(zip(keys, row["operators"], strict=True)),
        where=expression(index["where"]),
        deferrable=row["deferrable"],
        deferred=row["deferred"],
        comment=row["comment"],
    )


def index_of(row: Row) -> Index:
    return Index(
        name=row["name"],
        keys=tuple(_index_key(key) for key in row["keys"] if not key["included"]),
        unique=row["unique"],
        method=row["method"],
        include=tuple(key["column"] for key in row["keys"] if key["included"]),
        where=expression(row["where"]),
        nulls_not_distinct=row["nulls_not_distinct"],
        options=options(row["options"]),
        valid=row["valid"],
        comment=row["comment"],
    )


def _index_key(row: Row) -> IndexKey:
    descending, first = bool(row["option"] & 1), bool(row["option"] & 2)
    return IndexKey(
        column=row["column"],
        expression=expression(row["expression"]),
        descending=descending,
        nulls_first=None if first == descending else first,
        operator_class=row["operator_class"],
        collation=row["collation"],
    )


def trigger(row: Row) -> Trigger:
    return Trigger(
        name=row["name"],
        definition=row["definition"],
        function=name_of(row["function"]),
        enabled=row["enabled"],
        comment=row["comment"],
    )


def _policy(row: Row) -> Policy:
    return Policy(
        name=row["name"],
        command=row["command"],
        roles=tuple(row["roles"]),
        restrictive=row["restrictive"],
        using=expression(row["using"]),
        check=expression(row["check"]),
        comment=row["comment"],
    )
