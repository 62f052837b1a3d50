"""Rules, rights, triggers, views, types, partitions, and everything under another name."""

from bdc.ddl.names import Name
from bdc.plan import Hints, Removal, Rename
from tests.plan.pair import CUSTOMER, ORDER, Pair, T, gone, renamed

ROLES_GIVE = "alter default privileges in schema public grant {};"
OBJECTS = (
    Pair(
        "row security comes",
        CUSTOMER,
        "alter table customer enable row level security; alter table customer force row level security; create policy p on customer for select using (age > 1); create policy q on customer as restrictive using (id > 0); grant select on customer to reader",
    ),
    Pair(
        "policy changes",
        CUSTOMER
        + "alter table customer enable row level security; create policy p on customer for select using (age > 1);",
        "drop policy p on customer; create policy p on customer for select using (age > 2)",
    ),
    Pair(
        "policies change together",
        CUSTOMER
        + "alter table customer enable row level security; create policy p on customer for select using (age > 1); create policy r on customer as restrictive using (id > 1);",
        "drop policy p on customer; create policy p on customer for select using (age > 2); drop policy r on customer; create policy r on customer as restrictive using (id > 2)",
    ),
    Pair(
        "row security goes",
        CUSTOMER
        + "alter table customer enable row level security; create policy p on customer for select using (age > 1);",
        "drop policy p on customer; alter table customer disable row level security",
    ),
    Pair(
        "rights change",
        CUSTOMER + "grant select, update (age) on customer to reader;",
        "revoke select on customer from reader; revoke update (age) on customer from reader; grant insert, update (name) on customer to reader",
    ),
    Pair(
        "trigger comes",
        CUSTOMER,
        "create function stamp() returns trigger language plpgsql as $$ begin return new; end $$; create trigger t before update of age on customer for each row execute function stamp()",
    ),
    Pair(
        "trigger and function change",
        CUSTOMER
        + "create function stamp() returns trigger language plpgsql as $$ begin return new; end $$; create trigger t before update of age on customer for each row execute function stamp();",
        "create or replace function stamp() returns trigger language plpgsql as $$ begin return null; end $$; create or replace trigger t before insert on customer for each row execute function stamp()",
    ),
    Pair(
        "trigger goes",
        CUSTOMER
        + "create function stamp() returns trigger language plpgsql as $$ begin return new; end $$; create trigger t before update of age on customer for each row execute function stamp();",
        "drop trigger t on customer; drop function stamp()",
    ),
    Pair(
        "function with another result",
        "create function f(a int) returns int language sql as $$ select a $$;",
        "drop function f(int); create function f(b int) returns bigint language sql as $$ select b::bigint $$",
    ),
    Pair(
        "view comes",
        CUSTOMER,
        "create view v as select id, name from customer; create materialized view m as select count(*) as n from customer; create unique index on m (n)",
    ),
    Pair(
        "view changes under another",
        CUSTOMER + "create view v as select id, name from customer; create view w as select id from v;",
        "drop view v cascade; create view v as select age, id from customer; create view w as select id from v",
    ),
    Pair("view goes", CUSTOMER + "create view v as select id, name from customer;", "drop view v"),
    Pair(
        "enum comes",
        CUSTOMER,
        "create type mood as enum ('sad', 'glad'); alter table customer add mood mood not null default 'sad'",
    ),
    Pair(
        "enum gets values",
        CUSTOMER
        + "create type mood as enum ('sad', 'glad'); alter table customer add mood mood default 'sad';",
        "alter type mood add value 'so so' after 'sad'; alter type mood add value 'mad' before 'sad'; alter type mood add value 'ecstatic'",
    ),
    Pair(
        "default privileges widen, and get the grant option",
        ROLES_GIVE.format("select on tables to reader"),
        ROLES_GIVE.format("insert, select on tables to reader with grant option"),
    ),
    Pair(
        "default privileges narrow, one of them stays",
        ROLES_GIVE.format("all on tables to reader")
        + ROLES_GIVE.format("usage on sequences to reader, public"),
        "alter default privileges in schema public revoke all on tables from reader;"
        + ROLES_GIVE.format("select on tables to reader")
        + "alter default privileges in schema public revoke usage on sequences from public;",
    ),
    Pair(
        "default privileges are taken from everybody, and given back",
        "alter default privileges revoke execute on functions from public;",
        "alter default privileges grant execute on functions to public; alter default privileges revoke usage on types from public;",
    ),
    Pair(
        "domain over a row, and a table with it",
        CUSTOMER,
        "create table base (); create domain over_row as base; create table aaa (id int primary key, d over_row)",
    ),
    Pair(
        "domain over a row goes with its tables",
        "create table base (id int); create domain over_row as base; create table aaa (id int primary key, d over_row);",
        "drop table aaa; drop domain over_row; drop table base",
        Hints(
            removals=(
                Removal("table", None, "aaa"),
                Removal("table", None, "base"),
                Removal("domain", None, "over_row"),
            )
        ),
        back=False,
    ),
    Pair("domain", CUSTOMER, "create domain age as int check (value > 0) default 3"),
    Pair(
        "domain in arrays gets stricter",
        "create domain age as int check (value > 0); create table d (id int primary key, a age[])",
        "drop table d; alter domain age add constraint more check (value > 3); create table d (id int primary key, a age[])",
        refused="E501",
    ),
    Pair(
        "domain is left",
        "create domain age as smallint check (value > 0); create table d (id int primary key, a age not null default 2, b age); create index on d (a); insert into d values (1, 4, null);",
        "alter table d alter a type smallint; alter table d add constraint c check (a > 0); alter table d alter b type bigint",
    ),
    Pair(
        "domain changes",
        CUSTOMER
        + "create domain age as int constraint c check (value > 0) default 3; create table d (a age); insert into d values (4);",
        "alter domain age drop constraint c; alter domain age add constraint c check (value > 1); alter domain age drop default",
    ),
    Pair("sequence", CUSTOMER, "create sequence s increment by 5 cache 3"),
    Pair(
        "sequence changes",
        "create sequence s increment by 5 cache 3;",
        "alter sequence s increment by 2 cache 1 maxvalue 1000 cycle",
    ),
    Pair("sequence goes", "create sequence s increment by 5 cache 3;", "drop sequence s"),
    Pair(
        "schema",
        CUSTOMER,
        "create schema app; grant usage on schema app to reader; create table app.thing (id int primary key)",
    ),
    Pair(
        "schema goes",
        "create schema app; create table app.thing (id int primary key);",
        "drop schema app cascade",
        gone("table", None, "app.thing"),
    ),
    Pair(
        "comments",
        CUSTOMER,
        "comment on table customer is 'who buys'; comment on column customer.age is 'years'; comment on constraint customer_pkey on customer is 'k'",
    ),
    Pair(
        "comments change",
        CUSTOMER + "comment on table customer is 'who'; comment on column customer.age is 'years';",
        "comment on table customer is null; comment on column customer.age is 'in years'",
    ),
    Pair(
        "storage",
        CUSTOMER + "alter table customer set (fillfactor = 70);",
        "alter table customer reset (fillfactor); alter table customer set (autovacuum_enabled = false); alter table customer set unlogged",
    ),
    Pair(
        "wider text",
        "create table t (a varchar(10), b varchar(5)); insert into t values ('x', 'y'); create view v as select a from t;",
        "drop view v; alter table t alter a type text, alter b type varchar(50); create view v as select a from t",
    ),
    Pair(
        "int to bigint",
        CUSTOMER
        + "create index by_age on customer (age); create view v as select age from customer where age > 3; alter table customer add check (age > -1);",
        "drop view v; alter table customer alter age type bigint; create view v as select age from customer where age > 3",
    ),
    Pair(
        "key to bigint under a reference",
        "create table p (id int primary key); insert into p values (1), (2); create table c (id serial primary key, p int not null references p); insert into c (p) values (1), (2);",
        "alter table p alter id type bigint; alter table c alter p type bigint",
    ),
    Pair(
        "text to integer",
        "create table t (id int primary key, a text not null default '1'); insert into t values (1, '12');",
        "alter table t alter a drop default; alter table t alter a type int using a::int; alter table t alter a set default 1",
    ),
    Pair(
        "text to enum",
        "create type mood as enum ('sad', 'glad'); create table t (id int primary key, a text not null default 'sad'); insert into t values (1, 'glad');",
        "alter table t alter a drop default; alter table t alter a type mood using a::mood; alter table t alter a set default 'sad'",
    ),
    Pair(
        "partition comes",
        "create table e (id int, at date) partition by range (at); create table e1 partition of e for values from ('2026-01-01') to ('2026-02-01'); insert into e values (1, '2026-01-05');",
        "create table e2 partition of e for values from ('2026-02-01') to ('2026-03-01'); create index by_id on e (id)",
    ),
    Pair(
        "partitioned table changes",
        "create table e (id int, at date) partition by range (at); create table e1 partition of e for values from ('2026-01-01') to ('2026-02-01'); insert into e values (1, '2026-01-05');",
        "alter table e add word text; alter table e add constraint c check (id > 0); alter table e add constraint u unique (id, at)",
    ),
    Pair(
        "partition beside one for the rest",
        "create table e (id int, at date) partition by range (at); create table rest partition of e default; create table e1 partition of e for values from ('2026-01-01') to ('2026-02-01'); insert into e values (1, '2026-01-05'), (2, '2026-07-07');",
        "create table e2 partition of e for values from ('2026-02-01') to ('2026-03-01'); drop table e1",
        gone("table", None, "e1"),
    ),
    Pair(
        "parts of a list beside one for the rest",
        """create table "E e" (id int, "At" text) partition by list ("At"); create table rest partition of "E e" default; insert into "E e" values (1, null), (2, 'x');""",
        """create table one partition of "E e" for values in ('a', 'it''s'); create table two partition of "E e" for values in ('b');""",
    ),
    Pair(
        "partitioned table refers",
        """create table t (id int primary key); create table e (id int, at date, t_id int) partition by range (at);
        create table e1 partition of e for values from ('2026-01-01') to ('2026-02-01') partition by list (id);
        create table e11 partition of e1 for values in (1); create table e12 partition of e1 default;
        create table e2 partition of e default; insert into t values (1); insert into e values (1, '2026-01-05', 1), (2, '2027-01-01', null);""",
        "alter table e add constraint fk foreign key (t_id) references t on delete cascade",
    ),
    Pair(
        "partitioned table gets keys",
        """create table e (id int, at date not null, word text, constraint once unique (at, word)) partition by range (at);
        create table e1 partition of e for values from ('2026-01-01') to ('2026-02-01') partition by list (at);
        create table e11 partition of e1 for values in ('2026-01-02'); create table e12 partition of e1 default;
        create table e2 partition of e default; insert into e values (1, '2026-01-05', 'x'), (2, '2027-01-01', null);""",
        """alter table e add constraint u unique nulls not distinct (id, at), drop constraint once, add constraint once unique (word, at) deferrable;
        alter table e alter id set not null, add primary key (at, id)""",
    ),
    Pair(
        "partition goes",
        "create table e (id int, at date) partition by range (at); create table e1 partition of e for values from ('2026-01-01') to ('2026-02-01'); insert into e values (1, '2026-01-05');",
        "drop table e1",
        gone("table", None, "e1"),
    ),
    Pair(
        "enum loses a value",
        CUSTOMER
        + "create type mood as enum ('sad', 'glad', 'mad'); alter table customer add mood mood default 'sad', add check (mood <> 'mad'); create index by_mood on customer (mood) where mood = 'glad';",
        "create type mood2 as enum ('glad', 'sad'); drop index by_mood; alter table customer drop constraint customer_mood_check; alter table customer alter mood drop default; alter table customer alter mood type mood2 using mood::text::mood2; alter table customer alter mood set default 'sad'; drop type mood; alter type mood2 rename to mood; create index by_mood on customer (mood) where mood = 'glad'",
        Hints(removals=(Removal("enum value", Name("mood"), "mad"),)),
    ),
    Pair(
        "enum of two tables loses a value",
        "create type mood as enum ('sad', 'glad', 'mad'); create table a (id int primary key, m mood default 'sad', l mood[]); create table b (id int primary key, m mood not null); insert into a values (1, 'mad', '{mad,sad}'); insert into b values (1, 'glad');",
        "create type mood2 as enum ('sad', 'glad'); alter table a alter m drop default; alter table a alter m type mood2 using 'sad', alter l type mood2[] using null; alter table b alter m type mood2 using m::text::mood2; drop type mood; alter type mood2 rename to mood; alter table a alter m set default 'sad'",
        renamed("enum value", Name("mood"), "mad", "sad"),
    ),
    Pair(
        "column renamed",
        CUSTOMER
        + "create index by_name on customer (name); alter table customer add constraint one_name unique (name), add constraint named check (name <> ''); alter table customer alter name set default 'x'; grant update (name) on customer to reader; create view v as select name from customer;",
        "alter table customer rename name to title; alter index by_name rename to by_title; drop view v; create view v as select title from customer",
        renamed("column", T, "name", "title"),
    ),
    Pair(
        "key renamed",
        CUSTOMER
        + ORDER
        + 'alter table "order" add constraint fk foreign key (customer_id) references customer (id); create view v as select id from customer;',
        "alter table customer rename id to number",
        renamed("column", T, "id", "number"),
    ),
    Pair(
        "reference renamed",
        CUSTOMER
        + ORDER
        + 'alter table "order" add constraint fk foreign key (customer_id) references customer (id);',
        'alter table "order" rename customer_id to buyer_id',
        renamed("column", Name("order"), "customer_id", "buyer_id"),
    ),
    Pair(
        "column renamed, and of another type",
        CUSTOMER,
        "alter table customer rename age to years; alter table customer alter years type text",
        renamed("column", T, "age", "years"),
    ),
    Pair(
        "table renamed",
        CUSTOMER
        + ORDER
        + 'alter table "order" add constraint fk foreign key (customer_id) references customer (id); alter table customer enable row level security; create policy p on customer using (age > (select min(c.age) from customer c)); create view v as select name from customer; grant select on customer to reader;',
        "alter table customer rename to client; alter table client rename constraint customer_pkey to client_pkey; alter table client drop age cascade; create policy p on client using (id > 1)",
        Hints(
            renames=(Rename("table", None, "customer", "client"),),
            removals=(Removal("column", Name("client"), "age"),),
        ),
    ),
    Pair(
        "table renamed, and a question about its rows",
        CUSTOMER,
        "alter table customer rename to client; alter table client rename id to number; alter table client alter age set not null, add check (number > 0)",
        Hints(
            renames=(
                Rename("table", None, "customer", "client"),
                Rename("column", Name("client"), "id", "number"),
            )
        ),
    ),
    Pair(
        "table with a serial renamed",
        "create table t (id serial primary key); insert into t default values;",
        "alter table t rename to u; alter sequence t_id_seq rename to u_id_seq; alter table u rename constraint t_pkey to u_pkey",
        renamed("table", None, "t", "u"),
    ),
    Pair(
        "table to another schema",
        CUSTOMER,
        "create schema shop; alter table customer set schema shop",
        renamed("table", None, "customer", "shop.customer"),
    ),
    Pair(
        "enum and its value renamed",
        CUSTOMER
        + "create type mood as enum ('sad', 'glad'); alter table customer add mood mood default 'sad';",
        "alter type mood rename value 'sad' to 'blue'; alter type mood rename to spirit",
        Hints(
            renames=(
                Rename("enum", None, "mood", "spirit"),
                Rename("enum value", Name("spirit"), "sad", "blue"),
            )
        ),
    ),
    Pair(
        "checked value renamed",
        "create table t (id int primary key, s text constraint c check (s in ('a', 'b'))); insert into t values (1, 'a'), (2, 'b');",
        "alter table t drop constraint c; update t set s = 'z' where s = 'a'; alter table t add constraint c check (s in ('z', 'b'))",
        Hints(renames=(Rename("enum value", Name("t"), "a", "z", "s"),)),
    ),
    Pair(
        "members renamed",
        CUSTOMER
        + "create index by_age on customer (age); alter table customer enable row level security; create policy p on customer using (true);",
        "alter index by_age rename to age_index; alter policy p on customer rename to q",
        renamed("policy", T, "p", "q"),
    ),
    Pair(
        "forced row security and an archive",
        CUSTOMER + "alter table customer enable row level security, force row level security;",
        "alter table customer drop age",
        gone("column", T, "age"),
    ),
    Pair("renamed without a word", CUSTOMER, "alter table customer rename name to title", refused="E502"),
    Pair("table renamed without a word", CUSTOMER, "alter table customer rename to client", refused="E502"),
    Pair("table goes unsaid", CUSTOMER, "drop table customer", refused="E503"),
    Pair(
        "required, and nothing to give",
        CUSTOMER,
        "alter table customer add nick text not null default ''; alter table customer alter nick drop default",
        refused="E504",
    ),
)
