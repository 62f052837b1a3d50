"""Writing the next migration of an output folder: for `bdc diff --write`, and for `bdc up` on this machine."""

import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bdc.cli import exits
from bdc.cli.proving import proved, with_proof
from bdc.cli.report import refuse, report
from bdc.ir import SystemIR
from bdc.project import Project

if TYPE_CHECKING:
    from bdc.evolution import HistoryError
    from bdc.evolution.next_migration import Step
    from bdc.verification.proof import Proof

_TIME = "%Y%m%dT%H%M%S"


def write_next(
    project: Project, system: SystemIR, out: Path, name: str, style: str = "human", *, prove: bool = True
) -> str | None:
    """Plan from the last migration in `out` to `system` and write the files; return the name of the new migration, None when
    there is nothing to do. Exits with 1 when the change is refused or its run stops and with 3 when the history is broken; nothing is
    written then."""
    from bdc.evolution import HistoryError, read_history
    from bdc.evolution.locations import placed
    from bdc.evolution.next_migration import advance
    from bdc.output.writer import resume
    from bdc.query import compile_queries

    resume(out)
    try:
        history = read_history(out)
        if not history:
            return None
        before = history[-1].system
        step = advance(history[-1].state, system, compile_queries(system, True), before)
    except HistoryError as error:
        refuse_history(error)
    if step.planned.refusals:
        report(list(placed(step.planned.refusals, system, project.files)), project.files, style, always=False)
        sys.exit(exits.SPEC)
    if not step.is_needed:
        return None
    return write_step(step, out, name, proved(step, before, project.files, style, prove=prove))


def write_step(step: "Step", out: Path, name: str, proof: "Proof") -> str:
    """Write a planned step as the next migration of `out`, with what is known of its run; return its name."""
    from bdc.evolution import FOLDER
    from bdc.output.writer import commit, plan_write

    folder = next_name((path.name for path in (out / FOLDER).glob("*")), name, datetime.now(UTC))
    files = with_proof(step.files(f"{FOLDER}/{folder}"), f"{FOLDER}/{folder}", proof)
    commit(plan_write(out, files, partial=True))
    return folder


def next_name(written: Iterable[str], name: str, now: datetime) -> str:
    """Return what the next migration is called: its time, and `name`. Migrations run in the order of their names, so that one that is
    written in the second of the last, or by a clock that is behind, is later than the last nonetheless."""
    later = (time + timedelta(seconds=1) for time in map(_time_of, written) if time is not None)
    return f"{max([now, *later]):{_TIME}}_{slug(name)}"


def _time_of(folder: str) -> datetime | None:
    try:
        return datetime.strptime(folder.partition("_")[0], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def refuse_history(error: "HistoryError") -> NoReturn:
    """Say what is wrong with the written migrations, and exit with 3."""
    from bdc.comparison.errors import BrokenMigrations

    refuse(BrokenMigrations(str(error)), exits.CONFLICT, "nothing was written")


def slug(name: str) -> str:
    """Return `name` as part of a file name: small letters, digits and `_`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60] or "change"
