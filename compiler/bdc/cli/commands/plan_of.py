"""`bdc plan-of`: the query plans of one operation at the declared load."""

import json
import sys
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit


@click.command("plan-of")
@click.argument("operation", required=False)
@click.option(
    "--spec", type=click.Path(path_type=Path), default=".", help="The specification (default: this folder)."
)
@click.option("--json", "as_json", is_flag=True, help="Print data, with the plans as PostgreSQL tells them.")
def command(operation: str | None, spec: Path, as_json: bool) -> None:
    """Show how PostgreSQL 18 would answer OPERATION (`Order.list`, `Order.get`) with tables of the declared `load`; all reads without one.

    Each filter, sort and search of a list is a request of its own. No row is written.
    """
    from bdc.cli.planning import planned, problem_text
    from bdc.plans.judge import as_text
    from bdc.plans.requests import requests

    project, system = compile_or_exit(spec, "human")
    names = sorted({f"{each.entity}.{each.operation}" for each in requests(system)})
    if operation is not None and operation not in names:
        click.echo(f"bdc: there is no read `{operation}`: {', '.join(names) or 'none'}", err=True)
        sys.exit(exits.USAGE)
    found = planned(
        project, system, lambda each: operation is None or operation == f"{each.entity}.{each.operation}"
    )
    if as_json:
        told = [
            {
                "request": each.request.title,
                "operation": f"{each.request.entity}.{each.request.operation}",
                "cost": each.cost,
                "problems": [problem.words for problem in each.problems],
                "index": each.index or None,
                "cost_with_index": each.cost_with_index,
                "plan": each.plan,
            }
            for each in found
        ]
        click.echo(json.dumps({"plans": told}, indent=2))
        return
    for each in found:
        click.echo(problem_text(each) if each.problems else f"{each.request.title}: cost {each.cost:,.0f}")
        click.echo(as_text(each.plan, 1) + "\n")
