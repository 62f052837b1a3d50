declare
  found_id uuid;
begin
  update app.user_key as k set ended_at = now()
  where k.user_key = $1::{key_type} and k.id = $2 and k.ended_at is null
  returning k.id into found_id;
  if found_id is null then
    return false;
  end if;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
  values ($1, 'key_ended', $3, session_user, 'key_ended', 'user_key', jsonb_build_object('id', found_id));
  return true;
end
