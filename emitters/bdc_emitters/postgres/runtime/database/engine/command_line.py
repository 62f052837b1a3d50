"""The command line of the runner.

    python -m database.migrate up [--contract | --all] [--seed] [--runtime-password-env NAME | --runtime-password-file PATH]
                                   [--accept-drift] [--wait SECONDS]
    python -m database.migrate down [--accept-loss]
    python -m database.migrate status | plan [--contract | --all] | baseline [STATE] | prune

The URL (--database, or MIGRATION_DATABASE_URL, or the file that MIGRATION_DATABASE_URL_FILE names) is that of a role which is a
member of the owner, on a direct connection, not through a pooler: an advisory lock lets one run at a time, and it belongs to the
connection. Making the roles, the first time, takes CREATEROLE or a superuser. Run again after a crash, it goes on where it stopped.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import asyncpg

from database.engine import migrate
from database.engine.errors import MigrationError, RowsInTheWay
from database.engine.patience import BUDGET
from database.engine.waiting import TRANSIENT, until_ready


def main() -> None:
    """Run the command; a refusal is one message on the error output and the exit code 1, or 6 where rows are in the way. The
    exit code 4 says that the database could not be reached, or was in use: another attempt may succeed."""
    try:
        asyncio.run(_run(_arguments()))
    except (MigrationError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(_exit_code(failure))


def _exit_code(failure: Exception) -> int:
    if isinstance(failure, RowsInTheWay):
        return 6
    return 4 if isinstance(failure, TRANSIENT) else 1


async def _run(arguments: argparse.Namespace) -> None:
    url = arguments.database
    await until_ready(url, arguments.wait, _say)
    match arguments.command:
        case "up":
            if not await _up(arguments):
                _say("up to date")
        case "down":
            done = await migrate.down(
                url, accept_loss=arguments.accept_loss, report=_say, budget=arguments.patience
            )
            if not done:
                _say("nothing is applied")
        case "status":
            _say("\n".join(await migrate.status(url)))
        case "plan":
            _say("\n".join(await migrate.plan(url, extent=_extent(arguments))) or "up to date")
        case "baseline":
            _say("\n".join(await migrate.baseline(url, arguments.state)))
        case _:
            _say("\n".join(await migrate.prune(url)) or "nothing to drop")


async def _up(arguments: argparse.Namespace) -> tuple[str, ...]:
    return await migrate.migrate(
        arguments.database,
        extent=_extent(arguments),
        seed=arguments.seed,
        accept_drift=arguments.accept_drift,
        runtime_password=_runtime_password(arguments),
        report=_say,
        budget=arguments.patience,
    )


def _runtime_password(arguments: argparse.Namespace) -> str | None:
    """Return the password that the runtime role gets. MigrationError when the variable or the file has none."""
    name, file = arguments.runtime_password_env, arguments.runtime_password_file
    if not name and not file:
        return None
    found = os.environ.get(name, "") if name else Path(file).read_text(encoding="utf-8").strip()
    if not found:
        raise MigrationError(f"{name or file} holds no password for the runtime role")
    return found


def _say(line: str) -> None:
    print(line, flush=True)


def _extent(arguments: argparse.Namespace) -> str:
    return "all" if arguments.all else "contract" if arguments.contract else "up"


def url_of_environment() -> str | None:
    """Return the URL that the environment names, or None."""
    file = os.environ.get("MIGRATION_DATABASE_URL_FILE")
    return (
        Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get("MIGRATION_DATABASE_URL")
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m database.migrate",
        description="Bring a database to the state of this release, or back.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_up(
        _command(
            commands,
            "up",
            "apply the migrations: expand and backfill; what older code needs is kept until --contract",
        )
    )
    down = _command(commands, "down", "roll back the last migration, as far as it is applied")
    down.add_argument(
        "--accept-loss",
        action="store_true",
        help="also roll back the first migration, which drops every table",
    )
    _command(commands, "status", "show which migrations are applied, and what was changed outside of them")
    _add_extent(_command(commands, "plan", "show what `up` would do, with locks and scans; nothing changes"))
    base = _command(
        commands, "baseline", "mark an existing database as already migrated; no statement is run"
    )
    base.add_argument(
        "state", nargs="?", help="a migration, or the beginning of the hash of a state (default: the last)"
    )
    _command(commands, "prune", "drop the functions of all releases but this one")
    arguments = parser.parse_args()
    if not arguments.database:
        parser.error("give --database URL or set MIGRATION_DATABASE_URL")
    return arguments


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help, description=help)
    parser.add_argument("--database", default=url_of_environment(), metavar="URL")
    parser.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long to wait for a database that does not answer yet (default: %(default)s)",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=BUDGET,
        metavar="SECONDS",
        help="how long to retry an operation that waits for a lock (default: %(default)s)",
    )
    return parser


def _add_extent(parser: argparse.ArgumentParser) -> None:
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--contract",
        action="store_true",
        help="also remove what only older code needs; older code must not run any more",
    )
    extent.add_argument(
        "--all", action="store_true", help="run all phases at once; no application may be running"
    )


def _add_up(parser: argparse.ArgumentParser) -> None:
    _add_extent(parser)
    parser.add_argument(
        "--seed", action="store_true", help="also load database/seeds/ (existing rows do not change)"
    )
    password = parser.add_mutually_exclusive_group()
    password.add_argument(
        "--runtime-password-env", metavar="NAME", help="variable with the password of the runtime role"
    )
    password.add_argument(
        "--runtime-password-file", metavar="PATH", help="file with the password of the runtime role"
    )
    parser.add_argument(
        "--accept-drift",
        action="store_true",
        help="continue although the schema was changed outside of the migrations",
    )
