"""Partitions become parts of an entity and domains become types, as far as the language has words for them; the rest is SQL, and
nothing is lost."""

import pytest

from bdc.importing.converge import converge
from bdc.importing.report import summary
from tests.importing.test_round_trip import built, loaded, lost, unformatted
from tests.support.postgres import Databases, run

pytestmark = [pytest.mark.postgres]

_SQL = r"""
create schema parts;
create type mood as enum ('sad', 'so la la');
create domain sku as text check (value ~ '^[A-Z]+$') check (value <> 'NO');
comment on domain sku is 'What it is called.';
create domain parts.level as smallint not null check (value between 1 and 9);
create domain "Short Name" as varchar(20);
create domain named_check as int constraint positive check (value > 0) check (value < 9);
create domain odd_name as int constraint "too big" check (value < 9);
create domain with_default as int default 5;
create domain many as int[];
create domain nested as sku check (length(value) < 9);
create type pair as (a int, s sku);
create domain of_pair as pair;
create function is_even(n int) returns boolean language sql immutable as 'select n % 2 = 0';
create domain even as int check (is_even(value));
create function feel(m mood, s sku) returns mood language sql as 'select m';
create table item (
  id bigserial primary key, sku sku not null default 'A', level parts.level, others sku[], short "Short Name" unique,
  a named_check default 3, b with_default, c many, d nested, e even, f of_pair, g odd_name, m mood default feel('sad', 'A')
);

create table parts."Reading" (meter text, "At" timestamptz, v int, primary key (meter, "At")) partition by range ("At", meter);
create table parts."Reading_first" partition of parts."Reading"
  for values from (minvalue, minvalue) to ('2024-01-01 05:30+05:30', 'it''s');
create table parts."R 2024" partition of parts."Reading"
  for values from ('2024-01-01 05:30+05:30', 'it''s') to ('2025-01-01', maxvalue);
comment on table parts."R 2024" is 'The year that was.';
comment on column parts."R 2024".v is 'What it said.';
create table elsewhere partition of parts."Reading" for values from ('2026-01-01', 'a') to ('2027-01-01', 'b');
create table parts."Reading_rest" partition of parts."Reading" default;

create table client (country text, number int not null) partition by list (country);
create table client_north partition of client for values in ('dk', E'back\\slash');
create table client_none partition of client for values in (null);
create table client_south partition of client for values in ('it') partition by range (number);
create table client_south_1 partition of client_south for values from (-5) to (100);
alter table client_north add constraint few check (number < 1000), add unique (number);
create index on client_north (number) where number > 5;
alter table client_none alter column number set default 7;

create table event (id bigint primary key, at timestamp) partition by hash (id);
create table event_0 partition of event for values with (modulus 1, remainder 0) with (fillfactor = 70);
create index waiting on only event (at);
create table by_mood (m mood, at timestamp) partition by list (m);
create table by_mood_sad partition of by_mood for values in ('sad');
alter table by_mood_sad set unlogged;
create table by_size (amount numeric(10, 2), d date, at timestamp, id bigint) partition by range (amount, d, at, id);
create table by_size_1 partition of by_size
  for values from (1.5, '2026-01-01', '2026-01-01', -10) to (2.5, '2026-01-01', '2026-02-01', 9223372036854775807);
create table by_month (at timestamptz not null) partition by range (date_trunc('month', at at time zone 'utc'));
create table by_month_1 partition of by_month for values from ('2026-01-01') to ('2026-02-01');

create table line (item_id bigint not null references item, event_id bigint references event) partition by list (item_id);
create table line_a partition of line for values in (1, 2);
alter table line_a enable row level security;
create policy p on line_a for select using (item_id > 1);
create function t() returns trigger language plpgsql as 'begin return new; end';
create trigger own before insert on line_a for each row execute function t();
create trigger whole after insert on line for each row execute function t();
"""


def test_parts_and_domains_are_said(databases: Databases) -> None:
    def fresh() -> str:
        return databases.fresh().superuser_url

    source = run(loaded(fresh(), (_SQL,)))
    imported = converge(source, "odd", fresh)
    assert (lost(source, run(built(fresh(), imported, source))), unformatted(imported)) == ([], [])
    text = "\n".join(imported.files.values())
    for line in (
        'type Sku = text\n  @domain("sku", sql("VALUE ~ \'^[A-Z]+$\'::text"), sql("VALUE <> \'NO\'::text"))',
        'type ShortName = string @db("varchar(20)") @domain("Short Name")',
        'type NamedCheck = int\n  @domain("named_check", sql("VALUE < 9"), positive: sql("VALUE > 0"))',
        "others: Sku[]?",
        "use odd.parts { Level }",
        "/// The year that was.\n  partition r_2024 from (",
        'partition north in ("dk", "back\\\\slash")',
        "partition none in (null)",
        'partition p0 modulus 1 remainder 0 @table("event_0")',
        "entity Line @keyless @partition(list, item) {",
    ):
        assert line in text
    assert summary(imported) == (
        "7 of 8 tables are entities, 9 of 13 partitions are in them, 1 enums, 4 domains; as SQL: 1 composite type, 1 constraint, 6 domain, "
        "3 function, "
        "4 partition, 1 partition column, 1 policy, 1 table, 2 trigger"
    )
