"""What the migration runner refuses with."""

from database.engine.errors import MigrationError, RowsInTheWay

__all__ = ["MigrationError", "RowsInTheWay"]
