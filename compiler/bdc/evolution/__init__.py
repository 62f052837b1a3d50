"""From the last migration of an output folder to what a specification asks for now.

`history` reads the migrations that were written; `settle` decides what a build may do beside them.
"""

from bdc.evolution.history import HistoryError, WrittenMigration, read_history
from bdc.evolution.settle import settle

__all__ = ["HistoryError", "WrittenMigration", "read_history", "settle"]
