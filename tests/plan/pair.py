"""Pairs of states, as SQL with rows, and what has to be said about the way between them."""

from dataclasses import dataclass

from bdc.ddl.names import Name
from bdc.plan import Backfill, Hints, Removal, Rename

CUSTOMER = """
create table customer (id bigint primary key, name text not null, age integer, born date);
insert into customer select n, 'name ' || n, n % 90, date '1970-01-01' + n from generate_series(1, 50) as n;
"""
ORDER = """
create table "order" (id bigint generated always as identity primary key, customer_id bigint not null, total numeric(10, 2));
insert into "order" (customer_id, total) select n, n * 1.5 from generate_series(1, 50) as n;
"""
T = Name("customer")
NOTHING = Hints()


@dataclass(frozen=True)
class Pair:
    """`after` is what makes the new state of the old one; with `refused`, the code that comes back instead of a plan."""

    name: str
    before: str
    after: str
    hints: Hints = NOTHING
    refused: str | None = None
    back: bool = True


def gone(kind: str, table: Name | None, name: str) -> Hints:
    return Hints(removals=(Removal(kind, table, name),))  # type: ignore[arg-type]


def filled(column: str, expression: str, table: Name = T) -> Hints:
    return Hints(backfills=(Backfill(table, column, expression),))


def renamed(kind: str, table: Name | None, old: str, new: str) -> Hints:
    return Hints(renames=(Rename(kind, table, old, new),))  # type: ignore[arg-type]
