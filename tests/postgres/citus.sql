-- Stands for Citus on one server of PostgreSQL: it keeps what it is told, and refuses what Citus refuses (src/backend/distributed:
-- commands/foreign_constraint.c, commands/policy.c, commands/trigger.c, planner/function_call_delegation.c).
create table pg_dist_partition (logicalrelid regclass primary key, key text, beside text);
create table pg_dist_function (name regprocedure primary key, argument text, beside text);
grant select, insert on pg_dist_partition, pg_dist_function to public;

create function citus_refuse(moved regclass, wanted text) returns void language plpgsql as $$
declare
  found text;
begin
  if current_setting('citus.enable_unsafe_triggers', true) is distinct from 'on'
    and exists (select from pg_trigger where tgrelid = moved and not tgisinternal) then
    raise exception 'triggers are not supported on distributed tables: %', moved;
  end if;
  select polname into found from pg_policy
    where polrelid = moved and (not polpermissive
      or pg_get_expr(polqual, polrelid) ~* '\mselect\M' or pg_get_expr(polwithcheck, polrelid) ~* '\mselect\M');
  if found is not null then
    raise exception 'cannot create policy %', found;
  end if;
  select conname into found from pg_constraint
    where contype = 'f' and moved in (conrelid, confrelid)
      and (not exists (select from pg_dist_partition where logicalrelid = conrelid) or not exists (
        select from pg_dist_partition where logicalrelid = confrelid))
      and conrelid <> confrelid;
  if found is not null then
    raise exception 'cannot create foreign key constraint: %', found;
  end if;
  select c.relname into found from pg_index as i join pg_class as c on c.oid = i.indexrelid
    where wanted is not null and i.indrelid = moved and i.indisunique and not exists (
      select from pg_attribute as a where a.attrelid = moved and a.attname = wanted and a.attnum = any(i.indkey));
  if found is not null then
    raise exception 'cannot create constraint %: it lacks the distribution column', found;
  end if;
end
$$;

create function create_reference_table(moved regclass) returns void language plpgsql as $$
begin
  perform citus_refuse(moved, null);
  insert into pg_dist_partition values (moved, null, null);
end
$$;

create function create_distributed_table(
  moved regclass, wanted text, colocate_with text default 'default', shard_count integer default null
) returns void language plpgsql as $$
declare
  beside record;
begin
  if colocate_with not in ('default', 'none') then
    select d.key into beside from pg_dist_partition as d where d.logicalrelid = colocate_with::regclass and d.key is not null;
    if not found then
      raise exception '% is not distributed', colocate_with;
    end if;
  end if;
  perform citus_refuse(moved, wanted);
  insert into pg_dist_partition values (moved, wanted, colocate_with);
end
$$;

create function create_distributed_function(
  name regprocedure, argument text default null, colocate_with text default 'default'
) returns void language plpgsql as $$
declare
  given oid;
  wanted oid;
begin
  select p.proargtypes[array_position(p.proargnames, argument) - 1] into given from pg_proc as p where p.oid = name;
  select a.atttypid into wanted from pg_dist_partition as d
    join pg_attribute as a on a.attrelid = d.logicalrelid and a.attname = d.key
    where d.logicalrelid = colocate_with::regclass;
  if given is distinct from wanted then
    raise exception 'cannot colocate function % and table %', name, colocate_with;
  end if;
  insert into pg_dist_function values (create_distributed_function.name, argument, colocate_with) on conflict do nothing;
end
$$;
