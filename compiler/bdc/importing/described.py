"""Sources that describe a system and are no database: a JDL, an OpenAPI document."""

from collections.abc import Callable
from pathlib import Path

from bdc.importing.draft import Settled, settle
from bdc.importing.encoding import decoded
from bdc.importing.jdl import jdl_draft
from bdc.importing.scripts import NoSource

_JDL = (".jdl", ".jh")
_OPENAPI = (".json", ".yaml", ".yml")


def is_described(source: str) -> bool:
    """Whether a source is read by `describe`, by the ending of its name."""
    return source.lower().endswith((*_JDL, *_OPENAPI)) and not Path(source).is_dir()


def describe(source: str, name: str, fresh: Callable[[], str] | None) -> Settled:
    """Return the specification of a JDL or an OpenAPI document, with an account of each element. Raises NoSource, JdlError, OpenApiError,
    NotImportable, OSError and asyncpg.PostgresError."""
    if not Path(source).is_file():
        raise NoSource(f"there is no file `{source}`")
    data = Path(source).read_bytes()
    if source.lower().endswith(_JDL):
        text, told = decoded(data)
        units, ledger, added = jdl_draft(text, name)
        return settle(units, ledger, f"{name}.bds", fresh, (*added, *_notes(told)))
    from bdc.importing.openapi import openapi_draft

    draft = openapi_draft(data, Path(source), name)
    return settle(draft.units, draft.ledger, f"{name}.bds", fresh, draft.added)


def _notes(told: str | None) -> tuple[str, ...]:
    return (f"the file: {told}",) if told else ()
