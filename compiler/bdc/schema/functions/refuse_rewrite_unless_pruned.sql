begin
  if tg_op = 'DELETE' and current_setting('app.audit_prune', true) = 'on' then
    return null;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%I.%I only grows', tg_table_schema, tg_table_name);
end
