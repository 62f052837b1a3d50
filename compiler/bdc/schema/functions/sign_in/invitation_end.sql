with gone as (
  delete from app.invitation as i where i.tenant = $1 and i.id = $2 and i.accepted_at is null returning 1
)
select exists (select from gone)
