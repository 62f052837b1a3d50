"""`bdc lsp`: the language server."""

import sys

import click

from bdc.cli import exits

INSTALL = "The language server needs the packages of the extra `lsp`: pip install 'bdc-lang[lsp]'"


@click.command("lsp")
@click.option("--tcp", metavar="HOST:PORT", help="Listen on an address instead of stdio.")
@click.option("--stdio", is_flag=True, help="Speak over stdin and stdout (the default).")
def command(tcp: str | None, stdio: bool) -> None:
    """Serve an editor over the Language Server Protocol: diagnostics, completion, hover, rename and the rest."""
    try:
        from bdc.lsp.server import make_server
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] not in ("pygls", "lsprotocol", "cattrs"):
            raise
        click.echo(INSTALL, err=True)
        sys.exit(exits.OUTSIDE)
    host, _, port = (tcp or "").rpartition(":")
    if tcp is not None and not port.isdigit():
        raise click.BadParameter("expected HOST:PORT", param_hint="--tcp")
    server = make_server()
    try:
        if tcp is None:
            server.start_io()
        else:
            server.start_tcp(host or "127.0.0.1", int(port))
    finally:
        server.stop()
