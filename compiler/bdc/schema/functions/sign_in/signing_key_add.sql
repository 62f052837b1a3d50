-- One of several services that find the newest key too old adds the next; the others see it.
begin
  perform pg_advisory_xact_lock(hashtext('app.signing_key'));
  if exists (select from app.signing_key as k where k.at > now() - make_interval(secs => $5)) then
    return false;
  end if;
  -- A key goes when the next one has signed for longer than a token lives.
  delete from app.signing_key as k
  where exists (select from app.signing_key as n where n.at > k.at and n.at < now() - make_interval(secs => $6));
  insert into app.signing_key (id, algorithm, public_key, private_key) values ($1, $2, $3::jsonb, $4);
  return true;
end
