"""What is asked of the catalog, one query per kind of object, whatever the number of tables. Each answers rows of one JSON object.

`$1` is the names of the schemas. Names are `{"name", "schema"}` with no schema for `public`; members of extensions are left out.
Columns that older servers lack are read through `to_jsonb(row)`. The queries follow PostgreSQL's own `ruleutils.c` in what is
usual (and so left unsaid): operator class, collation, order of nulls.
"""

# Objects that an extension brought are the extension's.
_OWN = "not exists (select from pg_depend d where d.classid = '{0}'::regclass and d.objid = {1}.oid and d.deptype = any({2}))"
_NAME = "json_build_object('name', {0}, 'schema', nullif({1}.nspname, 'public'))"
_COLUMNS = (
    "coalesce((select json_agg(a.attname order by k.n) from unnest({0}) with ordinality k (num, n)"
    " join pg_attribute a on a.attrelid = {1} and a.attnum = k.num), '[]')"
)
_OPTIONS = (
    "(select json_agg(json_build_array(split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)) order by n)"
    " from unnest({0}) with ordinality u (o, n))"
)
# One privilege of one role, in `acl` of an object owned by `owner`; the owner's own are implied.
_RIGHTS = """(
  select json_agg(json_build_object(
    'role', case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee) end,
    'privilege', lower(x.privilege_type), 'grantable', x.is_grantable))
  from aclexplode({0}) x where x.grantee <> {1})"""


def own(catalog: str, alias: str) -> str:
    """Return the condition that no extension, and no type, has brought the row `alias` of `catalog`."""
    return _OWN.format(catalog, alias, "'{e}'" if catalog == "pg_class" else "'{e,i}'")


def of_no_extension(catalog: str, alias: str) -> str:
    """Return the condition that no extension has brought the row `alias` of `catalog`."""
    return _OWN.format(catalog, alias, "'{e}'")


def name(column: str, namespace: str = "n") -> str:
    """Return the JSON of a name."""
    return _NAME.format(column, namespace)


SCHEMAS = f"""
select n.nspname as name, nullif(obj_description(n.oid, 'pg_namespace'), 'standard public schema') as comment,
  {_RIGHTS.format("n.nspacl", "n.nspowner")} as rights
from pg_namespace n
where case when $1::text[] is null
  then n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and {own("pg_namespace", "n")}
  else n.nspname = any($1) end
order by 1"""

EXTENSIONS = """
select e.extname as name, nullif(n.nspname, 'public') as schema
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname <> 'plpgsql' and cardinality($1::text[]) > 0
order by e.oid"""

ENUMS = f"""
select {name("t.typname")} as name, obj_description(t.oid, 'pg_type') as comment,
  coalesce((select json_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid), '[]') as labels
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e' and n.nspname = any($1) and {own("pg_type", "t")}
order by n.nspname, t.typname"""

DOMAINS = f"""
select {name("t.typname")} as name, obj_description(t.oid, 'pg_type') as comment, t.oid::int8 as oid,
  t.typbasetype::int8 as base, format_type(t.typbasetype, t.typtypmod) as type, t.typnotnull as not_null,
  pg_get_expr(t.typdefaultbin, 0) as default,
  case when t.typcollation <> b.typcollation then t.typcollation::regcollation::text end as collation,
  (select json_agg(json_build_object('name', c.conname, 'condition', pg_get_expr(c.conbin, 0), 'valid', c.convalidated,
     'comment', obj_description(c.oid, 'pg_constraint')) order by c.conname)
   from pg_constraint c where c.contypid = t.oid and c.contype = 'c') as checks
from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_type b on b.oid = t.typbasetype
where t.typtype = 'd' and n.nspname = any($1) and {own("pg_type", "t")}
order by n.nspname, t.typname"""

# Publications of named tables, which their owner may make; `{0}` stands for pg_publication.
OF_TABLES = (
    "(not {0}.puballtables and not exists (select from pg_publication_namespace m where m.pnpubid = {0}.oid))"
)

SEQUENCES = f"""
select {name("c.relname")} as name, obj_description(c.oid, 'pg_class') as comment, format_type(s.seqtypid, null) as type,
  s.seqincrement as increment, s.seqmin as min, s.seqmax as max, s.seqstart as start, s.seqcache as cache, s.seqcycle as cycle,
  c.relpersistence = 'u' as unlogged, i.deptype = 'i' as identity,
  case when r.oid is not null then json_build_array({name("r.relname", "rn")}, a.attname) end as owner,
  {_RIGHTS.format("c.relacl", "c.relowner")} as rights
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
left join pg_depend i on i.classid = 'pg_class'::regclass and i.objid = c.oid and i.deptype in ('a', 'i')
  and i.refclassid = 'pg_class'::regclass and i.refobjsubid > 0
left join pg_class r on r.oid = i.refobjid left join pg_namespace rn on rn.oid = r.relnamespace
left join pg_attribute a on a.attrelid = r.oid and a.attnum = i.refobjsubid
where n.nspname = any($1) and {own("pg_class", "c")}
order by n.nspname, c.relname"""

RELATIONS = f"""
select c.oid::int8 as oid, {name("c.relname")} as name, c.relkind as kind, c.relpersistence = 'u' as unlogged,
  {_OPTIONS.format("c.reloptions")} as options, {_OPTIONS.format("t.reloptions")} as toast,
  obj_description(c.oid, 'pg_class') as comment, c.relrowsecurity as row_security,
  c.relforcerowsecurity as force_row_security, {_RIGHTS.format("c.relacl", "c.relowner")} as rights,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_by,
  case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as bound,
  case when c.relispartition then {name("p.relname", "pn")} end as parent,
  case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid, true) end as query
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = c.reltoastrelid
left join pg_inherits i on c.relispartition and i.inhrelid = c.oid
left join pg_class p on p.oid = i.inhparent left join pg_namespace pn on pn.oid = p.relnamespace
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname = any($1) and {own("pg_class", "c")}
  and not (c.relispartition and n.nspname = 'app')  -- a job has made it
order by n.nspname, c.relname"""

COLUMNS = f"""
select a.attrelid::int8 as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as default,
  case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
  case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generated, a.attgenerated = 'v' as virtual,
  case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
  col_description(a.attrelid, a.attnum) as comment, {_RIGHTS.format("a.attacl", "c.relowner")} as rights
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm') and n.nspname = any($1)
order by a.attrelid, a.attnum"""

CONSTRAINTS = f"""
select c.conrelid::int8 as relation, c.conname as name, c.contype as kind, c.conindid::int8 as index,
  {_COLUMNS.format("c.conkey", "c.conrelid")} as columns, c.condeferrable as deferrable, c.condeferred as deferred,
  c.convalidated as valid, c.connoinherit as no_inherit, obj_description(c.oid, 'pg_constraint') as comment,
  case when c.contype = 'c' then pg_get_expr(c.conbin, c.conrelid) end as condition,
  case when c.confrelid <> 0 then {name("f.relname", "fn")} end as target,
  {_COLUMNS.format("c.confkey", "c.confrelid")} as target_columns, c.confupdtype as on_update, c.confdeltype as on_delete,
  c.confmatchtype = 'f' as match_full,
  (select json_agg(a.attname order by k.n) from jsonb_array_elements_text(nullif(to_jsonb(c) -> 'confdelsetcols', 'null'))
     with ordinality k (num, n) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num::int) as set_null_columns,
  (select json_agg(case when o.oprnamespace = 'pg_catalog'::regnamespace then o.oprname
     else 'operator(' || o.oprnamespace::regnamespace || '.' || o.oprname || ')' end order by k.n)
   from unnest(c.conexclop) with ordinality k (id, n) join pg_operator o on o.oid = k.id) as operators,
  coalesce((to_jsonb(c) ->> 'conperiod')::bool, false) or not coalesce((to_jsonb(c) ->> 'conenforced')::bool, true)
    or (r.relispartition and c.contype in ('p', 'u', 'x')) as unusual,
  pg_get_constraintdef(c.oid) as definition, {name("r.relname")} as table
from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
left join pg_class f on f.oid = c.confrelid left join pg_namespace fn on fn.oid = f.relnamespace
where c.contype in ('p', 'u', 'c', 'f', 'x') and c.conparentid = 0
  and not (r.relispartition and c.coninhcount > 0) and n.nspname = any($1)
  and {own("pg_class", "r")}
order by c.conrelid, c.conname"""

INDEXES = f"""
select i.indrelid::int8 as relation, i.indexrelid::int8 as oid, c.relname as name, i.indisunique as unique, m.amname as method,
  i.indisvalid as valid, coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false) as nulls_not_distinct,
  {_OPTIONS.format("c.reloptions")} as options, pg_get_expr(i.indpred, i.indrelid) as where,
  obj_description(c.oid, 'pg_class') as comment,
  exists (select from pg_constraint x where x.conindid = i.indexrelid and x.contype in ('p', 'u', 'x')) as constraint,
  (select json_agg(json_build_object(
     'column', t.attname, 'expression', case when t.attname is null then pg_get_indexdef(i.indexrelid, k.n::int, false) end,
     'included', k.n > i.indnkeyatts, 'option', i.indoption[k.n - 1],
     'operator_class', case when not o.opcdefault or a.attoptions is not null then
        case when pg_opclass_is_visible(o.oid) then quote_ident(o.opcname)
          else format('%I.%I', o.opcnamespace::regnamespace::text, o.opcname) end
        || coalesce('(' || array_to_string(a.attoptions, ', ') || ')', '') end,
     'collation', case when i.indcollation[k.n - 1] not in (0, coalesce(t.attcollation, 100))
        then i.indcollation[k.n - 1]::regcollation::text end) order by k.n)
   from unnest(i.indkey) with ordinality k (num, n)
   join pg_attribute a on a.attrelid = i.indexrelid and a.attnum = k.n
   left join pg_attribute t on k.num > 0 and t.attrelid = i.indrelid and t.attnum = k.num
   left join pg_opclass o on o.oid = i.indclass[k.n - 1]) as keys
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class r on r.oid = i.indrelid
join pg_namespace n on n.oid = r.relnamespace join pg_am m on m.oid = c.relam
where r.relkind in ('r', 'p', 'm') and n.nspname = any($1) and {own("pg_class", "r")}
  and not exists (select from pg_inherits h where h.inhrelid = i.indexrelid)
order by i.indrelid, c.relname"""

TRIGGERS = f"""
select t.tgrelid::int8 as relation, t.tgname as name, pg_get_triggerdef(t.oid, true) as definition, {name("p.proname", "pn")} as function,
  case t.tgenabled when 'D' then 'disabled' when 'A' then 'always' when 'R' then 'replica' else 'origin' end as enabled,
  obj_description(t.oid, 'pg_trigger') as comment
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
join pg_proc p on p.oid = t.tgfoid join pg_namespace pn on pn.oid = p.pronamespace
where not t.tgisinternal and coalesce((to_jsonb(t) ->> 'tgparentid')::int8, 0) = 0 and n.nspname = any($1)
  and {own("pg_class", "c")}
order by t.tgrelid, t.tgname"""

POLICIES = f"""
select p.polrelid::int8 as relation, p.polname as name, not p.polpermissive as restrictive,
  case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end as command,
  (select json_agg(case when r.id = 0 then 'public' else pg_get_userbyid(r.id) end order by r.id <> 0, pg_get_userbyid(r.id))
   from unnest(p.polroles) r (id)) as roles,
  pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as check,
  obj_description(p.oid, 'pg_policy') as comment
from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and {own("pg_class", "c")}
order by p.polrelid, p.polname"""

ROUTINES = f"""
select {name("p.proname")} as name, oidvectortypes(p.proargtypes) as signature, p.prokind as kind,
  case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end as definition, obj_description(p.oid, 'pg_proc') as comment,
  p.proowner::int8 as owner, p.proacl is not null as closed, {_RIGHTS.format("p.proacl", "p.proowner")} as rights,
  case when p.prokind = 'a' then (select json_build_object('arguments', pg_get_function_arguments(p.oid), 'kind', g.aggkind,
     'sfunc', g.aggtransfn::regproc::text, 'stype', format_type(g.aggtranstype, null), 'sspace', g.aggtransspace,
     'finalfunc', nullif(g.aggfinalfn::oid, 0)::regproc::text, 'finalfunc_extra', g.aggfinalextra,
     'combinefunc', nullif(g.aggcombinefn::oid, 0)::regproc::text, 'serialfunc', nullif(g.aggserialfn::oid, 0)::regproc::text,
     'deserialfunc', nullif(g.aggdeserialfn::oid, 0)::regproc::text, 'initcond', g.agginitval,
     'msfunc', nullif(g.aggmtransfn::oid, 0)::regproc::text, 'minvfunc', nullif(g.aggminvtransfn::oid, 0)::regproc::text,
     'mstype', case when g.aggmtranstype <> 0 then format_type(g.aggmtranstype, null) end, 'minitcond', g.aggminitval,
     'mfinalfunc', nullif(g.aggmfinalfn::oid, 0)::regproc::text,
     'sortop', (select 'operator(' || o.oprnamespace::regnamespace || '.' || o.oprname || ')' from pg_operator o where o.oid = g.aggsortop),
     'parallel', p.proparallel)
   from pg_aggregate g where g.aggfnoid = p.oid) end as aggregate
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = any($1) and {own("pg_proc", "p")}
order by p.prokind = 'a', n.nspname, p.proname, 2"""

# A view after what it reads.
VIEW_ORDER = """
select distinct r.ev_class::int8 as view, d.refobjid::int8 as reads
from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
  and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
join pg_class f on f.oid = d.refobjid and f.relkind in ('v', 'm')
where c.relkind in ('v', 'm') and n.nspname = any($1)"""
