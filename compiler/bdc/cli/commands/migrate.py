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
from bdc.cli.results import json_option, tell, with_json

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
            return with_json(found)
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
    return backend(database(patience(json_option(function))))


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
def up(backend: Path, url: str | None, patience: float | None, as_json: bool, **flags: bool) -> None:
    """Apply the migrations: expand and backfill. What older code needs is kept until --contract."""
    _run(backend, url, "up", patience, _flags(flags), as_json)


@command.command("down")
@_common
@click.option(
    "--accept-loss", is_flag=True, help="Also roll back the first migration, which drops every table."
)
def down(backend: Path, url: str | None, patience: float | None, as_json: bool, **flags: bool) -> None:
    """Roll back the last migration, as far as it is applied."""
    _run(backend, url, "down", patience, _flags(flags), as_json)


@command.command("status")
@_common
def status(backend: Path, url: str | None, patience: float | None, as_json: bool) -> None:
    """Show which migrations are applied, and what was changed outside of them."""
    _run(backend, url, "status", patience, [], as_json)


@command.command("plan")
@_common
@_extent
def plan(backend: Path, url: str | None, patience: float | None, as_json: bool, **flags: bool) -> None:
    """Show what `up` would do, with locks, scans and hazards. Nothing changes."""
    _run(backend, url, "plan", patience, _flags(flags), as_json)


@command.command("baseline")
@_common
@click.option(
    "--at",
    "state",
    metavar="STATE",
    help="A migration, or the beginning of the hash of a state (default: the last).",
)
def baseline(
    backend: Path, url: str | None, patience: float | None, as_json: bool, state: str | None
) -> None:
    """Mark an existing database as already migrated. No statement of a migration is run."""
    _run(backend, url, "baseline", patience, [state] if state else [], as_json)


def _flags(flags: dict[str, bool]) -> list[str]:
    words = {"everything": "all"}
    return [f"--{words.get(name, name).replace('_', '-')}" for name, given in flags.items() if given]


def _told(name: str, code: int, lines: list[str], error: str) -> dict[str, Any]:
    """Return what the runner said as data; of `status` also each migration with its state."""
    data: dict[str, Any] = {"command": name, "succeeded": code == 0, "lines": lines, "error": error or None}
    if name == "status" and code == 0:
        drift = "changed outside the migrations: "
        states = (line.partition(": ") for line in lines if not line.startswith(drift))
        data["migrations"] = [{"name": each, "state": state} for each, _, state in states]
        data["changed_outside"] = [line.removeprefix(drift) for line in lines if line.startswith(drift)]
    return data


def backend_or_exit(path: Path) -> "Place":
    """Return the backend that is meant; exit with 2 when there is none."""
    from bdc.stack.migrations import find_backend

    place = find_backend(path)
    if place is None:
        refuse(NoBackend(str(path)), exits.USAGE)
    return place


def _run(
    backend: Path, url: str | None, name: str, patience: float | None, more: list[str], as_json: bool
) -> None:
    from bdc.stack.migrations import database_of, heard, run_command
    from bdc.stack.reach import StackError

    place = backend_or_exit(backend)
    wait = ["--patience", str(patience)] if patience is not None else []
    try:
        with database_of(place, url) as database:
            arguments = [name, *more, *wait]
            if as_json:
                code, lines, error = heard(place.out, database, arguments)
                tell(True, _told(name, code, lines, error))
            else:
                code = run_command(place.out, database, arguments)
    except StackError as error:
        refuse(NoDatabase(str(error)), exits.OUTSIDE)
    if code:
        sys.exit(exits.OUTSIDE)
