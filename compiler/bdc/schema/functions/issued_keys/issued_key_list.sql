select k.prefix, i.name, i.roles, k.at, k.expires_at, i.used_at
from app.api_key as k join app.issued_key as i on i.id = k.id
where k.identity_key = $1 || ' ' || $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
order by k.at, k.prefix
