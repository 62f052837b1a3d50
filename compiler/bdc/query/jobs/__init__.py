"""Jobs as functions of the release: one call is one transaction, which does a bounded part of a job and tells where to go on.

What comes in: jobs of the IR. What goes out: `CompiledJob`s, whose function takes and returns a place (`statement`, `tenant`, `key`).
The caller keeps the place in the transaction of the call: a run that is killed goes on where its last commit was, and no row is changed
twice. Deliberately absent: when a job runs, and attempts (those are the worker's).

A job runs as the runtime role, under row level security. `app.body` names it, and the policies of the tables that its statements touch
have a clause for it (`bdc.query.writers`). Statements about rows with a tenant run once for each tenant, within its floor.
"""

from bdc.query.jobs.compile import compile_jobs

__all__ = ["compile_jobs"]
