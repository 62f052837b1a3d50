begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%I.%I only grows', tg_table_schema, tg_table_name);
end
