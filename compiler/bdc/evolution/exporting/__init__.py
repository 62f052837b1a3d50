"""The migrations of a backend as files of other tools.

What comes in: a written history. What goes out: name → text, one file per transaction, in the order in which they run. What the
runner of a backend does beside (a lock, resume inside an operation, drift, phases that wait) those tools do not.
"""

from bdc.evolution.exporting.alembic import alembic_files
from bdc.evolution.exporting.dbmate import dbmate_files

TOOLS = {"dbmate": dbmate_files, "alembic": alembic_files}

__all__ = ["TOOLS", "alembic_files", "dbmate_files"]
