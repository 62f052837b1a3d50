"""What a catalog has beside tables, views, types and routines: each with the statement that makes it and the one that drops it."""

from collections.abc import Iterator

from bdc.catalog import OtherObject
from bdc.catalog.live.queries import OF_TABLES, of_no_extension, own
from bdc.catalog.live.tables import Row, is_usual, name_of, options
from bdc.ddl.names import Name, qualified, quote

_Q = "case when {1}.nspname = 'public' then quote_ident({0}) else format('%I.%I', {1}.nspname, {0}) end"


def _qualified(column: str, namespace: str = "n") -> str:
    return _Q.format(column, namespace)


_TABLE = "json_build_object('name', c.relname, 'schema', nullif(n.nspname, 'public'))"

COMPOSITES = f"""
select 'composite type' as kind, {_qualified("c.relname")} as key,
  format('create type %s as (%s)', {_qualified("c.relname")}, (
    select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) ||
      case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation else '' end, ', ' order by a.attnum)
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)) as definition,
  'drop type ' || {_qualified("c.relname")} as drop, null::json as "table"
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_type r on r.oid = c.reltype
where c.relkind = 'c' and n.nspname = any($1) and {own("pg_class", "c")} and {of_no_extension("pg_type", "r")}"""

RANGES = f"""
select 'range type', {_qualified("t.typname")},
  format('create type %s as range (subtype = %s, subtype_opclass = %s%s%s%s, multirange_type_name = %s)',
    {_qualified("t.typname")}, format_type(r.rngsubtype, null),
    (select format('%I.%I', o.opcnamespace::regnamespace::text, o.opcname) from pg_opclass o where o.oid = r.rngsubopc),
    case when r.rngcollation <> 0 then ', collation = ' || r.rngcollation::regcollation else '' end,
    case when r.rngcanonical <> 0 then ', canonical = ' || r.rngcanonical::regproc else '' end,
    case when r.rngsubdiff <> 0 then ', subtype_diff = ' || r.rngsubdiff::regproc else '' end,
    (select {_qualified("m.typname", "mn")} from pg_type m join pg_namespace mn on mn.oid = m.typnamespace
     where m.oid = r.rngmultitypid)),
  'drop type ' || {_qualified("t.typname")}, null
from pg_range r join pg_type t on t.oid = r.rngtypid join pg_namespace n on n.oid = t.typnamespace
where n.nspname = any($1) and {own("pg_type", "t")}"""

COLLATIONS = f"""
select 'collation', {_qualified("c.collname")},
  format('create collation %s (provider = %s, %s, deterministic = %s)', {_qualified("c.collname")},
    case c.collprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
    coalesce('locale = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')),
      format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype)), c.collisdeterministic),
  'drop collation ' || {_qualified("c.collname")}, null
from pg_collation c join pg_namespace n on n.oid = c.collnamespace
where n.nspname = any($1) and {own("pg_collation", "c")}"""

OPERATORS = f"""
select 'operator', format('%s.%s (%s, %s)', n.nspname, o.oprname,
    coalesce(format_type(nullif(o.oprleft, 0), null), 'none'), format_type(o.oprright, null)),
  format('create operator %I.%s (function = %s%s, rightarg = %s%s%s%s%s%s%s)', n.nspname, o.oprname, o.oprcode,
    case when o.oprleft <> 0 then ', leftarg = ' || format_type(o.oprleft, null) else '' end, format_type(o.oprright, null),
    case when o.oprcom <> 0 then ', commutator = operator(' || (select x.oprnamespace::regnamespace || '.' || x.oprname
      from pg_operator x where x.oid = o.oprcom) || ')' else '' end,
    case when o.oprnegate <> 0 then ', negator = operator(' || (select x.oprnamespace::regnamespace || '.' || x.oprname
      from pg_operator x where x.oid = o.oprnegate) || ')' else '' end,
    case when o.oprrest <> 0 then ', restrict = ' || o.oprrest else '' end,
    case when o.oprjoin <> 0 then ', join = ' || o.oprjoin else '' end,
    case when o.oprcanhash then ', hashes' else '' end, case when o.oprcanmerge then ', merges' else '' end),
  format('drop operator %I.%s (%s, %s)', n.nspname, o.oprname,
    coalesce(format_type(nullif(o.oprleft, 0), null), 'none'), format_type(o.oprright, null)), null
from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
where n.nspname = any($1) and o.oprcode <> 0 and {own("pg_operator", "o")}"""

CASTS = f"""
select 'cast', format('%s as %s', format_type(c.castsource, null), format_type(c.casttarget, null)),
  format('create cast (%s as %s) %s%s', format_type(c.castsource, null), format_type(c.casttarget, null),
    case c.castmethod when 'f' then 'with function ' || c.castfunc::regprocedure when 'i' then 'with inout'
      else 'without function' end,
    case c.castcontext when 'a' then ' as assignment' when 'i' then ' as implicit' else '' end),
  format('drop cast (%s as %s)', format_type(c.castsource, null), format_type(c.casttarget, null)), null
from pg_cast c where c.oid >= 16384 and cardinality($1::text[]) > 0 and {own("pg_cast", "c")}"""

STATISTICS = f"""
select 'statistics', {_qualified("s.stxname")}, pg_get_statisticsobjdef(s.oid), 'drop statistics ' || {_qualified("s.stxname")},
  (select {_TABLE} from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = s.stxrelid)
from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
where n.nspname = any($1) and {own("pg_statistic_ext", "s")}"""

RULES = f"""
select 'rule', format('%I on %s', r.rulename, {_qualified("c.relname")}), rtrim(pg_get_ruledef(r.oid, true), ';'),
  format('drop rule %I on %s', r.rulename, {_qualified("c.relname")}), {_TABLE}
from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
where r.rulename <> '_RETURN' and n.nspname = any($1) and {own("pg_class", "c")}"""

EVENT_TRIGGERS = f"""
select 'event trigger', quote_ident(e.evtname), format('create event trigger %I on %s%s execute function %s()', e.evtname, e.evtevent,
    ' when tag in (' || (select string_agg(quote_literal(t), ', ') from unnest(e.evttags) t) || ')', e.evtfoid::regproc),
  format('drop event trigger %I', e.evtname), null
from pg_event_trigger e where cardinality($1::text[]) > 0 and {own("pg_event_trigger", "e")}"""

INHERITANCE = f"""
select 'inheritance', format('%s from %s', {_qualified("c.relname")}, {_qualified("p.relname", "pn")}),
  format('alter table %s inherit %s', {_qualified("c.relname")}, {_qualified("p.relname", "pn")}),
  format('alter table %s no inherit %s', {_qualified("c.relname")}, {_qualified("p.relname", "pn")}), {_TABLE}
from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
where c.relkind = 'r' and not c.relispartition and n.nspname = any($1)"""

COLUMN_SETTINGS = f"""
select 'column settings', format('%s.%I', {_qualified("c.relname")}, a.attname),
  format('alter table %s %s', {_qualified("c.relname")}, concat_ws(', ',
    case when a.attstorage <> t.typstorage then format('alter column %I set storage %s', a.attname,
      case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end) end,
    case when a.attcompression <> '' then format('alter column %I set compression %s', a.attname,
      case a.attcompression when 'l' then 'lz4' else 'pglz' end) end,
    case when coalesce(a.attstattarget, -1) <> -1 then
      format('alter column %I set statistics %s', a.attname, a.attstattarget) end,
    case when a.attoptions is not null then
      format('alter column %I set (%s)', a.attname, array_to_string(a.attoptions, ', ')) end)), null, {_TABLE}
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped and n.nspname = any($1) and {own("pg_class", "c")}
  and (a.attstorage <> t.typstorage or a.attcompression <> '' or coalesce(a.attstattarget, -1) <> -1 or a.attoptions is not null)"""

TABLE_SETTINGS = f"""
select 'replica identity', {_qualified("c.relname")}, format('alter table %s replica identity %s', {_qualified("c.relname")},
    case c.relreplident when 'f' then 'full' when 'n' then 'nothing' else (select 'using index ' || quote_ident(x.relname)
      from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisreplident) end),
  format('alter table %s replica identity default', {_qualified("c.relname")}), {_TABLE}
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relreplident <> 'd' and n.nspname = any($1) and {own("pg_class", "c")}
union all
select 'clustered by', {_qualified("c.relname")}, format('alter table %s cluster on %I', {_qualified("c.relname")}, x.relname),
  format('alter table %s set without cluster', {_qualified("c.relname")}), {_TABLE}
from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class x on x.oid = i.indexrelid
where i.indisclustered and n.nspname = any($1) and {own("pg_class", "c")}"""

_OBJECTS = "case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end"
# What the role says of itself that reads the catalog, or that owns the system, is said of the owner wherever it is made.
_OWN = """d.defaclrole in (current_user::regrole::oid, coalesce((select nspowner from pg_namespace where nspname = 'app'), 0::oid))"""
_DEFAULT_HEAD = (
    f"'alter default privileges' || case when {_OWN} then '' else ' for role ' || quote_ident(pg_get_userbyid(d.defaclrole)) end"
    " || coalesce(' in schema ' || quote_ident(n.nspname), '')"
)
# One object per privilege: what is granted beside it changes nothing of it.
DEFAULT_PRIVILEGES = f"""
select 'default privileges', format('%s of %s%s: %s %s', {_OBJECTS}, case when {_OWN} then 'the owner' else quote_ident(pg_get_userbyid(d.defaclrole)) end,
    ' in ' || n.nspname, x.grantee, x.privilege),
  format('%s %s %s on %s %s %s%s', {_DEFAULT_HEAD}, x.verb, x.privilege, {_OBJECTS},
    case x.verb when 'grant' then 'to' else 'from' end, x.grantee, x.option),
  format('%s %s %s on %s %s %s', {_DEFAULT_HEAD}, case x.verb when 'grant' then 'revoke' else 'grant' end,
    x.privilege, {_OBJECTS}, case x.verb when 'grant' then 'from' else 'to' end, x.grantee), null
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
cross join lateral (
  select case when a.mine then 'grant' else 'revoke' end as verb, lower(a.privilege_type) as privilege,
    case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee,
    case when a.mine and a.grantable then ' with grant option' else '' end as option
  from (
    select (y).grantee, (y).privilege_type, bool_or(mine) as mine, bool_and(mine) as only_mine, bool_and(not mine) as only_usual,
      bool_or((y).is_grantable) as grantable from (
      select aclexplode(d.defaclacl) as y, true as mine
      union all select aclexplode(acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole)), false
        where d.defaclnamespace = 0) z group by 1, 2) a
  where a.only_mine or a.only_usual) x
where (n.nspname is null and cardinality($1::text[]) > 0) or n.nspname = any($1)"""

PUBLICATIONS = f"""
select 'publication', quote_ident(p.pubname), format('create publication %I%s with (publish = %L%s)', p.pubname,
    (select ' for table ' || string_agg({_qualified("c.relname")} || coalesce(' (' || (
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any(r.prattrs)) || ')', '')
        || coalesce(' where (' || pg_get_expr(r.prqual, r.prrelid) || ')', ''), ', ' order by n.nspname, c.relname)
      from pg_publication_rel r join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace
      where r.prpubid = p.oid),
    concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
      case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
    case when p.pubviaroot then ', publish_via_partition_root = true' else '' end),
  format('drop publication %I', p.pubname), null
from pg_publication p where cardinality($1::text[]) > 0 and {OF_TABLES.format("p")} and {own("pg_publication", "p")}"""

CLOSED_TYPES = f"""
select 'rights on type', {_qualified("t.typname")}, concat_ws('; ',
    case when not exists (select from aclexplode(t.typacl) x where x.grantee = 0) then
      format('revoke usage on type %s from public', {_qualified("t.typname")}) end,
    (select format('grant usage on type %s to %s', {_qualified("t.typname")},
       string_agg(quote_ident(pg_get_userbyid(x.grantee)), ', ' order by pg_get_userbyid(x.grantee)))
     from aclexplode(t.typacl) x where x.grantee not in (0, t.typowner) having count(*) > 0)), null, null
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typacl is not null and t.typtype in ('e', 'd') and n.nspname = any($1) and {own("pg_type", "t")}"""

OTHERS = "\nunion all\n".join(
    f"({query})"
    for query in (
        COMPOSITES,
        RANGES,
        COLLATIONS,
        OPERATORS,
        CASTS,
        STATISTICS,
        RULES,
        EVENT_TRIGGERS,
        INHERITANCE,
        COLUMN_SETTINGS,
        TABLE_SETTINGS,
        DEFAULT_PRIVILEGES,
        PUBLICATIONS,
        CLOSED_TYPES,
    )
)


def others(
    rows: list[Row],
    relations: list[Row],
    parts: dict[str, dict[int, list[Row]]],
    routines: list[Row],
) -> tuple[OtherObject, ...]:
    """Return what `OTHERS` found, and what of tables, keys and routines their models have no words for."""
    found = [
        OtherObject(
            kind=row["kind"],
            key=row["key"],
            definition=row["definition"].strip() + ";",
            drop=row["drop"],
            table=name_of(row["table"]) if row["table"] else None,
        )
        for row in rows
    ]
    tables = [row for row in relations if row["kind"] in ("r", "p")]
    for row in tables:
        found += _constraints(row, parts)
    found += [_closed(row) for row in routines if _is_closed(row)]
    return tuple(sorted(found, key=lambda each: (each.kind, each.refers, each.key)))


def _constraints(row: Row, parts: dict[str, dict[int, list[Row]]]) -> Iterator[OtherObject]:
    table = name_of(row["name"])
    for found in parts["constraints"][row["oid"]]:
        if not is_usual(found):
            yield OtherObject(
                kind="constraint",
                key=f"{qualified(table)}.{quote(found['name'])}",
                definition=f"alter table {qualified(table)} add constraint {quote(found['name'])} {found['definition']};",
                drop=f"alter table {qualified(table)} drop constraint {quote(found['name'])}",
                table=table,
            )
    for found in parts["indexes"][row["oid"]]:
        if found["constraint"] and found["options"]:
            index = qualified(Name(found["name"], table.schema))
            yield OtherObject(
                kind="index options",
                key=index,
                definition=f"alter index {index} set ({options(found['options'])});",
                table=table,
            )


def _is_closed(row: Row) -> bool:
    return bool(row["closed"]) and all(right["role"] != "public" for right in row["rights"] or ())


def _closed(row: Row) -> OtherObject:
    kind = "procedure" if row["kind"] == "p" else "function"
    what = f"{kind} {qualified(name_of(row['name']))}({row['signature']})"
    return OtherObject(
        kind="revoke",
        key=f"execute on {what} from public",
        definition=f"revoke execute on {what} from public;",
        drop=f"grant execute on {what} to public",
    )
