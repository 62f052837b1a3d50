-- The caller's other sessions end: a password is changed when others may know it.
declare
  caller {key_type};
begin
  select s.user_key into caller from app.session as s where s.id = $1 and s.ended_at is null and s.expires_at > now();
  if not found then
    return false;
  end if;
  update app.credential as c set hash = $2, changed_at = now() where c.user_key = caller;
  update app.session as s set ended_at = now(), ended_by = 'password_changed'
  where s.ended_at is null and s.user_key = caller and s.id <> $1;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
  values (caller::text, 'password_changed', $3, session_user, 'password_changed', 'session', jsonb_build_object('id', $1));
  return true;
end
