"""What goes wrong here, in words for the person who deploys."""


class MigrationError(Exception):
    """The migrations and the database do not fit together; the message says what to do."""


class RowsInTheWay(MigrationError):
    """Rows do not allow a migration, and nothing was changed."""
