select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name, 'prefix', k.prefix, 'roles', k.roles, 'tenant', k.tenant,
  'created_at', k.at, 'expires_at', k.expires_at) order by k.at), '[]')
from app.user_key as k
where k.user_key = $1::{key_type} and k.ended_at is null and (k.expires_at is null or k.expires_at > now())
