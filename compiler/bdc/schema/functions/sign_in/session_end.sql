declare
  caller {key_type};
  ended integer;
begin
  select s.user_key into caller from app.session as s where s.id = $1;
  update app.session as s set ended_at = now(), ended_by = 'sign_out'
  where s.ended_at is null and s.user_key = caller and (s.id = $1 or $2);
  get diagnostics ended = row_count;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
  values (caller::text, 'sign_out', $3, session_user, 'sign_out', 'session', jsonb_build_object('id', $1));
  return ended;
end
