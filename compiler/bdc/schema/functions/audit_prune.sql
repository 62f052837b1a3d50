-- Runs as the owner: rows of seals that are old are deleted; what proves them (first, last, number of rows, root) stays.
declare
  pruned bigint := 0;
  gone bigint;
  old app.audit_seal%rowtype;
begin
  for old in
    select s.* from app.audit_seal as s
    where s.pruned_at is null and s.at < now() - make_interval(secs => {keep}) order by s.number limit 100 for update
  loop
    perform set_config('app.audit_prune', 'on', true);
    delete from app.audit_log as l where l.id = any(old.ids);
    get diagnostics gone = row_count;
    perform set_config('app.audit_prune', '', true);
    update app.audit_seal as s set ids = null, hashes = null, pruned_at = now() where s.number = old.number;
    pruned := pruned + gone;
  end loop;
  return pruned;
end
