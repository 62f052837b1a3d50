  for old in
    select b.part from {bounds} where b.made and b.high <= (now() - {keep}) at time zone 'UTC' order by b.high limit 1
  loop
    execute format('drop table %s', old.part);
    return 1;
  end loop;
  for old in
    select b.part from {parts} where not b.made order by b.part
  loop
    execute format('delete from only %s where ctid = any (array(select ctid from only %s where %I < $1 limit $2)) and %I < $1',
      old.part, old.part, {name}, {name}) using {cutoff}, most;
    get diagnostics gone = row_count;
    if gone > 0 then
      return gone;
    end if;
  end loop;
