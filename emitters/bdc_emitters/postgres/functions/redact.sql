-- Nulls stay nulls: that nothing was there is no secret.
select image || coalesce((select jsonb_object_agg(name, mark) from jsonb_each(redacted) as hidden (name, mark)
  where image -> name <> 'null'), '{}')
