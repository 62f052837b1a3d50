"""`bdc migrate export`: the migrations as files of another tool."""

from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.facts import NotExported
from bdc.cli.report import refuse
from bdc.cli.results import json_option, tell


@click.command("export")
@click.argument("backend", type=click.Path(path_type=Path), default=".")
@click.option("--to", "tool", type=click.Choice(["dbmate", "alembic"]), required=True, help="The tool.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="An empty folder, or a new one.")
@click.option("--contract", is_flag=True, help="Also write the contract phase of the last migration.")
@json_option
def command(backend: Path, tool: str, out: Path, contract: bool, as_json: bool) -> None:
    """Write the migrations as files for another tool: one file per transaction or per statement outside of transactions.

    These tools do not resume inside a migration and do not detect drift, and dbmate takes no lock. The files do not contain the
    functions of a release: `database/release/api.sql` creates them.
    """
    from bdc.cli.commands.migrate import backend_or_exit
    from bdc.evolution import HistoryError, read_history
    from bdc.evolution.exporting import TOOLS

    place = backend_or_exit(backend)
    try:
        files = TOOLS[tool](read_history(place.out), contract=contract)
    except HistoryError as error:
        refuse(NotExported(str(error)), exits.CONFLICT)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        refuse(NotExported(f"`{out}` is not empty"), exits.CONFLICT)
    for name, text in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    data = {"out": str(out), "tool": tool, "files": sorted(files)}
    tell(as_json, data, f"{out}: {len(files)} files for {tool}")
