declare
  added uuid;
begin
  insert into app.invitation (hash, tenant, login, role, invited_by, expires_at)
  values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
  returning app.invitation.id into added;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, tenant, key)
  values ($5, 'invited', $7, session_user, 'invited', 'invitation', $2, jsonb_build_object('id', added));
  return added;
end
