"""What runs the jobs of a specification: `python -m services.worker`, on the queue of procrastinate in the database.

What comes in: jobs and their compiled functions. What goes out: `services/worker/` and `services/data/jobs.py`; nothing where the
specification has no jobs. Deliberately absent: what a job does (a function of the release) and the tables of the queue (`bdc.schema.queue`).
"""

from bdc.output import Emitter
from bdc_emitters.jobs.emit import emit

EMITTER = Emitter(name="jobs", emit=emit)
