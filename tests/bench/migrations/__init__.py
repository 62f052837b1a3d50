"""How long others wait while a migration runs: bdc's plan, the plain statement, and what Alembic writes, in the same run.

Read: `changes` (what is changed), `prober` (who waits), `forms` (how each does it), `measure`, `show`.
"""
