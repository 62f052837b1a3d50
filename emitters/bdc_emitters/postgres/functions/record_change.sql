-- Arguments: the tenant's column ('' for none), the columns of the key, the columns that are redacted (comma-separated).
-- Runs as the owner: whoever changes a row can neither write, read nor skip its entry.
declare
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  row_image jsonb := coalesce(after, before);
  redacted jsonb;
begin
  select jsonb_object_agg(name, '[redacted]') into redacted from unnest(string_to_array(tg_argv[2], ',')) as name;
  insert into app.audit_log (actor, roles, operation, request_id, db_role, action, table_name, tenant, key, old, new)
  values (
    current_setting('app.actor_id', true),
    current_setting('app.actor_roles', true),
    current_setting('app.operation', true),
    current_setting('app.request_id', true),
    session_user,
    lower(tg_op),
    tg_table_name,
    row_image ->> nullif(tg_argv[0], ''),
    (select jsonb_object_agg(name, row_image -> name) from unnest(string_to_array(tg_argv[1], ',')) as name),
    app.redact(before, redacted),
    app.redact(after, redacted));
  return null;
end
