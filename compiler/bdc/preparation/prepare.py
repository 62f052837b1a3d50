"""The whole preparation, and its cache."""

import re
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from bdc.diagnostics import Diagnostic
from bdc.ir import SystemIR
from bdc.source import SourceFile, user_cache
from bdc.source.records import dataclass

_FORMAT = "1"  # of what is asked: another one asks again
_SQL = re.compile(r'\bsql\s*(?:\(|""")')


@dataclass(frozen=True, slots=True)
class Preparation:
    """`refused`: what PostgreSQL does not take. `skipped`: why the SQL was not prepared, or not all of it; '' when it was, or when
    there is none."""

    refused: tuple[Diagnostic, ...] = ()
    skipped: str = ""


def prepare(files: Sequence[SourceFile], system: SystemIR) -> Preparation:
    """Prepare the SQL of a specification on a server that is thrown away."""
    if not any(_SQL.search(file.text) for file in files):
        return Preparation()
    kept = _kept(files)
    if kept is not None and kept.exists():
        return Preparation()
    found = _prepared(files, system)
    if kept is not None and not found.refused and not found.skipped:
        with suppress(OSError):
            kept.parent.mkdir(exist_ok=True)
            kept.touch()
    return found


def _prepared(files: Sequence[SourceFile], system: SystemIR) -> Preparation:
    import asyncpg

    from bdc.analysis.sqltexts import texts_of
    from bdc.pipeline import compile_system
    from bdc.preparation.session import NotPrepared, refusals
    from bdc.stack import StackError
    from bdc.stack.loading import run, scratch

    texts = texts_of(compile_system(files).model)
    if not texts:
        return Preparation()
    try:
        with scratch() as fresh:
            facts = run(refusals(fresh, system, texts))
    except (OSError, StackError) as error:
        return Preparation(skipped=str(error))
    except NotPrepared as error:
        return Preparation(skipped=str(error))
    except asyncpg.PostgresError as error:
        return Preparation(skipped=f"the embedded server answers: {error}")
    return Preparation(refused=tuple(fact.diagnostic() for fact in facts))


def _kept(files: Sequence[SourceFile]) -> Path | None:
    """Return the file that says that this content was prepared."""
    from bdc import __version__

    folder = user_cache()
    if folder is None:
        return None
    digest = sha256(f"{_FORMAT} {__version__}".encode())
    for file in sorted(files, key=lambda each: each.path):
        digest.update(f"\0{file.path}\0{file.text}".encode())
    return folder / "prepared" / digest.hexdigest()
