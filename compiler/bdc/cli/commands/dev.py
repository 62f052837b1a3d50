"""`bdc dev`: a running backend that follows the specification while it is edited."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, spec_argument

if TYPE_CHECKING:
    from bdc.cli.developing import Development
    from bdc.stack.up import Running
    from bdc.stack.workspace import Workspace

WATCHED = (".bds", ".py", ".yaml", ".yml", ".json", ".txt", ".html")
_DEBOUNCE_MS = 40
_QUIET_MS = 250  # without an edit: time for what no request needs
_EVERY = 0.2
INSTALL = "`bdc dev` needs the packages of the extra `dev`: pip install 'bdc-lang[up,dev]'"


@click.command("dev")
@spec_argument
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--yes", is_flag=True, help="Apply migrations that lose rows without asking.")
@click.option("--find", "request", metavar="ID", help="Print what the logs hold about a request, and end.")
def command(spec: Path, port: int, host: str, yes: bool, request: str | None) -> None:
    """Serve SPEC on an embedded PostgreSQL, and follow every edit: check, migrate, restart. Rows are kept.

    A file with errors leaves the last good service running. A migration after which rows are lost asks first. Each request is shown
    with its statements; --find ID shows one again.
    """
    try:
        import watchfiles  # noqa: F401
    except ModuleNotFoundError:
        click.echo(INSTALL, err=True)
        sys.exit(exits.OUTSIDE)
    from bdc.stack.workspace import Workspace

    root = spec if spec.is_dir() else spec.parent
    if request is not None:
        _find(Workspace(root), request)
        return
    _serve(spec, root, host, port, yes)


def _serve(spec: Path, root: Path, host: str, port: int, yes: bool) -> None:
    from bdc.cli.commands.build import build
    from bdc.cli.commands.up import _invite, report
    from bdc.cli.developing import Development
    from bdc.cli.migration import write_next
    from bdc.cli.preparing import prepare_or_exit, tell_skipped
    from bdc.output.python_source import remember_formatted
    from bdc.stack.reach import StackError
    from bdc.stack.up import UpOptions, running
    from bdc.stack.warm import Warm
    from bdc.stack.workspace import Workspace

    project, system = compile_or_exit(spec, "human")
    tell_skipped(prepare_or_exit(project.files, system, "human"))
    workspace = Workspace(project.root)
    out = workspace.backend
    remember_formatted()
    write_next(project, system, out, "local", "human", prove=False)
    build(project, system, out)
    try:
        options = UpOptions(host=host, port=port)
        with (
            Warm() as warm,
            running(system, out, workspace, options, report) as up,
            _logging(up),
            ExitStack() as stack,
        ):
            _invite(up, spec)
            development = Development(spec, out, system, up, warm, yes)
            stack.callback(development.stop)
            _follow(development, root)
    except StackError as error:
        click.echo(f"bdc: {error}", err=True)
        sys.exit(exits.OUTSIDE)
    except KeyboardInterrupt:
        click.echo("\nstopped")


def _follow(development: "Development", root: Path) -> None:
    """Bring the backend to each change of the files, until Ctrl-C."""
    import watchfiles

    for changes in watchfiles.watch(
        root,
        watch_filter=_Relevant(root),
        debounce=_DEBOUNCE_MS,
        step=10,
        rust_timeout=_QUIET_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        if changes:
            development.changed()
        else:
            development.rest()


class _Relevant:
    """The files of a specification and of the user's code, and nothing that is built."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def __call__(self, change: object, path: str) -> bool:
        from bdc.project import is_skipped

        file = Path(path)
        try:
            relative = file.relative_to(self._root)
        except ValueError:
            return False
        return file.suffix in WATCHED and not is_skipped(relative)


@contextmanager
def _logging(up: "Running") -> Iterator[None]:
    """Let the embedded server log each statement, and show each request with its own, until the end."""
    from bdc.stack.request_log import RequestLog, shown

    server = up.data / "server.log" if up.data is not None else None
    _tell_server(up, on=True)
    log, stop = RequestLog(up.backend.log, server), threading.Event()

    def follow() -> None:
        while not stop.wait(_EVERY):
            for entry, statements in log.new():
                colour = "red" if int(entry.get("status", 0)) >= 500 else "cyan"
                click.echo(f"{click.style('→', fg=colour)} {shown(entry, statements)}")

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        _tell_server(up, on=False)


def _tell_server(up: "Running", *, on: bool) -> None:
    """Turn the logging of statements on or off; a server that is not ours is left alone."""
    import asyncio

    import asyncpg

    if up.data is None:
        return

    async def tell() -> None:
        connection = await asyncpg.connect(up.settings.admin_url)
        try:
            value = "set log_min_duration_statement = 0" if on else "reset log_min_duration_statement"
            await connection.execute(f"alter system {value}")
            await connection.execute("select pg_reload_conf()")
        finally:
            await connection.close()

    with suppress(OSError, asyncpg.PostgresError):
        asyncio.run(tell())


def _find(workspace: "Workspace", request: str) -> None:
    from bdc.stack.request_log import find

    found = find(request, workspace.folder / "service.log", workspace.postgres / "server.log")
    if not found:
        click.echo(f"the logs hold nothing about request {request}", err=True)
        sys.exit(exits.SPEC)
    click.echo("\n".join(found))
