select jsonb_build_array(
  entry.id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), entry.actor, entry.roles, entry.operation,
  entry.request_id, entry.db_role, entry.action, entry.table_name, entry.tenant, entry.key, entry.old, entry.new
)::text
