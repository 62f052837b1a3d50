"""The schema as PostgreSQL describes it: one line per object, to see what somebody changed by hand."""

import asyncpg

# What is not ours: PostgreSQL's own schemas, those of extensions' objects, the functions of releases, and the runner's ledger.
_CATALOG = """
with place as (
  select oid, nspname from pg_namespace
  where nspname !~ '^pg_' and nspname <> 'information_schema' and coalesce(obj_description(oid, 'pg_namespace'), '') !~ '^release '
), relation as (
  select c.oid, n.nspname || '.' || c.relname as name, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relacl
  from pg_class c join place n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and (n.nspname, c.relname) <> ('app', 'migration_operation')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    -- Partitions in `app` are made by a job while the system runs.
    and not (c.relispartition and n.nspname = 'app')
), described (object, definition) as (
  select 'table ' || name, concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity,
      (select string_agg(acl::text, ' ' order by acl::text) from unnest(relacl) acl)) from relation
  union all
  select 'column ' || r.name || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
      pg_get_expr(d.adbin, d.adrelid), (select string_agg(acl::text, ' ' order by acl::text) from unnest(a.attacl) acl))
    from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select 'constraint ' || r.name || '.' || c.conname, concat_ws(' ', pg_get_constraintdef(c.oid), c.convalidated)
    from relation r join pg_constraint c on c.conrelid = r.oid
    where not exists (select from pg_class p where p.oid = c.confrelid and p.relispartition and p.relnamespace = 'app'::regnamespace)
  union all
  select 'index ' || r.name || '.' || c.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid)
    from relation r join pg_index i on i.indrelid = r.oid join pg_class c on c.oid = i.indexrelid
  union all
  select 'policy ' || r.name || '.' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive,
      (select string_agg(u.rolname, ' ' order by u.rolname) from pg_roles u where u.oid = any (p.polroles)),
      pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from relation r join pg_policy p on p.polrelid = r.oid
  union all
  select 'trigger ' || r.name || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
    from relation r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
  union all
  select 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid)
    from pg_proc p join place n on n.oid = p.pronamespace
    where p.prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  union all
  select 'view ' || r.name, pg_get_viewdef(r.oid) from relation r where r.relkind in ('v', 'm')
  union all
  select 'type ' || n.nspname || '.' || t.typname, concat_ws(' ', t.typtype,
      (select string_agg(e.enumlabel, ' ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
      format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typdefault,
      (select string_agg(pg_get_constraintdef(c.oid), ' ' order by c.conname) from pg_constraint c where c.contypid = t.oid))
    from pg_type t join place n on n.oid = t.typnamespace
    where t.typtype in ('e', 'd') and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
)
select object, md5(definition) as digest from described order by object
"""


async def read_catalog(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    """Return a digest of each object. Leaves the session's settings as they are."""
    path = await connection.fetchval("select current_setting('search_path')")
    # Definitions are printed relative to the search path, so it must be the same each time.
    await connection.execute("select set_config('search_path', '', false)")
    rows = await connection.fetch(_CATALOG)
    await connection.execute("select set_config('search_path', $1, false)", path)
    return {row["object"]: row["digest"] for row in rows}


def changed_since(before: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    """Return what differs, one line each."""
    added = [f"added {name}" for name in now.keys() - before.keys()]
    removed = [f"removed {name}" for name in before.keys() - now.keys()]
    altered = [f"altered {name}" for name in before.keys() & now.keys() if before[name] != now[name]]
    return tuple(sorted(added + removed + altered))
