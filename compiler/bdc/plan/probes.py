"""Questions to the catalog that tell whether a step has been done: each gives one boolean."""

from bdc.ddl.names import Name, full
from bdc.ddl.printer import literal


def table_exists(name: Name) -> str:
    return f"select to_regclass({literal(full(name))}) is not null"


def column_exists(table: Name, column: str, *, exists: bool = True) -> str:
    negation = "" if exists else "not "
    return (
        f"select {negation}exists (select from pg_attribute where attrelid = to_regclass({literal(full(table))})"
        f" and attname = {literal(column)} and not attisdropped)"
    )


def constraint_exists(table: Name, name: str, *, exists: bool = True, valid: bool | None = None) -> str:
    negation = "" if exists else "not "
    validated = "" if valid is None else f" and convalidated = {str(valid).lower()}"
    return (
        f"select {negation}exists (select from pg_constraint where conrelid = to_regclass({literal(full(table))})"
        f" and conname = {literal(name)}{validated})"
    )


def index_is_valid(name: Name) -> str:
    return f"select exists (select from pg_index where indexrelid = to_regclass({literal(full(name))}) and indisvalid)"


def absent(name: Name) -> str:
    return f"select to_regclass({literal(full(name))}) is null"
