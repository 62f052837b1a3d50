"""The queue of jobs: the objects of procrastinate in schema `app`, and the progress of runs. Only systems with jobs have them.

What comes in: roles, and procrastinate's own `schema.sql` (a copy; a test compares it with the pinned package). What goes out: nodes, so that
`bdc diff` plans what a newer release of it changes. Deliberately absent: anything that procrastinate does not have, but row level security
(its tables are open to the role `service`, which the worker becomes) and `app.job_progress`.
"""

from bdc.schema.queue.objects import create_queue, queue_types

__all__ = ["create_queue", "queue_types"]
