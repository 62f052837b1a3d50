"""How statements are composed and run. Not about your system: this code is the same in every output, and each build writes it again.

Read: `database` (pool, retries), `sqlstate` (refusals of the database as problems), `compose` (reads), `execute` (writes),
`validation` (what comes in), `cursors`. What is composed and run is in `services.data.statements`, `operations` and `inputs`.
"""
