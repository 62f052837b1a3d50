"""E94: importing and adopting what exists."""

from bdc.diagnostics.declared import Declared

NOTHING_TO_IMPORT = Declared(
    "E940",
    "nothing-to-import",
    "{reason}",
    help="name `db:URL`, an SQL file, a folder of migrations, a Prisma schema, a JDL or an OpenAPI document",
)
SCRIPT_FAILS = Declared("E941", "script-fails", "`{file}` fails", help="{statements}")
NOT_IMPORTABLE = Declared("E942", "not-importable", "an object cannot be imported as it is", help="{objects}")
SPECIFICATION_IN_THE_WAY = Declared(
    "E943",
    "specification-in-the-way",
    "`{path}` holds a specification already",
    help="name another folder, or remove its `.bds` files",
)
UNREADABLE_SOURCE = Declared("E944", "unreadable-source", "the database cannot be read", help="{reason}")
UNREADABLE_DESCRIPTION = Declared(
    "E945",
    "unreadable-description",
    "`{source}` cannot be read: {reason}",
    help="correct the file; the tool that it is for can check it",
)
NOT_THIS_DATABASE = Declared(
    "E946",
    "not-this-database",
    "the specification does not match the database",
    help="differences, database → specification:\n{differences}",
)
NO_TABLES = NOT_THIS_DATABASE.variant(
    "the database has no tables to adopt", help="run `bdc migrate up {out} --db URL`: it creates them"
)
ADOPTED_ALREADY = Declared(
    "E947",
    "adopted-already",
    "`{path}` holds an adoption already",
    help="run `bdc migrate plan`: it shows what the adoption does",
)
ADOPTION_FAILS = Declared(
    "E948",
    "adoption-fails",
    "the adoption failed on an embedded server",
    help="{reason}",
)
