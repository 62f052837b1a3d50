declare
  gone uuid;
begin
  update app.api_key as k set revoked_at = now()
  where k.identity_key = $1 || ' ' || $2 and k.prefix = $3 and k.revoked_at is null
    and exists (select from app.issued_key as i where i.id = k.id)
  returning k.id into gone;
  if gone is null then
    return;
  end if;
  insert into app.audit_log (actor, roles, operation, request_id, db_role, action, table_name, tenant, key)
  values ({actor}, {settings}, session_user, 'key_ended', 'issued_key', {tenant}, jsonb_build_object('id', gone, 'prefix', $3));
  return query
    select k.prefix, i.name, i.roles, k.at, k.expires_at, i.used_at
    from app.api_key as k join app.issued_key as i on i.id = k.id where k.id = gone;
end
