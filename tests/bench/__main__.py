"""Measure and print. `python -m tests.bench [compiler|output|migrations|service|floor|transfers|events|bulk|jobs] [--seconds N] [--rounds N] [--rows N] [--only TEXT]`.

Ends with 1 when an answer was wrong, with 0 otherwise: a ratio below its aim is printed, and is no failure, because machines and
what else they do differ.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.answers import Differs, compare
from tests.bench.bulk import bench_bulk
from tests.bench.cases import CASES
from tests.bench.compiler import build_cost
from tests.bench.editor import editor_cost
from tests.bench.events import bench_events
from tests.bench.floor import bench_floor
from tests.bench.jobs import bench_jobs
from tests.bench.measure import CONNECTIONS, Finding
from tests.bench.migrations.show import bench_migrations
from tests.bench.output import output_cost
from tests.bench.stage import CPUS, stage
from tests.bench.streams import bench_stream
from tests.bench.transfers import bench_transfers

_ROW = "{:<24} {:<22} {:>8} {:>8} {:>8} {:>8} {:>7} {:>6}"


def main() -> int:
    options = _options()
    if options.part in ("all", "compiler"):
        _bench_compiler()
    if options.part in ("all", "output"):
        _bench_output()
    if options.part in ("all", "editor"):
        _bench_editor()
    if options.part in ("all", "migrations"):
        bench_migrations(options.rows, options.only if options.part == "migrations" else "")
    wrong = bench_transfers(options.rounds, options.seconds) if options.part in ("all", "transfers") else 0
    wrong = (bench_bulk() if options.part in ("all", "bulk") else 0) or wrong
    wrong = (bench_events() if options.part in ("all", "events") else 0) or wrong
    wrong = (bench_stream() if options.part in ("all", "events") else 0) or wrong
    wrong = (bench_jobs() if options.part in ("all", "jobs") else 0) or wrong
    wrong = (bench_floor(options.rounds, options.seconds) if options.part in ("all", "floor") else 0) or wrong
    return (_bench_service(options) if options.part in ("all", "service") else 0) or wrong


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "part",
        nargs="?",
        choices=(
            "all",
            "compiler",
            "editor",
            "output",
            "migrations",
            "service",
            "floor",
            "transfers",
            "events",
            "bulk",
            "jobs",
        ),
        default="all",
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="")
    return parser.parse_args()


def _bench_compiler() -> None:
    print("bdc build, every emitter, from nothing (median of 3)")
    print(f"{'entities':>10} {'wall s':>8} {'cpu s':>8} {'MiB':>8} {'files':>8} {'lines':>9}")
    for entities in (10, 100, 300):
        cost = build_cost(entities)
        print(
            f"{entities:>10} {cost.wall:>8.2f} {cost.cpu:>8.2f} {cost.memory:>8.0f} {cost.files:>8} {cost.lines:>9,}",
            flush=True,
        )
    print()


def _bench_editor() -> None:
    print("a keystroke in an editor (medians): first diagnostics, all of a check, and a completion meanwhile")
    for entities in (10, 100, 300):
        cost = editor_cost(entities)
        print(
            f"{entities:>10} {cost.syntax:>8.0f} ms {cost.settled:>8.2f} s {cost.completion:>8.0f} ms",
            flush=True,
        )
    print()


def _bench_output() -> None:
    cost = output_cost()
    print("what is written (JSON counted indented), and the start of a service of 10 entities (median of 5)")
    print(f"{'per entity':>12} {cost.lines:>8,.0f} lines {cost.kilobytes:>8.0f} KB")
    print(f"{'for none':>12} {cost.fixed_lines:>8,.0f} lines {cost.fixed_kilobytes:>8.0f} KB")
    print(f"{'first answer':>12} {cost.start:>8.2f} s     {cost.memory:>8.0f} MiB\n", flush=True)


def _bench_service(options: argparse.Namespace) -> int:
    cases = [case for case in CASES if options.only.lower() in case.name.lower()]
    if not cases:
        print(f"no case is called {options.only!r}: {', '.join(case.name for case in CASES)}")
        return 2
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bdc-bench-")))
        scratch.chmod(0o755)
        bench = stage(scratch, stack, options.rounds, options.seconds)
        try:
            asked = sum(compare(bench.peers, case, bench.keys, bench.token) for case in cases)
        except Differs as difference:
            print(f"the services do not answer the same, nothing was measured: {difference}")
            return 1
        _print_head(asked)
        found = []
        for case in cases:
            found.append(bench.measure(case))
            _print_finding(found[-1])
    return _conclude(found)


def _print_head(asked: int) -> None:
    cpus = "servers on one CPU, PostgreSQL and the client on the other" if CPUS else "all on one CPU"
    print(
        f"{CONNECTIONS} connections, one worker each, {cpus};\n"
        "the emitted service with row level security and the policy in its statements, the hand-written one with a filter;\n"
        f"{asked} answers of each compared beforehand: the same. Medians.\n"
    )
    print(_ROW.format("case", "service", "req/s", "p99 ms", "cpu µs", "db µs", "ratio", "aim"))


def _print_finding(found: Finding) -> None:
    for service, name in enumerate(found.names):
        ours = service == 0
        numbers = (
            f"{found.median(service, lambda cell: cell.rate):,.0f}",
            f"{found.median(service, lambda cell: cell.p99):.1f}",
            f"{found.median(service, lambda cell: cell.cpu):.0f}",
            f"{found.median(service, lambda cell: cell.database):.0f}",
        )
        shown = (f"{found.ratio:.1f}×", f"{found.case.least:.0f}×") if ours else ("", "")
        print(_ROW.format(found.case.name if ours else "", name, *numbers, *shown).rstrip(), flush=True)


def _conclude(findings: Sequence[Finding]) -> int:
    """Say which aims were missed and whether an answer was wrong; return the exit code."""
    missed = [found for found in findings if not found.reached]
    print()
    for found in missed:
        print(f"below its aim: {found.case.name}: {found.ratio:.1f}×, not {found.case.least:.0f}×")
    if not missed:
        print("every ratio reaches its aim")
    wrong = [found for found in findings if found.bad]
    for found in wrong:
        print(f"WRONG ANSWERS: {found.case.name}: {found.bad}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
