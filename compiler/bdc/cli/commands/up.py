"""`bdc up`: a running backend on this machine."""

import shutil
import sys
import time
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit, format_option, spec_argument
from bdc.cli.migration import write_next
from bdc.cli.preparing import prepare_or_exit, tell_skipped


@click.command("up")
@spec_argument
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where the backend is built (default: SPEC/.bdc/backend)."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--database", metavar="URL", help="Another PostgreSQL 16+ server; its user must be able to create roles."
)
@click.option("--no-seed", is_flag=True, help="Do not load the seeds of the specification.")
@click.option(
    "--reset",
    is_flag=True,
    help="Throw away the embedded database of earlier runs, and start its migrations over.",
)
@format_option
def command(
    spec: Path,
    out: Path | None,
    port: int,
    host: str,
    database: str | None,
    no_seed: bool,
    reset: bool,
    style: str,
) -> None:
    """Compile SPEC, start an embedded PostgreSQL, migrate, seed and serve until Ctrl-C.

    When the schema has changed since the last run, the migration is planned and run: your local rows stay.
    """
    from bdc.stack.backend import RowsRefused
    from bdc.stack.cluster import remove
    from bdc.stack.reach import StackError
    from bdc.stack.up import UpOptions, running
    from bdc.stack.workspace import Workspace

    begun = time.perf_counter()
    project, system = compile_or_exit(spec, style)
    tell_skipped(prepare_or_exit(project.files, system, style))
    workspace = Workspace(project.root)
    target = out or workspace.backend
    if reset:
        remove(workspace.postgres)
        shutil.rmtree(target / "database" / "migrations", ignore_errors=True)
    report(
        "compile", f"{len(project.files)} files, {len(system.entities)} entities", time.perf_counter() - begun
    )
    begun = time.perf_counter()
    migration = write_next(project, system, target, "local", style)
    if migration is not None:
        report("plan", f"the schema has changed: {migration}", time.perf_counter() - begun)
    begun = time.perf_counter()
    again = f"`bdc up {spec} --reset` starts the local database over from the seeds; what is in it is lost."
    plan = build(project, system, target, migration_help=again)
    report("build", f"{len(plan.write)} files written to {target}", time.perf_counter() - begun)
    options = UpOptions(host=host, port=port, database=database, seed=not no_seed)
    try:
        with running(system, target, workspace, options, report) as up:
            _invite(up.state.url, spec, list(up.state.actors), up.state.roles)
            code = up.backend.wait()
            click.echo(f"the service ended with code {code}; its log is {up.backend.log}", err=True)
            sys.exit(exits.OUTSIDE)
    except RowsRefused as error:
        click.echo(f"bdc: {error}", err=True)
        if migration is not None:
            _forget(target, migration)
        sys.exit(exits.ROWS)
    except StackError as error:
        click.echo(f"bdc: {error}", err=True)
        sys.exit(exits.OUTSIDE)
    except KeyboardInterrupt:
        click.echo("\nstopped")


def _forget(target: Path, migration: str) -> None:
    """Take back what was planned on the spot: it would stand before every other change, and the rows are out of reach meanwhile."""
    from bdc.evolution import FOLDER

    shutil.rmtree(target / FOLDER / migration)
    click.echo(
        f"{migration} is forgotten: take the change back to get at the rows, and run `bdc up` again", err=True
    )


def report(step: str, detail: str, seconds: float) -> None:
    """One finished step on the terminal."""
    click.echo(
        f"{click.style('✓', fg='green')} {step:<9} {detail} {click.style(f'({seconds:.2f} s)', dim=True)}"
    )


def _invite(url: str, spec: Path, actors: list[str], roles: list[str]) -> None:
    click.echo(f"\n  REST, GraphQL and docs: {url}/docs")
    if actors:
        role = f" --role {roles[0]}" if roles else ""
        click.echo(f"  a token:                bdc token {spec} --as {actors[0]}{role}")
    click.echo("  stop with Ctrl-C\n")
