-- A token is good once. Every session of the caller ends, and every other token: a password is set anew when others may know it.
declare
  caller {key_type};
begin
  select t.user_key into caller
  from app.one_time_token as t join {users} as u on u.{key} = t.user_key
  where t.hash = $1 and t.purpose = 'reset' and t.expires_at > now() and u.{login} = t.login and {present}
  for update of t;
  if not found then
    return false;
  end if;
  delete from app.one_time_token as t where t.user_key = caller;
  insert into app.credential as c (user_key, hash) values (caller, $2)
  on conflict (user_key) do update set hash = excluded.hash, changed_at = now();
  update app.session as s set ended_at = now(), ended_by = 'password_reset' where s.user_key = caller and s.ended_at is null;
{prove}  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
  values (caller::text, 'password_reset', $3, session_user, 'password_reset', 'session', '{{}}');
  return true;
end
