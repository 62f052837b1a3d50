"""From the last migration of an output folder to what a specification asks for now.

`history` reads the migrations that were written; `reconcile` decides what a build may do beside them; `upgrade` is the migration that a new
release of bdc asks for on its own; `advance` plans the next one, with `hints` (what the specification says about its past) and `places` (where it says what a plan refuses).
"""

from bdc.evolution.history import FOLDER, HistoryError, WrittenMigration, read_branches, read_history
from bdc.evolution.reconcile import reconcile

__all__ = ["FOLDER", "HistoryError", "WrittenMigration", "read_branches", "read_history", "reconcile"]
