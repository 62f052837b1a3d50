"""E46: hand-written SQL. E950: SQL that PostgreSQL does not accept."""

from bdc.diagnostics.declared import Declared

SQL_SYNTAX = Declared("E460", "sql-syntax", "PostgreSQL cannot read {what}", label="{reason}", help="{help}")
UNKNOWN_SQL_NAME = Declared(
    "E461",
    "unknown-sql-name",
    "{what} names the {kind} `{name}`, which does not exist",
    help="names are those of the database (`customer_id`, `order_item`){known}",
)
UNKNOWN_SQL_FUNCTION = UNKNOWN_SQL_NAME.variant(
    "{what} names the {kind} `{name}`, which does not exist",
    help="make it in `sql` of a module, or write `pg_catalog.{name}` when only a newer PostgreSQL has it",
)
COLUMN_IN_DEFAULT = UNKNOWN_SQL_NAME.variant(
    "{what} names the {kind} `{name}`, which does not exist",
    help="a default cannot read columns: write a constant or a call of a function",
)
UNFIT_SQL_STATEMENT = Declared("E462", "unfit-sql-statement", "{message}", label="{label}", help="{help}")
WRONG_SQL_RESULT = Declared("E463", "wrong-sql-result", "{message}", label="{label}", help="{help}")
NO_SQL_OBJECT = Declared(
    "E464",
    "no-sql-object",
    "`{text}` names no object of SQL",
    help='write it as DROP would: `table customer`, `column customer.name`, `function touch(int)`, `trigger "touch it" on a`',
)
SQL_REFUSED = Declared(
    "E950",
    "sql-refused",
    "PostgreSQL refuses {what}",
    label="{reason}",
    help="write what PostgreSQL accepts here: its message is at the place",
)
