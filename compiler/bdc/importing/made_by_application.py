"""Values that rows get from the application, as far as a database shows it: keys without a default, and times of change.

A database does not hold what an ORM makes (`cuid()`, `uuid4`, `auto_now`), so these are guesses from types and names, for the report alone.
"""

import re
from collections.abc import Iterator

from bdc.catalog import Column, Table
from bdc.importing.scope import Scope
from bdc.importing.types import field_type

_CHANGED = re.compile(
    r"(?:updated|modified|changed)(?:_?(?:at|on|date|time))?|last_?(?:update|modified)\Z", re.IGNORECASE
)
_TEXT = re.compile(r"(?:text|citext|character varying(?:\((\d+)\))?)\Z")


def made_by_application(scope: Scope) -> Iterator[str]:
    """Yield a line for each such field: what it is, and what to write in the specification."""
    for name, entity in scope.entities.items():
        table = scope.table(name)
        for column in table.columns:
            field = scope.fields[name][column.name]
            if _is_given_key(table, column):
                yield f"`{entity}.{field}`: the key has no default; {_key_default(scope, column)}"
            elif _is_time_of_change(column) and (name, column.name) not in scope.marks:
                default = "" if column.default else ", and `= now()` fills it in new rows"
                default += (
                    "" if column.not_null else "; every row then has one: remove the `?`, and fill the others"
                )
                yield f"`{entity}.{field}`: `@stamp(touched)` keeps it once the entity has a policy{default}"


def _is_given_key(table: Table, column: Column) -> bool:
    key = table.primary_key
    referring = any(column.name in each.columns for each in table.foreign_keys)
    made = column.default is not None or column.identity is not None or column.generated is not None
    return key is not None and key.columns == (column.name,) and not referring and not made


def _key_default(scope: Scope, column: Column) -> str:
    kind = field_type(column.type, scope.types)
    if kind.kind == "uuid":
        return "`= uuid7()` makes one"
    text = _TEXT.match(column.type)
    if text is not None and (text[1] is None or int(text[1]) >= 36):
        return '`= sql("(gen_random_uuid())::text")` makes one'
    if column.type in ("smallint", "integer", "bigint"):
        return "`@identity(by_default)` makes one"
    return "the application gives it"


def _is_time_of_change(column: Column) -> bool:
    return column.type.startswith("timestamp") and _CHANGED.match(column.name) is not None
