"""`bdc doctor`: what works on this machine, and what to do about what does not."""

import json
import sys
from pathlib import Path

import click

from bdc.cli import exits


@click.command("doctor")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print data.")
def command(spec: Path | None, as_json: bool) -> None:
    """Examine this machine: Python, packages, the embedded PostgreSQL, cache, disk, outside tools; and SPEC, if given.

    Exits with 4 when something that `bdc up` needs is missing.
    """
    from bdc.cli.health import State, examine

    found = list(examine(spec))
    if as_json:
        told = [
            {"name": each.name, "state": each.state.value, "text": each.text, "help": each.help}
            for each in found
        ]
        click.echo(json.dumps({"checks": told}, indent=2))
    else:
        for each in found:
            mark, colour = each.state.mark
            click.echo(f"{click.style(mark, fg=colour)} {each.name:<20} {each.text}")
            if each.help:
                click.echo(f"    {each.help}")
    if any(each.state is State.BAD for each in found):
        sys.exit(exits.OUTSIDE)
