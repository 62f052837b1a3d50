select u.{key}::text, c.hash
from {users} as u join app.credential as c on c.user_key = u.{key}
where u.{login} = $1 and {usable}
