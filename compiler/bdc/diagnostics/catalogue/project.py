"""E90 and E91: the files of a specification, and the folder of its output."""

from bdc.diagnostics.declared import Declared

SPEC_NOT_FOUND = Declared(
    "E901",
    "spec-not-found",
    "there is no file or folder `{path}`",
    help="Give the folder that holds your `.bds` files, or one such file. `bdc new NAME` makes a small one.",
)
NO_SPEC_FILES = Declared(
    "E902",
    "no-spec-files",
    "`{path}` holds no `.bds` file",
    help="Specifications end in `.bds`. `bdc new NAME` makes a small one to start from.",
)
UNREADABLE_FILE = Declared(
    "E903",
    "unreadable-file",
    "cannot read `{path}`: {reason}",
    help="Check that the file exists and its permissions.",
)
NOT_UTF8 = Declared(
    "E904",
    "not-utf8",
    "`{path}` is not UTF-8 text (line {line}, column {column})",
    label="this byte is not UTF-8",
    help="Save the file as UTF-8.",
)
FILE_TOO_LARGE = Declared(
    "E905",
    "file-too-large",
    "`{path}` has {size:,} bytes; a specification file has at most {limit:,}",
    help="Split it: modules may span several files.",
)
UNREADABLE_REQUIREMENT = Declared(
    "E906",
    "unreadable-requirement",
    "`{line}` in `requirements.in` names no package",
    help="Write one package per line, as `stripe>=12`. Options and other files are not taken over into the output.",
)
UNLOCKED_REQUIREMENT = Declared(
    "E907",
    "unlocked-requirement",
    "`requirements.in` declares `{package}`, and `requirements.lock` has no pin with a hash for it",
    help="`bdc lock SPEC` writes `requirements.lock`; the image installs nothing that is not pinned.",
)

EDITED_FILE = Declared(
    "E910",
    "edited-file",
    "`{path}` was edited by hand since the last build",
    help="Move your change into the spec or services/business/, or give it up with `--overwrite PATH`.",
)
FOREIGN_FILE = Declared(
    "E911",
    "foreign-file",
    "`{path}` stands where the build wants to write, and no build wrote it",
    help="Choose an empty --out folder, move the file, or replace it with `--overwrite PATH`.",
)
FOREIGN_LOCK = Declared(
    "E912",
    "foreign-lock",
    "`{path}` was not written by this bdc ({reason})",
    help="Restore it from version control, or build into another --out folder.",
)
WRITTEN_MIGRATION = Declared(
    "E913",
    "written-migration",
    "`{path}` is a migration that was written, and would change",
    help="A written migration is never changed: build into another --out folder.",
)
OUTGROWN = WRITTEN_MIGRATION.variant(
    "the schema has changed since the last migration in `{out}` was written", help="{remedy}"
)
UNSAFE_PATH = Declared(
    "E914",
    "unsafe-path",
    "`{path}` is a folder or a symbolic link, not a plain file",
    help="Remove it, or choose another --out folder.",
)
BROKEN_HISTORY = Declared(
    "E915",
    "broken-history",
    "{reason}",
    help="Restore the folder from version control: migrations are written once and never changed.",
)
