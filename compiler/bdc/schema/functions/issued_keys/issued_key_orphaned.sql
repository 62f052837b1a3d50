begin
  update app.api_key as k set revoked_at = now()
  where k.identity_key = tg_argv[0] || ' ' || (to_jsonb(old) ->> tg_argv[1]) and k.revoked_at is null
    and exists (select from app.issued_key as i where i.id = k.id);
  return null;
end
