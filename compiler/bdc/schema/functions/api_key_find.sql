select found.id, found.claims, found.expires_at
from app.api_key as found
where found.hash = api_key_find.hash and found.revoked_at is null
  and (found.expires_at is null or found.expires_at > now())
