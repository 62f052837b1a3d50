-- The same work for a login that exists and for one that does not.
insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
select (select u.{key}::text from {users} as u where u.{login} = $1), 'sign_in_failed', $2, session_user, 'sign_in_failed', 'session', '{{}}'
