"""SQL that was written by hand, prepared on the embedded server before anything is built from it.

What comes in: a project and its IR. What goes out: what PostgreSQL refuses, with the place in the specification, or the reason why
nothing could be prepared. A specification without SQL starts no server, and neither does one that was prepared before.
Absent on purpose: rows; and what the check finds without a server (`analysis/rules/sql`). Read `prepare`, `schema`, `operations`.
"""

from bdc.preparation.prepare import Preparation, prepare

__all__ = ["Preparation", "prepare"]
