"""E92: commands on the migrations of a built backend."""

from bdc.diagnostics.declared import Declared

NO_BACKEND = Declared(
    "E920",
    "no-backend",
    "there is no backend in `{path}`",
    help="name a folder that `bdc build SPEC --out FOLDER` wrote",
)
NO_DATABASE = Declared("E921", "no-database", "{reason}")
CANNOT_JUDGE = Declared("E922", "cannot-judge", "the migrations cannot be verified: {reason}")
SPEAKS_AGAINST = Declared("E923", "speaks-against", "verification failed: {failed} of the checks above")
NOT_MERGED = Declared("E924", "not-merged", "{reason}; nothing was changed")
NOT_EXPORTED = Declared("E925", "not-exported", "{reason}; nothing was written")
