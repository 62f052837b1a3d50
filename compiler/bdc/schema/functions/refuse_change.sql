-- Arguments: the columns that no update may change. Called only when one of them has changed.
declare
  changed text;
begin
  foreach changed in array tg_argv loop
    exit when to_jsonb(old) -> changed is distinct from to_jsonb(new) -> changed;
  end loop;
  raise exception using
    errcode = 'BD422',
    message = 'validation-failed',
    detail = jsonb_build_object('errors', jsonb_build_array(jsonb_build_object(
      'path', '/' || changed, 'code', 'immutable', 'message', 'may not be changed'))),
    table = tg_table_name;
end
