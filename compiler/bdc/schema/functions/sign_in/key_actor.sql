select jsonb_build_object('claims', {claims}, 'roles', s.roles, 'tenant', s.tenant)
from app.user_key as s join {users} as u on u.{key} = s.user_key{key_members}
where s.hash = $1 and s.ended_at is null and (s.expires_at is null or s.expires_at > now()) and {usable}
