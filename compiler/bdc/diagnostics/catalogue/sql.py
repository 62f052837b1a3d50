"""E46: hand-written SQL. E950: SQL that PostgreSQL does not accept."""

from bdc.diagnostics.declared import Declared

SQL_SYNTAX = Declared("E460", "sql-syntax", "PostgreSQL cannot parse {what}", label="{reason}", help="{help}")
UNKNOWN_SQL_NAME = Declared(
    "E461",
    "unknown-sql-name",
    "unknown {kind} `{name}` in {what}",
    help="write names of the database (`customer_id`, `order_item`){known}",
)
UNKNOWN_SQL_FUNCTION = UNKNOWN_SQL_NAME.variant(
    "unknown {kind} `{name}` in {what}",
    help="create it in `sql` of a module, or write `pg_catalog.{name}` if only a newer PostgreSQL has it",
)
COLUMN_IN_DEFAULT = UNKNOWN_SQL_NAME.variant(
    "unknown {kind} `{name}` in {what}",
    help="write a constant or a call of a function: a default cannot read columns",
)
UNFIT_SQL_STATEMENT = Declared("E462", "unfit-sql-statement", "{message}", label="{label}", help="{help}")
WRONG_SQL_RESULT = Declared("E463", "wrong-sql-result", "{message}", label="{label}", help="{help}")
NO_SQL_OBJECT = Declared(
    "E464",
    "no-sql-object",
    "`{text}` is not the name of an SQL object",
    help='write it as DROP would: `table customer`, `column customer.name`, `function touch(int)`, `trigger "touch it" on a`',
)
SQL_REFUSED = Declared(
    "E950",
    "sql-refused",
    "PostgreSQL rejects {what}",
    label="{reason}",
    help="correct the SQL here; the label is the message of PostgreSQL",
)
