declare
  caller {key_type};
begin
  select t.user_key into caller
  from app.one_time_token as t join {users} as u on u.{key} = t.user_key
  where t.hash = $1 and t.purpose = 'verify' and t.expires_at > now() and u.{login} = t.login and {present}
  for update of t;
  if not found then
    return false;
  end if;
  delete from app.one_time_token as t where t.user_key = caller and t.purpose = 'verify';
  update {users} as u set {verified} where u.{key} = caller;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
  values (caller::text, 'login_verified', $2, session_user, 'login_verified', 'session', '{{}}');
  return true;
end
