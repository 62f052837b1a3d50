select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'login', i.login, 'role', i.role, 'created_at', i.at, 'expires_at', i.expires_at)
  order by i.at), '[]')
from app.invitation as i
where i.tenant = $1 and i.accepted_at is null and i.expires_at > now()
