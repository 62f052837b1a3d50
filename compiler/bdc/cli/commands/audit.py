"""`bdc audit`: what in an older output has since been found wrong."""

import json
import sys
from pathlib import Path

import click

from bdc.cli import exits


@click.command("audit")
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option(
    "--format", "style", type=click.Choice(("human", "json")), default="human", help="How results are shown."
)
def command(out: Path, style: str) -> None:
    """Report what in the backend in OUT has been found wrong since it was built, and what to do.

    It looks at the files, so that it also judges outputs that were edited. Exit code 1 when something is found, 4 when OUT is no output.
    """
    from bdc.inspection.advisories import ADVISORIES, audit

    if not (out / "bdc.lock").is_file():
        click.echo(f"bdc: {out} is no output of bdc: it has no bdc.lock", err=True)
        sys.exit(exits.OUTSIDE)
    found = list(audit(out))
    if style == "json":
        rows = [
            {
                "id": each.advisory.id,
                "severity": each.advisory.severity,
                "title": each.advisory.title,
                "file": each.path,
                "remedy": each.advisory.remedy,
            }
            for each in found
        ]
        click.echo(json.dumps(rows, indent=2))
    else:
        for each in found:
            click.echo(f"{each.advisory.id} [{each.advisory.severity}] {each.advisory.title}")
            click.echo(f"    {each.path}\n    {each.advisory.remedy}")
        known = f"of {len(ADVISORIES)} known flaws"
        click.echo(f"{len(found)} {known}" if found else f"none {known}")
    if found:
        sys.exit(exits.SPEC)
