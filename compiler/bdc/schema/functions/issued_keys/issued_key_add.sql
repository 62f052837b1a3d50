-- The key leaves with the answer; its SHA-256 stays. The row is locked by the operation, so that two cannot exceed the number.
declare
  made_prefix text := {system} || '_row_' || substr(encode(uuid_send(gen_random_uuid()), 'hex'), 1, 8);
  secret text := rtrim(translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/', '-_'), '=');
  ends timestamptz := case when $7 is not null then now() + make_interval(days => least(greatest($7, 0), 36600)) end;
  added uuid;
begin
  if (
    select count(*) from app.api_key as k
    where k.identity_key = $1 || ' ' || $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  ) >= 100 then
    raise exception using errcode = 'BD409', message = 'conflict', detail = '{{"detail": "A row has at most 100 keys."}}';
  end if;
  insert into app.api_key (prefix, hash, identity_key, claims, expires_at)
  values (
    made_prefix, sha256(convert_to(made_prefix || '_' || secret, 'UTF8')), $1 || ' ' || $2,
    jsonb_build_object($3, $2) || case when $4 = '' then '{{}}' else jsonb_build_object($4, $5) end, ends
  )
  returning app.api_key.id into added;
  insert into app.issued_key (id, name, roles) values (added, $6, $5);
  insert into app.audit_log (actor, roles, operation, request_id, db_role, action, table_name, tenant, key)
  values ({actor}, {settings}, session_user, 'key_added', 'issued_key', {tenant}, jsonb_build_object('id', added, 'prefix', made_prefix));
  return query select made_prefix, made_prefix || '_' || secret, $6, $5, ends;
end
