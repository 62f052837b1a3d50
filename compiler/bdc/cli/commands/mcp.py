"""`bdc mcp`: tools, resources and prompts for coding agents."""

import sys
from pathlib import Path

import click

from bdc.cli import exits

INSTALL = "The server for agents needs the packages of the extra `agents`: pip install 'bdc-lang[agents]'"


@click.command("mcp")
@click.argument("root", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option(
    "--http", metavar="HOST:PORT", help="Serve streamable HTTP at /mcp on this address instead of stdio."
)
def command(root: Path, http: str | None) -> None:
    """Serve agents over the Model Context Protocol for the specifications below ROOT.

    No path outside of ROOT is read or written, and SQL runs on the embedded PostgreSQL only.
    """
    try:
        from bdc.agents.server import make_server
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] not in ("mcp", "mcp_types"):
            raise
        click.echo(INSTALL, err=True)
        sys.exit(exits.OUTSIDE)
    server = make_server(root)
    if http is None:
        server.run("stdio")
        return
    host, _, port = http.rpartition(":")
    if not port.isdigit():
        raise click.BadParameter("expected HOST:PORT", param_hint="--http")
    server.run("streamable-http", host=host or "127.0.0.1", port=int(port))
