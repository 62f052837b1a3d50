select c.hash
from app.session as s join app.credential as c on c.user_key = s.user_key
where s.id = $1 and s.ended_at is null and s.expires_at > now()
