with gone as (
  select s.id from app.session as s
  where s.expires_at < now() - interval '1 day' or s.ended_at < now() - interval '30 days'
  limit $1
  for update skip locked
), deleted as (
  delete from app.session as s using gone where s.id = gone.id returning 1
)
select count(*)::integer from deleted
