"""`bdc test`: the `test` blocks of a specification, played on a backend of their own."""

import sys
import tempfile
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, format_option, spec_argument
from bdc.cli.preparing import prepare_or_exit
from bdc.cli.results import json_option, tell, working
from bdc.ir import SystemIR
from bdc.project import Project

# What a running service consists of; the rest of a build has no part in a test.
TARGETS = (
    "service",
    "jobs",
    "mails",
    "graphql",
    "postgres",
    "relay",
    "receivers",
    "audit",
    "tests",
    "openapi",
)


@click.command("test")
@spec_argument
@click.option("--only", multiple=True, metavar="NAME", help="Play the test of this name (repeatable).")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit's XML here.")
@format_option
@json_option
def command(spec: Path, only: tuple[str, ...], junit: Path | None, style: str, as_json: bool) -> None:
    """Play the `test` blocks of SPEC: each over HTTP, under policy, on an embedded PostgreSQL that is thrown away.

    Jobs run, and the clock moves, only where a test says so. Exits with 1 when a test fails.
    """
    from bdc.cli.playing import as_data, counts, show, write_junit
    from bdc.stack.playing import Played, play
    from bdc.stack.reach import StackError

    project, system = compile_or_exit(spec, style)
    _refuse_unknown(system, only)
    results: list[Played] = []
    if system.scenarios:
        prepare_or_exit(project.files, system, style)
        try:
            with tempfile.TemporaryDirectory(prefix="bdc-test-") as scratch:
                with working("build"):
                    out = _build(project, system, Path(scratch) / "backend")
                for found in play(out, only):
                    results.append(found)
                    if not as_json:
                        show(found, project.files)
        except StackError as error:
            click.echo(f"bdc: {error}", err=True)
            sys.exit(exits.OUTSIDE)
    if junit is not None:
        write_junit(results, system.name, junit)
    told = ", ".join(f"{count} {status}" for status, count in counts(results).items() if count)
    tell(as_json, as_data(results), told or f"{spec} has no `test` block")
    if any(each.status == "failed" for each in results):
        sys.exit(exits.SPEC)


def _refuse_unknown(system: SystemIR, only: tuple[str, ...]) -> None:
    from bdc.diagnostics import did_you_mean

    names = [each.name for each in system.scenarios]
    for name in only:
        if name not in names:
            close = did_you_mean(name, names)
            hint = f" Did you mean `{close}`?" if close else ""
            raise click.BadParameter(f"there is no test `{name}`.{hint}", param_hint="--only")


def _build(project: Project, system: SystemIR, target: Path) -> Path:
    """Build what a test needs into `target`, which is new."""
    from bdc.output.writer import commit, plan_write
    from bdc.pipeline import emit_all
    from bdc.project import own_code
    from bdc_emitters.registry import load_emitter, load_player

    emitters = [*(load_emitter(name) for name in TARGETS), load_player()]
    files = emit_all(
        system, project.files, emitters, own_code(project.root), requirements=project.requirements
    )
    commit(plan_write(target, files))
    return target
