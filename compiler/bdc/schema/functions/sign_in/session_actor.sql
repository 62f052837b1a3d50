select jsonb_build_object('claims', {claims}, 'tenants', {tenants})
from app.session as s join {users} as u on u.{key} = s.user_key{members}
where s.id = $1 and s.ended_at is null and s.expires_at > now() and {usable}
