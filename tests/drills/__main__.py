"""Run the drills: `python -m tests.drills [NAME…]`. Exit code 1 when one failed or was not run."""

import asyncio
import sys
import tempfile
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.drills.failover import failover
from tests.drills.first_day import first_day
from tests.drills.image import image
from tests.drills.limits import limits
from tests.drills.outage import outage
from tests.drills.release import release
from tests.drills.replica import replica
from tests.drills.restore import restore
from tests.drills.rotation import rotation
from tests.drills.stage import NotRun, end_all

Say = Callable[[str], None]
# Each says its numbers, and raises when something is not as it should be.
DRILLS: dict[str, Callable[[Path, Say], Awaitable[None]]] = {
    "image": image,
    "first-day": first_day,
    "release": release,
    "rotation": rotation,
    "restore": restore,
    "outage": outage,
    "replica": replica,
    "failover": failover,
    "limits": limits,
}


def main(names: list[str]) -> int:
    """Run the named drills, or all."""
    if unknown := [name for name in names if name not in DRILLS]:
        print(f"there is no drill {unknown[0]}; there are {', '.join(DRILLS)}", file=sys.stderr)
        return 2
    outcomes = {name: _run(name) for name in names or DRILLS}
    print()
    for name, outcome in outcomes.items():
        print(f"{name:12} {outcome}")
    return int(any(outcome != "passed" for outcome in outcomes.values()))


def _run(name: str) -> str:
    print(f"== {name}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="drill-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        try:
            asyncio.run(_awaited(DRILLS[name](Path(folder), _said(began))))
        except NotRun as reason:
            print(f"   not run: {reason}", flush=True)
            return f"not run: {reason}"
        except Exception:
            traceback.print_exc()
            return "failed"
        finally:
            end_all()
    return "passed"


async def _awaited(drill: Awaitable[None]) -> None:
    await drill


def _said(began: float) -> Say:
    return lambda line: print(f"   {time.monotonic() - began:6.1f} s  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
