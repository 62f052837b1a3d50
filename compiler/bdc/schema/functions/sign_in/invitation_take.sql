declare
  taken record;
begin
  update app.invitation as i set accepted_at = now()
  where i.hash = $1 and i.accepted_at is null and i.expires_at > now()
    and lower(i.login) = (select lower(u.{login}::text) from {users} as u where u.{key} = $2::{key_type} and {usable})
  returning i.id, i.tenant, i.role into taken;
  if not found then
    return;
  end if;
  insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, tenant, key)
  values ($2, 'invitation_accepted', $3, session_user, 'invitation_accepted', 'invitation', taken.tenant, jsonb_build_object('id', taken.id));
  return query select taken.tenant, taken.role;
end
