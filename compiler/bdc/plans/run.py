"""Plan the reads of a system, from nothing: build, start a server, size it, plan."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bdc.ir import SystemIR
from bdc.plans.judge import Planned
from bdc.plans.requests import Request, requests
from bdc.plans.statistics import declared_rows


class NoLoad(Exception):
    """The specification does not say how many rows there are."""


def plan_reads(
    system: SystemIR, build: Callable[[Path], object], chosen: Callable[[Request], bool] | None = None
) -> list[Planned]:
    """Return the plan of each read, or of those `chosen`. `build` writes the backend into a folder. NoLoad without declared rows,
    StackError."""
    from bdc.plans.server import composed, sized_database

    if not declared_rows(system):
        raise NoLoad
    wanted = [each for each in requests(system) if chosen is None or chosen(each)]
    with tempfile.TemporaryDirectory(prefix="bdc-plans-") as scratch:
        out = Path(scratch) / "out"
        build(out)
        texts = composed(out, wanted)
        with sized_database(system, out, Path(scratch)) as database:
            return database.plan(wanted, texts)
