select exists (
  select from app.one_time_token as t join {users} as u on u.{key} = t.user_key
  where t.hash = $1 and t.purpose = $2 and t.expires_at > now() and u.{login} = t.login and {present}
)
