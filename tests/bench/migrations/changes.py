"""Fourteen kinds of change of one table, each as two states for bdc and as the statement that one would write without thinking."""

from collections.abc import Callable
from dataclasses import dataclass

from bdc.catalog import Check, Column, Database, EnumType, ForeignKey, Index, IndexKey, Key, Table
from bdc.ddl.names import Name
from bdc.plan import Backfill, Hints, Removal, Rename

ITEM, OWNER, STATE = Name("item"), Name("owner"), Name("item_state")
_ID = Column(name="id", type="bigint", not_null=True)
_COLUMNS = (
    _ID,
    Column(name="owner_id", type="bigint", not_null=True),
    Column(name="code", type="text", not_null=True),
    Column(name="name", type="text", not_null=True),
    Column(name="amount", type="integer", not_null=True),
    Column(name="price", type="numeric(10,2)", not_null=True),
    Column(name="state", type="item_state", not_null=True),
    Column(name="note", type="text"),
    Column(name="label", type="character varying(80)"),
    Column(name="touched", type="integer", not_null=True, default="0"),
    Column(name="made_at", type="timestamp with time zone", not_null=True),
)
START = Database(
    enums=(EnumType(name=STATE, labels=("open", "shut", "lost")),),
    tables=(
        Table(name=OWNER, columns=(_ID,), primary_key=Key(name="owner_pkey", columns=("id",))),
        Table(name=ITEM, columns=_COLUMNS, primary_key=Key(name="item_pkey", columns=("id",))),
    ),
)
OWNERS = 1000
FILL = (
    f"insert into owner select i from generate_series(1, {OWNERS}) i",
    """insert into item select i, 1 + i % 1000, 'code-' || i, 'Name number ' || i, i % 1000, (i % 10000) / 100.0,
  (array['open', 'shut'])[1 + i % 2]::item_state, 'a note about ' || i, 'label ' || i % 100, 0, timestamptz '2026-01-01 00:00Z' + i * interval '1 second'
  from generate_series(1, {rows}) i""",
    "vacuum analyze item",
)


_NOTHING = Hints()


@dataclass(frozen=True)
class Change:
    name: str
    new: Database
    naive: str
    hints: Hints = _NOTHING


def _item(change: Callable[[Table], Table]) -> Database:
    owner, item = START.tables
    return START.model_copy(update={"tables": (owner, change(item))})


def _with(**members: object) -> Database:
    return _item(lambda item: item.model_copy(update=members))


def _added(**members: object) -> Database:
    return _with(columns=(*_COLUMNS, Column.model_validate(members)))


def _changed(changed: str, **members: object) -> Database:
    return _with(
        columns=tuple(each.model_copy(update=members) if each.name == changed else each for each in _COLUMNS)
    )


_BACKFILL = Hints(backfills=(Backfill(ITEM, "lowered", "lower(name)"),))
BACKFILLED = Change(
    "required column, backfilled",
    _added(name="lowered", type="text", not_null=True),
    "alter table item add lowered text; update item set lowered = lower(name); alter table item alter lowered set not null",
    _BACKFILL,
)
CHANGES = (
    Change("not null", _changed("note", not_null=True), "alter table item alter note set not null"),
    Change(
        "index",
        _with(indexes=(Index(name="ix_item_amount", keys=(IndexKey(column="amount"),)),)),
        "create index ix_item_amount on item (amount)",
    ),
    Change(
        "unique",
        _with(uniques=(Key(name="uq_item_code", columns=("code",)),)),
        "alter table item add constraint uq_item_code unique (code)",
    ),
    Change(
        "check",
        _with(checks=(Check(name="ck_item_amount", condition="amount >= 0"),)),
        "alter table item add constraint ck_item_amount check (amount >= 0)",
    ),
    Change(
        "foreign key",
        _with(
            foreign_keys=(
                ForeignKey(name="fk_item_owner", columns=("owner_id",), target=OWNER, target_columns=("id",)),
            )
        ),
        "alter table item add constraint fk_item_owner foreign key (owner_id) references owner (id)",
    ),
    Change(
        "integer to bigint", _changed("amount", type="bigint"), "alter table item alter amount type bigint"
    ),
    Change(
        "column, constant default",
        _added(name="level", type="integer", not_null=True, default="0"),
        "alter table item add level integer not null default 0",
    ),
    Change(
        "column, volatile default",
        _added(name="token", type="uuid", not_null=True, default="gen_random_uuid()"),
        "alter table item add token uuid not null default gen_random_uuid()",
    ),
    BACKFILLED,
    Change(
        "stored computed column",
        _added(name="double", type="numeric", generated="price * 2"),
        "alter table item add double numeric generated always as (price * 2) stored",
    ),
    Change(
        "identity column",
        _added(name="number", type="bigint", not_null=True, identity="always"),
        "alter table item add number bigint generated always as identity",
    ),
    Change(
        "column renamed",
        _changed("name", name="title"),
        "alter table item rename name to title",
        Hints(renames=(Rename("column", ITEM, "name", "title"),)),
    ),
    Change(
        "column dropped",
        _with(columns=tuple(each for each in _COLUMNS if each.name != "label")),
        "alter table item drop label",
        Hints(removals=(Removal("column", ITEM, "label"),)),
    ),
    Change(
        "enum value retired",
        START.model_copy(update={"enums": (EnumType(name=STATE, labels=("open", "shut")),)}),
        "alter type item_state rename to item_state_old; create type item_state as enum ('open', 'shut');"
        " alter table item alter state type item_state using state::text::item_state; drop type item_state_old",
        Hints(removals=(Removal("enum value", STATE, "lost"),)),
    ),
)
