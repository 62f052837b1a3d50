-- A token is exchanged once. One that comes again was copied: the whole session ends, also for the holder of its latest token.
declare
  known record;
begin
  select r.session_id, r.used_at, s.user_key, s.ended_at is null and s.expires_at > now() as open into known
  from app.refresh_token as r join app.session as s on s.id = r.session_id
  where r.hash = $1
  for update of r, s;
  if not found then
    return query select 'unknown', null::uuid, null::text;
    return;
  end if;
  if known.used_at is not null then
    update app.session as s set ended_at = now(), ended_by = 'refresh_reused' where s.id = known.session_id and s.ended_at is null;
    insert into app.audit_log (actor, operation, request_id, db_role, action, table_name, key)
    values (known.user_key::text, 'refresh_reused', $4, session_user, 'refresh_reused', 'session', jsonb_build_object('id', known.session_id));
    return query select 'reused', known.session_id, known.user_key::text;
    return;
  end if;
  if not known.open or not exists (select from {users} as u where u.{key} = known.user_key and {usable}) then
    return query select 'ended', known.session_id, known.user_key::text;
    return;
  end if;
  update app.refresh_token as r set used_at = now() where r.hash = $1;
  insert into app.refresh_token (hash, session_id) values ($2, known.session_id);
  update app.session as s set used_at = now(), expires_at = now() + make_interval(secs => $3) where s.id = known.session_id;
  return query select 'refreshed', known.session_id, known.user_key::text;
end
