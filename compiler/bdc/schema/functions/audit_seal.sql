-- Runs as the owner: the service seals, and reads nothing. Returns how many rows were sealed.
declare
  mark app.audit_mark%rowtype;
  sealed bigint := 0;
  total bigint := 0;
  place bigint;
  found_ids bigint[];
  found_hashes bytea[];
  batch_root bytea;
  node bytea;
  moment timestamptz := now();
  left_to_do integer := 200;
begin
  insert into app.audit_mark (id) values (1) on conflict do nothing;
  select * into mark from app.audit_mark as m where m.id = 1 for update;
  select s.last, s.number into sealed, place from app.audit_seal as s order by s.number desc limit 1;
  sealed := coalesce(sealed, 0);
  place := coalesce(place, 0);
  for turn in 1..2 loop
    if mark.until is null then
      -- Rows up to the mark are complete once the transactions that hold the table now have ended: each has its numbers already.
      select max(l.id) into mark.until from app.audit_log as l where l.id > sealed;
      select coalesce(array_agg(distinct k.virtualtransaction), '{}') into mark.writers from pg_locks as k
      where k.locktype = 'relation' and k.relation = 'app.audit_log'::regclass and k.mode = 'RowExclusiveLock'
        and k.database = (select d.oid from pg_database as d where d.datname = current_database())
        and k.pid is distinct from pg_backend_pid();
    end if;
    exit when mark.until is null or exists (
      select from pg_locks as k where k.locktype = 'relation' and k.relation = 'app.audit_log'::regclass
        and k.mode = 'RowExclusiveLock' and k.virtualtransaction = any(mark.writers)
    );
    loop
      select array_agg(e.id order by e.id), array_agg(e.hash order by e.id) into found_ids, found_hashes from (
        select l.id, sha256('\x00'::bytea || convert_to(app.audit_text(l), 'UTF8')) as hash
        from app.audit_log as l where l.id > sealed and l.id <= mark.until order by l.id limit {batch}
      ) as e;
      exit when found_ids is null or left_to_do = 0;
      left_to_do := left_to_do - 1;
      place := place + 1;
      batch_root := app.audit_root(found_hashes);
      node := sha256('\x00'::bytea || convert_to(jsonb_build_array(
        place, found_ids[1], found_ids[cardinality(found_ids)], cardinality(found_ids), encode(batch_root, 'hex'),
        to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
      )::text, 'UTF8'));
      -- The frontier holds the roots of the whole trees so far, the largest first: as many merge as the number before ends in ones.
      for bit in 0..62 loop
        exit when ((place - 1) >> bit) & 1 = 0;
        node := app.audit_node(mark.frontier[cardinality(mark.frontier)], node);
        mark.frontier := mark.frontier[1 : cardinality(mark.frontier) - 1];
      end loop;
      mark.frontier := mark.frontier || node;
      node := mark.frontier[cardinality(mark.frontier)];
      for step in reverse cardinality(mark.frontier) - 1 .. 1 loop
        node := app.audit_node(mark.frontier[step], node);
      end loop;
      sealed := found_ids[cardinality(found_ids)];
      insert into app.audit_seal (number, first, last, rows, ids, hashes, root, head, at)
      values (place, found_ids[1], sealed, cardinality(found_ids), found_ids, found_hashes, batch_root, node, moment);
      total := total + cardinality(found_ids);
    end loop;
    -- A long trail takes several calls, each of them a short transaction.
    exit when found_ids is not null;
    mark.until := null;
    mark.writers := '{}';
  end loop;
  update app.audit_mark as m set until = mark.until, writers = mark.writers, frontier = mark.frontier where m.id = 1;
  return total;
end
