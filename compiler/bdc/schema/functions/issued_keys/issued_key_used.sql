update app.issued_key as i set used_at = now()
from app.api_key as k
where k.hash = $1 and i.id = k.id and (i.used_at is null or i.used_at < now() - interval '1 minute')
