declare
  added uuid;
begin
  if (select count(*) from app.user_key as k where k.user_key = $1::{key_type} and k.ended_at is null) >= 100 then
    return null;
  end if;
  insert into app.user_key (user_key, prefix, hash, tenant, name, roles, expires_at)
  values ($1::{key_type}, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
  returning app.user_key.id into added;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, tenant, key)
  values ($1, 'key_added', $8, session_user, 'key_added', 'user_key', $4, jsonb_build_object('id', added));
  return added;
end
