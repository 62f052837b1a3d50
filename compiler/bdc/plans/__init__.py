"""Query plans at the declared load: what PostgreSQL 18 would do with tables of the size that production has.

What comes in: `SystemIR` with `load`, and the backend that was built from it. What goes out: a plan for each statement of each read, and
findings: scans and sorts of big tables, with the index that would serve, tried by planning again. No row is written: the files of tables are
made as long as they would be (they are sparse), and statistics are restored (`pg_restore_relation_stats`, `pg_restore_attribute_stats`).
`requests` lists what is planned, `statistics` says how large everything is, `server` holds the database, `judge` reads plans.
"""
