"""A table of people and the edge that gives them a nick: one operation of each kind."""

from pathlib import Path
from typing import Any

from tests.postgres.edges import backfill, index, operation, write_edge

ROWS = 5_000
MADE = (
    "create table person (id bigint primary key, name text);"
    f" insert into person select n, 'n' || n from generate_series(1, {ROWS}) n"
)


def nick() -> list[dict[str, Any]]:
    """A column, its values, an index, a rule, and the end of the old column: one operation of each kind."""
    return [
        operation(
            "01-column",
            "alter table person add nick text",
            undo=["alter table person drop nick"],
            group=1,
            locks={"public.person": "ACCESS EXCLUSIVE"},
        ),
        operation(
            "02-rule",
            "alter table person add constraint nick_there check (nick is not null) not valid",
            undo=["alter table person drop constraint nick_there"],
            group=1,
        ),
        index("person_nick", "person", "nick"),
        backfill("04-fill", "person", [("id", "bigint")], {"nick": "name"}, "nick is null"),
        operation(
            "05-drop",
            "alter table person drop name",
            phase="contract",
            undo=None,
            irreversible="the names are gone",
            hazards=[{"code": "DROP_COLUMN", "object": "person.name", "message": "its values are lost"}],
        ),
    ]


def write_people(folder: Path) -> Path:
    """Write the `database/` folder of a backend whose first edge makes a table of people; return it."""
    (folder / "release").mkdir()
    (folder / "release" / "api.sql").write_text(
        "-- release: api_1 mark\ncreate schema api_1;comment on schema api_1 is 'release mark';"
    )
    made = operation("01-table", MADE, undo=["drop table person"])
    write_edge(folder / "migrations", "0001", None, [made])
    return folder
