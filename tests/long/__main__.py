"""Run the long tests in slices, each of at most half an hour, and go on where an earlier run stopped.

    python -m tests.long                 every slice that is left at this commit
    python -m tests.long --slices 1      one slice
    python -m tests.long --report        what passed at this commit; nothing is run

A test that passed at this commit is not run again; one that failed is. What was edited and not committed counts as a commit of its own.
Exit codes: 0 all have passed (or were not run, for the reason that is shown), 1 some failed, 3 some are left.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from tests.long.ledger import DONE, Entry, Ledger

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / ".long" / "ledger.jsonl"
MINUTES = 30.0
FILLED = 0.6  # of a slice: what is not known may take longer
UNKNOWN = 60.0  # seconds of a test that has not run yet
WORKERS = min(4, os.cpu_count() or 1)


def commit_of(root: Path) -> str:
    """Return the commit that is checked out, and a digest of what was edited since."""
    head = _git(root, "rev-parse", "--short=12", "HEAD").strip()
    edited = _git(root, "status", "--porcelain") and _git(root, "diff", "HEAD") + _git(
        root, "status", "--porcelain"
    )
    return f"{head}+{sha256(edited.encode()).hexdigest()[:8]}" if edited else head


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return done.stdout


def collected(paths: Sequence[str]) -> list[str]:
    """Return the long tests below `paths`."""
    done = subprocess.run(
        [*_pytest(), "--collect-only", "-m", "long", *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [
        line for line in done.stdout.splitlines() if "::" in line and not line.startswith(("ERROR", " "))
    ]
    if done.returncode not in (0, 5):
        sys.exit(done.stdout + done.stderr)
    return found


def next_slice(left: Sequence[str], seconds: Mapping[str, float], room: float) -> list[str]:
    """Return tests that should fit into `room` seconds of all workers together: at least one, the longest first."""
    chosen: list[str] = []
    used = 0.0
    for test in sorted(left, key=lambda name: -seconds.get(name, UNKNOWN)):
        cost = seconds.get(test, UNKNOWN)
        if not chosen or used + cost <= room:
            chosen.append(test)
            used += cost
    return chosen


def run_slice(tests: Sequence[str], commit: str, ledger: Path, minutes: float) -> None:
    """Run `tests`; what has not ended after `minutes` is stopped, and left. A test that had all of it to itself is too long."""
    with tempfile.TemporaryDirectory(prefix="bdc-long-") as scratch:
        names = Path(scratch) / "tests"
        names.write_text("\n".join(tests) + "\n", encoding="utf-8")
        workers = min(WORKERS, len(tests))
        spread = ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else ["-n", "0"]
        process = subprocess.Popen(
            [*_pytest(), "-p", "tests.long.ledger", *spread, f"@{names}"],
            cwd=ROOT,
            env={**_environment(), "LONG_LEDGER": str(ledger), "LONG_COMMIT": commit},
            start_new_session=True,
        )
        try:
            process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            if len(tests) == 1:
                Ledger(ledger).add(Entry(commit, tests[0], "too long", minutes * 60))
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    for sent in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)


def _environment() -> dict[str, str]:
    """Pytest finds the plugin in this checkout, whatever folder the tests are in; it is no worker of a run that it is started in."""
    own = str(Path(__file__).parents[2])
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {**outer, "PYTHONPATH": os.pathsep.join(filter(None, (own, os.environ.get("PYTHONPATH"))))}


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]


def left_of(tests: Sequence[str], given: Mapping[str, Entry], tried: set[str]) -> list[str]:
    """Return what is left: not noted at this commit, or failed in an earlier run (`tried`: in this one)."""
    return [
        test for test in tests if test not in tried and (test not in given or given[test].outcome not in DONE)
    ]


def report(tests: Sequence[str], given: Mapping[str, Entry], commit: str) -> int:
    """Print what each outcome has, and return the exit code."""
    outcomes = Counter(given[test].outcome if test in given else "left" for test in tests)
    for test in tests:
        if test in given and given[test].outcome != "passed":
            print(f"  {given[test].outcome}: {test}: {given[test].detail[:160]}")
    print(
        f"test-long at {commit}: " + ", ".join(f"{count} {name}" for name, count in sorted(outcomes.items()))
    )
    if outcomes["failed"] or outcomes["too long"]:
        return 1
    return 3 if outcomes["left"] else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run slices until nothing is left, or as many as were asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.long")
    parser.add_argument("--slices", type=int, default=sys.maxsize)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--ledger", type=Path, default=LEDGER)
    parser.add_argument("--report", action="store_true")
    parser.add_argument("paths", nargs="*", default=["tests"])
    asked = parser.parse_args(arguments)
    commit, ledger, tests = commit_of(ROOT), Ledger(asked.ledger), collected(asked.paths)
    tried: set[str] = set()
    room = FILLED * asked.minutes * 60 * WORKERS
    for number in range(0 if asked.report else asked.slices):
        left = left_of(tests, ledger.at(commit), tried)
        if not left:
            break
        chosen = next_slice(left, ledger.seconds(), room)
        print(f"slice {number + 1}: {len(chosen)} of {len(left)} tests that are left", flush=True)
        known = len(ledger.entries())
        run_slice(chosen, commit, asked.ledger, asked.minutes)
        ended = {entry.test for entry in ledger.entries()[known:]}
        tried |= ended if ended or len(chosen) > 1 else set(chosen)
        room = room if ended else 0  # nothing ended in time: one test by itself
    return report(tests, ledger.at(commit), commit)


if __name__ == "__main__":
    sys.exit(main())
