"""`bdc up`: a running backend on this machine."""

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import click

from bdc.cli import exits
from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit, format_option, spec_argument
from bdc.cli.migration import write_next
from bdc.cli.preparing import prepare_or_exit, tell_skipped
from bdc.cli.proving import no_prove

if TYPE_CHECKING:
    from bdc.project import Project
    from bdc.stack.up import Running
    from bdc.stack.workspace import UpState


@click.command("up")
@spec_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The folder of the built backend (default: SPEC/.bdc/backend).",
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
    help="Delete the embedded database of earlier runs and its migrations.",
)
@no_prove
@format_option
def command(
    spec: Path,
    out: Path | None,
    port: int,
    host: str,
    database: str | None,
    no_seed: bool,
    reset: bool,
    no_prove: bool,
    style: str,
) -> None:
    """Compile SPEC, start an embedded PostgreSQL, migrate, seed and serve until Ctrl-C.

    If the schema has changed since the last run, the migration is planned and applied. Local rows are kept.
    """
    from bdc.cli.serving import Serving
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
    migration = write_next(project, system, target, "local", style, prove=not no_prove)
    if migration is not None:
        report("plan", f"the schema has changed: {migration}", time.perf_counter() - begun)
    begun = time.perf_counter()
    again = f"`bdc up {spec} --reset` deletes the local database and loads the seeds again"
    plan = build(project, system, target, migration_help=again)
    report("build", f"{len(plan.write)} files written to {target}", time.perf_counter() - begun)
    _refuse_missing(project)
    options = UpOptions(host=host, port=port, database=database, seed=not no_seed)
    try:
        with running(system, target, workspace, options, report) as up:
            _invite(up, spec)
            code = Serving(up, project.root, target).wait()
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


def _refuse_missing(project: "Project") -> None:
    """The service runs on this Python: say which packages of the user's code it does not have, before the code fails to import them."""
    from importlib.metadata import PackageNotFoundError, distribution

    missing = []
    for name in project.requirements.names:
        try:
            distribution(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        click.echo(f"bdc: your code needs {', '.join(missing)}, which this Python does not have", err=True)
        click.echo(
            f"  = help: {sys.executable} -m pip install -r {project.root / 'requirements.in'}", err=True
        )
        sys.exit(exits.OUTSIDE)


def _forget(target: Path, migration: str) -> None:
    """Take back what was planned on the spot: it would stand before every other change, and the rows are out of reach meanwhile."""
    from bdc.evolution import FOLDER

    shutil.rmtree(target / FOLDER / migration)
    click.echo(
        f"{migration} was discarded: undo the change to reach the rows, and run `bdc up` again", err=True
    )


def report(step: str, detail: str, seconds: float) -> None:
    """One finished step on the terminal."""
    click.echo(
        f"{click.style('✓', fg='green')} {step:<9} {detail} {click.style(f'({seconds:.2f} s)', dim=True)}"
    )


def _caller(state: "UpState") -> str:
    """Return the arguments of `bdc token` for a caller that the service accepts."""
    name, claims = next(iter(state.actors.items()), ("", {}))
    known = [f" --as {name}" if name else " --id KEY", *(f" --role {role}" for role in state.roles[:1])]
    return "".join([*known, *(f" --claim {each}=VALUE" for each in state.missing(claims) if each != "id")])


def _invite(up: "Running", spec: Path) -> None:
    click.echo(f"\n  REST, GraphQL and docs: {up.state.url}/docs")
    if up.state.actors or up.state.claims:
        click.echo(
            f"  a token:                bdc token {spec}{_caller(up.state)}  (--page: for the browser)"
        )
    click.echo(f"  log of the service:     {up.backend.log}")
    click.echo(f"  database:               {_shown(up)}")
    if up.data is not None:
        click.echo(f"  its data and its log:   {up.data}")
    click.echo("  your code is reloaded when you edit it; stop with Ctrl-C\n")


def _shown(up: "Running") -> str:
    """The URL for a console; the password of a server that is not ours is left out."""
    url = up.settings.admin_url
    if up.data is not None:
        return url
    parts = urlsplit(url)
    user = (parts.username or "") + "@" if parts.username else ""
    return urlunsplit(parts._replace(netloc=user + parts.netloc.rpartition("@")[2]))
