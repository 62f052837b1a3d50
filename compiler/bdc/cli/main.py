"""The command line: a table of commands, each imported when it is called."""

import gc
import io
import os
import sys
from importlib import import_module

import click

from bdc import __version__
from bdc.cli import exits
from bdc.cli.groups import Suggesting
from bdc.cli.results import with_json

# name → one line for `bdc --help`; the code is in commands/<name>.py, function `command`.
COMMANDS: dict[str, str] = {
    "new": "Create a small specification to start from.",
    "check": "Check a specification: every error of every file, in one run.",
    "plan-of": "Show how PostgreSQL would answer a request at the declared load.",
    "build": "Compile a specification into a whole backend.",
    "diff": "Compare two specifications: the database, clients, access, the order of deployment.",
    "up": "Compile, migrate and serve on an embedded PostgreSQL.",
    "test": "Play the `test` blocks of a specification on a backend of their own.",
    "dev": "Serve, and follow every edit: check, migrate, restart.",
    "migrate": "Apply, roll back, verify and merge the migrations of a backend.",
    "advise": "Compute what the declared load asks of a deployment.",
    "load": "Load a backend as its specification declares, and report.",
    "verify": "Run outside tools on a backend, and show what each finds.",
    "audit": "Report what in an older output has been found wrong since.",
    "lock": "Pin the packages that your code needs.",
    "token": "Print a development token for a backend started by `bdc up`.",
    "import": "Write a specification from an existing database or document.",
    "adopt": "Write and prove the first migration of a database in use.",
    "review": "Review a specification: architecture, security, database, performance, operations.",
    "policy": "Show which role may do what, explain why, and compare two versions.",
    "graph": "Draw entities, state machines, requests, architecture and permissions.",
    "lsp": "Serve editors: the language server, over stdio or TCP.",
    "mcp": "Serve coding agents: the Model Context Protocol, over stdio or HTTP.",
    "fmt": "Format specification files.",
    "ir": "Print the typed IR as JSON.",
    "doctor": "Examine this machine: what works, and what to do about the rest.",
    "completion": "Print the completion script of a shell.",
    "explain": "Explain a diagnostic code.",
}
_MODULES = {"import": "import_", "plan-of": "plan_of"}


class _Lazy(Suggesting):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"bdc.cli.commands.{_MODULES.get(cmd_name, cmd_name)}").command
        assert isinstance(found, click.Command)
        return with_json(found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bdc")
def cli() -> None:
    """One specification in, a whole backend out.

    Exit codes: 0 success, 1 errors in the specification, 2 wrong usage, 3 the output folder holds edits that a build would
    overwrite, 4 something outside failed (port, database, disk), 5 a change without approval (diff),
    6 rows do not allow a migration, 70 a defect of bdc.
    """


def print_anywhere() -> None:
    """Let a terminal that cannot show a character show `?` for it: `✓` is no reason to end."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> None:
    """Run the command line; turn what must not happen into one line and an exit code."""
    # A compiler's data lives until it ends: looking for garbage after every few hundred objects finds none.
    gc.set_threshold(100_000, 50, 1000)
    print_anywhere()
    try:
        cli.main(standalone_mode=True)
    except BrokenPipeError:
        # The reader of our output has gone (`bdc ir | head`): not an error, but Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(exits.OK)
    except OSError as error:
        click.echo(f"bdc: {error.filename or ''}: {error.strerror or error}", err=True)
        sys.exit(exits.OUTSIDE)
    except Exception as error:
        if os.environ.get("BDC_TRACEBACK"):
            raise
        click.echo(f"bdc: internal error: {type(error).__name__}: {error}", err=True)
        click.echo(
            "This is a defect of bdc. Run again with BDC_TRACEBACK=1 for the details to report.", err=True
        )
        sys.exit(exits.INTERNAL)
    finally:
        # The last search of all, on the way out, would look at everything once more: a tenth of a second for nothing.
        gc.freeze()
