"""`bdc migrate`: apply, roll back, show, verify and merge the migrations of a built backend."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bdc.cli import exits
from bdc.cli.facts import NoBackend, NoDatabase
from bdc.cli.groups import Suggesting
from bdc.cli.report import refuse

if TYPE_CHECKING:
    from bdc.stack.migrations import Place

# Subcommands with a file of their own, imported when they are called.
_APART = ("verify", "merge", "export")


class _Group(Suggesting):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_APART]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _APART:
            found = import_module(f"bdc.cli.commands.migrate_{cmd_name}").command
            assert isinstance(found, click.Command)
            return found
        return super().get_command(ctx, cmd_name)


@click.group("migrate", cls=_Group)
def command() -> None:
    """Apply, roll back, verify and merge the migrations of a built backend.

    BACKEND is a folder that `bdc build` wrote, or a specification that `bdc up` runs. The database is --db URL, the variable
    MIGRATION_DATABASE_URL, or the embedded database of `bdc up`.
    """


def _common(function: Callable[..., Any]) -> Callable[..., Any]:
    backend = click.argument("backend", type=click.Path(path_type=Path), default=".")
    database = click.option(
        "--db", "url", metavar="URL", help="The database, by a direct connection (no pooler)."
    )
    patience = click.option(
        "--patience",
        type=float,
        metavar="SECONDS",
        help="How long to retry an operation that waits for a lock.",
    )
    return backend(database(patience(function)))


def _extent(function: Callable[..., Any]) -> Callable[..., Any]:
    contract = click.option(
        "--contract",
        is_flag=True,
        help="Also remove what only older code needs; older code must not run any more.",
    )
    everything = click.option(
        "--all", "everything", is_flag=True, help="Run all phases at once; no application may be running."
    )
    return contract(everything(function))


@command.command("up")
@_common
@_extent
@click.option("--seed", is_flag=True, help="Also load the seeds (existing rows do not change).")
@click.option(
    "--accept-drift", is_flag=True, help="Continue although the schema was changed outside of the migrations."
)
def up(backend: Path, url: str | None, patience: float | None, **flags: bool) -> None:
    """Apply the migrations: expand and backfill. What older code needs is kept until --contract."""
    _run(backend, url, "up", patience, _flags(flags))


@command.command("down")
@_common
@click.option(
    "--accept-loss", is_flag=True, help="Also roll back the first migration, which drops every table."
)
def down(backend: Path, url: str | None, patience: float | None, **flags: bool) -> None:
    """Roll back the last migration, as far as it is applied."""
    _run(backend, url, "down", patience, _flags(flags))


@command.command("status")
@_common
def status(backend: Path, url: str | None, patience: float | None) -> None:
    """Show which migrations are applied, and what was changed outside of them."""
    _run(backend, url, "status", patience, [])


@command.command("plan")
@_common
@_extent
def plan(backend: Path, url: str | None, patience: float | None, **flags: bool) -> None:
    """Show what `up` would do, with locks, scans and hazards. Nothing changes."""
    _run(backend, url, "plan", patience, _flags(flags))


@command.command("baseline")
@_common
@click.option(
    "--at",
    "state",
    metavar="STATE",
    help="A migration, or the beginning of the hash of a state (default: the last).",
)
def baseline(backend: Path, url: str | None, patience: float | None, state: str | None) -> None:
    """Mark an existing database as already migrated. No statement of a migration is run."""
    _run(backend, url, "baseline", patience, [state] if state else [])


def _flags(flags: dict[str, bool]) -> list[str]:
    words = {"everything": "all"}
    return [f"--{words.get(name, name).replace('_', '-')}" for name, given in flags.items() if given]


def backend_or_exit(path: Path) -> "Place":
    """Return the backend that is meant; exit with 2 when there is none."""
    from bdc.stack.migrations import find_backend

    place = find_backend(path)
    if place is None:
        refuse(NoBackend(str(path)), exits.USAGE)
    return place


def _run(backend: Path, url: str | None, name: str, patience: float | None, more: list[str]) -> None:
    from bdc.stack.migrations import database_of, run_command
    from bdc.stack.reach import StackError

    place = backend_or_exit(backend)
    wait = ["--patience", str(patience)] if patience is not None else []
    try:
        with database_of(place, url) as database:
            code = run_command(place.out, database, [name, *more, *wait])
    except StackError as error:
        refuse(NoDatabase(str(error)), exits.OUTSIDE)
    if code:
        sys.exit(exits.OUTSIDE)
