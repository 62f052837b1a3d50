-- A login that is unknown, and one that was sent three in an hour, are given none: the caller that asked is told the same.
declare
  caller record;
begin
  delete from app.one_time_token as t where t.expires_at < now() - interval '1 day';
  select u.{key} as key, {given} as given into caller
  from {users} as u where u.{login} = $2 and {present} and {wanted};
  if not found or (
    select count(distinct t.run) from app.one_time_token as t
    where t.user_key = caller.key and t.purpose = $1 and t.at > now() - interval '1 hour' and t.run <> $5
  ) >= 3 then
    return null;
  end if;
  insert into app.one_time_token (hash, user_key, purpose, login, run, expires_at)
  values ($3, caller.key, $1, $2, $5, now() + make_interval(secs => $4));
  return caller.given;
end
