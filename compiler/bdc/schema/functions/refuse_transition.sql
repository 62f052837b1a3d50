-- Argument: the column of the state. Called only when the change is none that its machine allows.
begin
  raise exception using
    errcode = 'BD409',
    message = 'illegal-transition',
    detail = jsonb_build_object(
      'field', tg_argv[0],
      'from', case when tg_op = 'UPDATE' then to_jsonb(old) -> tg_argv[0] end,
      'to', to_jsonb(new) -> tg_argv[0]),
    table = tg_table_name;
end
