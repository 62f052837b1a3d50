"""What is called after a table whose partitions are made at run time: the function that makes them, and how their own names begin.

They lie in the schema `app`, where no declared partition is: so what is made at run time is told from what a migration has made.
"""

from typing import Protocol

from bdc.naming.sql import LONGEST, fitted

SCHEMA = "app"
_FOR_DATE = 10  # `_p20260131`


class Placed(Protocol):
    """A table of the IR."""

    @property
    def name(self) -> str: ...

    @property
    def schema_name(self) -> str | None: ...


def rotation_name(table: Placed) -> str:
    """Return the name of the function in `app`."""
    return fitted(f"rotate_{_spelled(table)}")


def rotation_call(table: Placed) -> str:
    """Return the function, as SQL names it."""
    name = rotation_name(table)
    return f'{SCHEMA}."{name.replace(chr(34), chr(34) * 2)}"'


def part_prefix(table: Placed) -> str:
    """Return what names of its partitions begin with, before the date."""
    return fitted(_spelled(table), LONGEST - _FOR_DATE)


def _spelled(table: Placed) -> str:
    return table.name if table.schema_name in (None, "public") else f"{table.schema_name}_{table.name}"
