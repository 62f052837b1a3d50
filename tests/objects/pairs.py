"""Pairs of scripts by hand, each for a kind of change."""

from dataclasses import dataclass

from bdc.ddl.names import Name
from bdc.plan import Hints, Removal

NOTHING = Hints()
A = "create table a (id int primary key, n int not null, word text);\n"
B = A + "create table b (id int primary key, a_id int not null);\n"


@dataclass(frozen=True)
class Pair:
    """With `refused` nothing runs; otherwise the law holds."""

    name: str
    before: str
    after: str
    hints: Hints = NOTHING
    refused: bool = False


def gone(kind: str, name: str, table: Name | None = None, *, archive: bool = True) -> Hints:
    return Hints(removals=(Removal(kind, table, name, archive),))  # type: ignore[arg-type]


def function(
    name: str, body: str = "select 1", arguments: str = "", returns: str = "int", more: str = ""
) -> str:
    return f"create function {name}({arguments}) returns {returns} language sql {more} as $$ {body} $$;\n"


TOUCH = "create or replace function touch() returns trigger language plpgsql as $$ begin new.n := new.n + {}; return new; end $$;\n"
TRIGGER = 'create trigger "touch it" before update on a for each row execute function touch();\n'
VIEW = "create view v as select id, n from a;\n"
UPON = "create view w as select id from v;\n"
FILLED = "create materialized view m as select n, count(*) as many from a group by n;\ncreate unique index m_n on m (n);\n"
IMMUTABLE = "immutable"

TABLES = (
    Pair("storage parameters and a column", "create table t (id int primary key, name text) with (fillfactor = 50);",
         "create table t (id int primary key, name text, age int) with (fillfactor = 60);"),
    Pair("storage parameters go", "create table t (id int primary key) with (fillfactor = 50, autovacuum_enabled = false);", "create table t (id int primary key);"),
    Pair("a table goes unsaid", B, A, refused=True),
    Pair("a table goes, kept", B, A, gone("table", "b")),
    Pair("a table goes, worthless", B, A, gone("table", "b", archive=False)),
    Pair("a column goes unsaid", A, A.replace(", word text", ""), refused=True),
    Pair("a column goes, kept", A, A.replace(", word text", ""), gone("column", "word", Name("a"))),
    Pair("a table made from rows goes unsaid", A + "create table c as select 1 as x;", A, refused=True),
    Pair("a table made from rows goes, kept", A + "create table c as select 1 as x;", A, gone("table", "c")),
    Pair("a table made from rows changes", A + "create table c as select 1 as x;", A + "create table c as select 2 as x;", refused=True),
    Pair("a table that inherits changes", A + "create table c (x int) inherits (a);", A + "create table c (x bigint) inherits (a);", refused=True),
    Pair("constraints come", B, B + "alter table b add constraint b_fk foreign key (a_id) references a on delete cascade; alter table b add constraint pos check (a_id > -1); alter table b add constraint one unique (a_id);", refused=True),
    Pair("constraints come, of rows that fit", B.replace("a_id int not null", "a_id int"), B.replace("a_id int not null", "a_id int") + "alter table b add constraint b_fk foreign key (a_id) references a on delete cascade not valid; alter table b add constraint pos check (a_id > -1); alter table b add constraint one unique (a_id);"),
    Pair("constraints go", B + "alter table b add constraint b_fk foreign key (a_id) references a; alter table b add constraint pos check (a_id > -1);", B),
    Pair("a reference moves into its table", B + "alter table b add constraint b_a_id_fkey foreign key (a_id) references a (id) not valid;", B.replace("a_id int not null", "a_id int not null references a")),
    Pair("an index moves to another spelling", A + "create index a_n_idx on a using btree (n asc);", A + "create index on a (n);"),
    Pair("an index changes", A + "create index ix on a (n);", A + "create index ix on a (n, word) where n > 0;"),
    Pair("serial comes and a type widens", A, A.replace("n int", "n bigint") + "create table s (id serial primary key, big bigserial);"),
    Pair("partition in another schema", "create schema p; create table log (day text not null) partition by list (day); create table p.log_a partition of log for values in ('v1', 'v2', 'v3'); create table log_rest partition of log default;",
         "create schema p; create table log (day text not null) partition by list (day); create table p.log_a partition of log for values in ('v1', 'v2', 'v3'); create table log_rest partition of log default; create index log_day on log (day);"),
    Pair("row level security comes", A, A + "alter table a enable row level security; create policy p on a using (n > 1); alter table a force row level security;"),
    Pair("row level security goes", A + "alter table a enable row level security; create policy p on a using (n > 1);", A),
    Pair("replica identity comes", A, A + "alter table a replica identity full;"),
    Pair("replica identity changes", A + "alter table a replica identity full;", A + "alter table a replica identity nothing;"),
    Pair("replica identity goes", A + "alter table a replica identity full;", A),
    Pair("a sequence gets an owner", A + "create sequence s;", A + "create sequence s; alter sequence s owned by a.n;"),
    Pair("a sequence loses its owner", A + "create sequence s owned by a.n;", A + "create sequence s;"),
    Pair("rights come", A, A + "grant select (n), insert on a to evolution_reader; grant all on a to evolution_writer;"),
    Pair("rights change", A + "grant select, update on a to evolution_reader;", A + "grant select on a to evolution_reader with grant option; grant update (n) on a to evolution_reader;"),
    Pair("rights go", A + "grant select, update on a to evolution_reader; grant all on a to evolution_writer;", A),
    Pair("rights shrink from all", A + "grant all on a to evolution_writer;", A + "grant select on a to evolution_writer;"),
    Pair("rights on all tables come", A, A + "grant select on all tables in schema public to evolution_reader;"),
    Pair("default privileges", A + "alter default privileges in schema public grant select on tables to evolution_reader;", A + "alter default privileges in schema public grant insert on tables to evolution_reader;"),
    Pair("rights on a table that goes", B + "grant select on b to evolution_reader;", A, gone("table", "b")),
    Pair("a rule comes", A, A + "create rule r as on delete to a where old.n > 1000 do instead nothing;"),
    Pair("a rule changes", A + "create rule r as on delete to a where old.n > 1000 do instead nothing;", A + "create rule r as on delete to a where old.n > 2000 do instead nothing;"),
    Pair("a rule goes", A + "create rule r as on delete to a where old.n > 1000 do instead nothing;", A),
    Pair("statistics change", A + "create statistics st on n, word from a;", A + "create statistics st (dependencies) on n, word from a;"),
    Pair("an unknown statement goes", A + "do $$ begin end $$;", A, refused=True),
    Pair("an unknown statement goes with a word", A + "do $$ begin end $$;", A, gone("other", "do $$ begin")),
    Pair("comments", A + "comment on table a is 'x'; comment on column a.n is 'y';", A + "comment on column a.n is 'z';"),
)  # fmt: skip

ROUTINES = (
    Pair("a body under a trigger", A + TOUCH.format(1) + TRIGGER, A + TOUCH.format(2) + TRIGGER),
    Pair("a quoted trigger goes", A + TOUCH.format(1) + TRIGGER, A + TOUCH.format(1)),
    Pair("a trigger changes", A + TOUCH.format(1) + TRIGGER, A + TOUCH.format(1) + TRIGGER.replace("update", "insert")),
    Pair("a trigger and its function come", A, A + TOUCH.format(1) + TRIGGER),
    Pair("a trigger and its function go", A + TOUCH.format(1) + TRIGGER, A),
    Pair("a function that a new table calls", A, A + function("next_no", returns="text", body="select md5('x')") + "create table bill (id int primary key, no text default next_no());"),
    Pair("a function changes its result under a default", A + function("f") + "create table t (id int primary key, x int default f());",
         A + function("f", returns="bigint", body="select 1::bigint") + "create table t (id int primary key, x int default f());"),
    Pair("a function changes its result under a view", A + function("f") + "create view v as select f() as x, id from a;" + UPON, A + function("f", returns="bigint", body="select 1::bigint") + "create view v as select f() as x, id from a;" + UPON),
    Pair("a function changes its result under a check", function("f", "select x > 0", "x int", "bool", IMMUTABLE) + "create table t (id int primary key, x int, check (f(x)));",
         function("f", "select y > 0", "y int", "bool", IMMUTABLE) + "create table t (id int primary key, x int, check (f(x)));"),
    Pair("a function changes its argument under a check", function("f", "select x > 0", "x int", "bool", IMMUTABLE) + "create table t (id int primary key, x int, check (f(x)));",
         function("f", "select x > 0", "x bigint", "bool", IMMUTABLE) + "create table t (id int primary key, x int, check (f(x)));"),
    Pair("a function changes its argument under a default and a view", A + function("f", "select x", "x int") + "create view v as select f(n) as x, id from a; create table t (id int primary key, x int default f(3));",
         A + function("f", "select x::int", "x bigint") + "create view v as select f(n) as x, id from a; create table t (id int primary key, x int default f(3));"),
    Pair("a function changes its argument under a policy", A + function("f", "select x > 0", "x int", "bool") + "alter table a enable row level security; create policy p on a using (f(n));",
         A + function("f", "select x > 0", "x bigint", "bool") + "alter table a enable row level security; create policy p on a using (f(n));"),
    Pair("a function changes its argument under an index", A + function("f", "select x", "x int", more=IMMUTABLE) + "create index ix on a (f(n));",
         A + function("f", "select x::int", "x bigint", more=IMMUTABLE) + "create index ix on a (f(n));"),
    Pair("a function changes its argument under a generated column", function("f", "select x", "x int", more=IMMUTABLE) + "create table t (id int primary key, x int, y int generated always as (f(x)) stored);",
         function("f", "select x::int", "x bigint", more=IMMUTABLE) + "create table t (id int primary key, x int, y int generated always as (f(x)) stored);", refused=True),
    Pair("a function changes its result under a trigger condition", A + TOUCH.format(1) + function("f", "select x > 0", "x int", "bool") + "create trigger t before update on a for each row when (f(new.n)) execute function touch();",
         A + TOUCH.format(1) + function("f", "select y > 1", "y int", "bool") + "create trigger t before update on a for each row when (f(new.n)) execute function touch();"),
    Pair("a function of a row changes", A + function("f", "select r.n", "r a"), A + function("f", "select r.n + 1", "r a")),
    Pair("a function that returns a view changes with it", A + VIEW + function("f", "select * from v", "", "setof v"), A + VIEW.replace("id, n", "id, n, word") + function("f", "select * from v", "", "setof v")),
    Pair("a function in a body of another", A + function("f") + function("g", "select f()"), A + function("f", "select 2") + function("g", "select f() + 1")),
    Pair("a bound body", A + function("f") + "create function g() returns int begin atomic select f(); end;", A + function("f", "select 2") + "create function g() returns int begin atomic select f() + 1; end;"),
    Pair("a bound body under another result", A + function("f") + "create function g() returns int begin atomic select f(); end;", A + function("f", "select 2::bigint", "", "bigint") + "create function g() returns int begin atomic select f()::int; end;"),
    Pair("a procedure", A + "create procedure p(x int) language sql as $$ select 1 $$;", A + "create procedure p(x int) language sql as $$ select 2 $$; grant execute on procedure p(int) to evolution_reader;"),
    Pair("an aggregate comes and goes", function("step", "select x + y", "x int, y int"), function("step", "select x + y", "x int, y int") + "create aggregate total (int) (sfunc = step, stype = int, initcond = '0');"),
    Pair("rights on a function", A + function("f"), A + function("f") + "revoke execute on function f() from public; grant execute on function f() to evolution_reader;"),
    Pair("rights on a function go", A + function("f") + "revoke execute on function f() from public; grant execute on function f() to evolution_reader;", A + function("f")),
    Pair("a domain over a function", function("f", "select x > 0", "x int", "bool", IMMUTABLE), function("f", "select x > 0", "x int", "bool", IMMUTABLE) + "create domain d as int check (f(value)); create table t (id int primary key, x d);"),
)  # fmt: skip

VIEWS = (
    Pair("a view changes under another", A + VIEW + UPON, A + VIEW.replace("id, n", "n, id") + UPON),
    Pair("a view loses what another no longer reads", A + VIEW + "create view w as select n from v;", A + VIEW.replace("id, n", "id") + "create view w as select id from v;"),
    Pair("a view and a materialized one change", A + VIEW + "create materialized view m as select id, n from v; create index m_n on m (n);", A + VIEW.replace("id, n", "id, n, word") + "create materialized view m as select id, n, word from v; create index m_n on m (n);"),
    Pair("views change places", A + VIEW + UPON, A + "create view w as select id, n from a; create view v as select id from w;"),
    Pair("a materialized view keeps its rows", A + FILLED, A.replace("word text", "word text, more int") + FILLED),
    Pair("a materialized view changes", A + FILLED, A + FILLED.replace("group by n", "where n > 0 group by n")),
    Pair("a materialized view gets an index", A + FILLED, A + FILLED + "create index m_many on m (many); comment on index m_many is 'x';"),
    Pair("a materialized view goes", A + FILLED, A),
    Pair("a view becomes a materialized one", A + VIEW, A + VIEW.replace("view", "materialized view")),
    Pair("a view with names and an option", A + "create view v (x, y) with (security_barrier) as select id, n from a where n > 0 with check option;", A + "create view v (x, y, z) as select id, n, word from a where n > 0 with local check option;"),
    Pair("a column under a star", A + "create view v as select * from a;" + UPON, A.replace("word text", "more int, word text") + "create view v as select * from a;" + UPON),
    Pair("a column goes under a star", A + "create view v as select * from a;" + UPON, A.replace(", word text", "") + "create view v as select * from a;" + UPON, gone("column", "word", Name("a"))),
    Pair("a column changes its type under views", A + VIEW + UPON + FILLED, A.replace("n int", "n bigint") + VIEW + UPON + FILLED),
    Pair("rights and comments of views", A + VIEW + UPON + "grant select on v, w to evolution_reader; comment on view w is 'x';", A + VIEW.replace("id, n", "n, id") + UPON + "grant select on v, w to evolution_reader; comment on view w is 'x';"),
    Pair("a trigger on a view", A + VIEW + TOUCH.format(1) + "create trigger t instead of insert on v for each row execute function touch();", A + VIEW.replace("id, n", "n, id") + TOUCH.format(1) + "create trigger t instead of insert on v for each row execute function touch();"),
    Pair("a rule on a view", A + VIEW + "create rule r as on insert to v do instead nothing;", A + VIEW.replace("id, n", "n, id") + "create rule r as on insert to v do instead nothing;"),
    Pair("a view comes before what it reads", "create view v as select 1 as id, 2 as n;", A + VIEW + UPON),
    Pair("a policy reads a view", A + VIEW + "create table t (id int primary key); alter table t enable row level security; create policy p on t using (exists (select from v where v.id = t.id));",
         A + VIEW.replace("id, n", "n, id") + "create table t (id int primary key); alter table t enable row level security; create policy p on t using (exists (select from v where v.id = t.id));"),
    Pair("a view reads a sequence and a function", A + "create sequence s; " + function("f") + "create view v as select f() as x, last_value from s;", A + "create sequence s; " + function("f", "select 2") + "create view v as select f() as x, last_value as y from s;"),
)  # fmt: skip

TYPES = (
    Pair("an enum gets a value", "create type mood as enum ('a', 'b'); create table t (id int primary key, m mood);", "create type mood as enum ('a', 'b', 'c'); create table t (id int primary key, m mood);"),
    Pair("an enum goes with its column", "create type mood as enum ('a', 'b'); create table t (id int primary key, m mood);", "create table t (id int primary key);", Hints(removals=(Removal("column", Name("t"), "m"), Removal("enum", None, "mood")))),
    Pair("a composite type comes", A, A + "create type pair as (x int, y text);"),
    Pair("a composite type changes, unused", A + "create type pair as (x int, y text);", A + "create type pair as (x int, y text, z int);"),
    Pair("a composite type gets an attribute under a function", A + "create type pair as (x int, y text);" + function("f", "select null::pair", "", "pair"), A + "create type pair as (x int, y text, z int);" + function("f", "select null::pair", "", "pair")),
    Pair("a composite type changes under a function", A + "create type pair as (x int, y text);" + function("f", "select null::pair", "", "pair"), A + "create type pair as (x int, y int);" + function("f", "select null::pair", "", "pair"), refused=True),
    Pair("a range type and a cast", A, A + "create type span as range (subtype = int);" + function("f", "select x.n", "x a", "int") + "create cast (a as int) with function f(a);"),
    Pair("a schema with everything in it", A, A + "create schema s; create table s.t (id int primary key references a); create view s.v as select id from s.t; grant usage on schema s to evolution_reader;"),
    Pair("a schema goes with everything in it", A + "create schema s; create table s.t (id int primary key references a); create view s.v as select id from s.t;", A, gone("table", "s.t")),
)  # fmt: skip

PAIRS = (*TABLES, *ROUTINES, *VIEWS, *TYPES)
