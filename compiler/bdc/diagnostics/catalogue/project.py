"""E90 and E91: the files of a specification, and the folder of its output."""

from bdc.diagnostics.declared import Declared

SPEC_NOT_FOUND = Declared(
    "E901",
    "spec-not-found",
    "there is no file or folder `{path}`",
    help="name a folder with `.bds` files, or one such file; `bdc new NAME` makes one",
)
NO_SPEC_FILES = Declared(
    "E902",
    "no-spec-files",
    "`{path}` holds no `.bds` file",
    help="name a folder with `.bds` files; `bdc new NAME` makes one",
)
UNREADABLE_FILE = Declared(
    "E903",
    "unreadable-file",
    "cannot read `{path}`: {reason}",
    help="check that the file exists, and its permissions",
)
NOT_UTF8 = Declared(
    "E904",
    "not-utf8",
    "`{path}` is not UTF-8 text (line {line}, column {column})",
    label="this byte is not UTF-8",
    help="save the file as UTF-8",
)
FILE_TOO_LARGE = Declared(
    "E905",
    "file-too-large",
    "`{path}` has {size:,} bytes; a specification file has at most {limit:,}",
    help="split the file: a module can have several files",
)
UNREADABLE_REQUIREMENT = Declared(
    "E906",
    "unreadable-requirement",
    "`{line}` in `requirements.in` is not a package",
    help="write one package per line, as `stripe>=12`; options and other files are not supported",
)
UNLOCKED_REQUIREMENT = Declared(
    "E907",
    "unlocked-requirement",
    "`requirements.lock` has no pin with a hash for `{package}`, which `requirements.in` declares",
    help="run `bdc lock SPEC`: it writes `requirements.lock`",
)

EDITED_FILE = Declared(
    "E910",
    "edited-file",
    "`{path}` was edited by hand since the last build",
    help="move your change into the specification or services/business/, or discard it with `--overwrite PATH`",
)
FOREIGN_FILE = Declared(
    "E911",
    "foreign-file",
    "`{path}` is in the way: no build wrote it",
    help="choose an empty --out folder, move the file, or replace it with `--overwrite PATH`",
)
FOREIGN_LOCK = Declared(
    "E912",
    "foreign-lock",
    "`{path}` was not written by this bdc ({reason})",
    help="restore it from version control, or build into another --out folder",
)
WRITTEN_MIGRATION = Declared(
    "E913",
    "written-migration",
    "`{path}` of a written migration would change",
    help="build into another --out folder: a written migration never changes",
)
OUTGROWN = WRITTEN_MIGRATION.variant(
    "the schema has changed since the last migration in `{out}` was written", help="{remedy}"
)
UNSAFE_PATH = Declared(
    "E914",
    "unsafe-path",
    "`{path}` is a folder or a symbolic link, not a plain file",
    help="remove it, or choose another --out folder",
)
BROKEN_HISTORY = Declared(
    "E915",
    "broken-history",
    "{reason}",
    help="restore the folder from version control: a written migration never changes",
)
