"""How data is read and written: compiled statements, one per operation, and the pool that runs them.

What comes in: an actor and validated arguments. What goes out: JSON bytes made by PostgreSQL. There is no ORM.

Read: `database` (pool, retries), `sqlstate` (refusals of the database as problems), `statements` and `compose` (reads),
`operations` and `execute` (writes), `validation` and `inputs` (what comes in), `cursors`.
"""
