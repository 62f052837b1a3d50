declare
  opened uuid;
begin
  insert into app.session (user_key, expires_at)
  values ($1::{key_type}, now() + make_interval(secs => $3))
  returning app.session.id into opened;
  if $2 is not null then
    insert into app.refresh_token (hash, session_id) values ($2, opened);
  end if;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
  values ($1, $4, $5, session_user, $4, 'session', jsonb_build_object('id', opened));
  return opened;
end
