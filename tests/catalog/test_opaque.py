"""SQL as psql reads it: where statements end, and which object each makes."""

import pytest

from bdc.ddl.opaque import object_of
from bdc.ddl.script import split

_SCRIPT = r"""
\connect somewhere
-- a comment; with a semicolon
create table "a;b" (x text default ';', y text default E'\';'); /* ; /* nested ; */ ; */
COPY "a;b" (x) FROM stdin;
one;	two
\.
create function f() returns void language plpgsql as $body$ begin; perform ';'; end; $body$;
create function g() returns int begin atomic select case when true then 1 else 2 end; select 2; end;
create rule r as on insert to t do also (insert into u values (1); delete from v);
select 1
"""


def test_statements_end_where_they_end() -> None:
    ends = [each.split()[-1] for each in split(_SCRIPT)]
    assert ends == ["E'\\';')", "$body$", "end", "v)", "1"]


@pytest.mark.parametrize(
    ("statement", "kind", "key", "drop"),
    [
        ("create or replace function s.f(a int = 1, b text default 'x, y')\nreturns int", "function", "s.f(a int, b text)", "drop function s.f(a int, b text)"),
        ('-- why\ncreate view "V" as select 1', "view", '"V"', 'drop view "V"'),
        ("create constraint trigger t after insert on s.x for each row", "trigger", "t on s.x", "drop trigger t on s.x"),
        ("create unique index concurrently if not exists i on only x (a)", "index", "i", "drop index i"),
        ("create policy p on x using (true)", "policy", "p on x", "drop policy p on x"),
        ("create materialized  view m as select 1", "materialized view", "m", "drop materialized view m"),
        ("alter table x add constraint c check (a > 0)", "constraint", "x.c", "alter table x drop constraint c"),
        ('create extension if not exists "uuid-ossp"', "extension", '"uuid-ossp"', 'drop extension "uuid-ossp"'),
        ("grant  select on x\nto y", "statement", "grant select on x to y", None),
    ],
)  # fmt: skip
def test_a_statement_makes_an_object(statement: str, kind: str, key: str, drop: str | None) -> None:
    found = object_of(statement)
    assert (found.kind, found.key, found.drop) == (kind, key, drop)
