"""Query plans on the terminal: for `bdc check --plans`, `bdc plan-of` and `bdc review`."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bdc.cli import exits
from bdc.ir import SystemIR
from bdc.project import Project

if TYPE_CHECKING:
    from bdc.plans.judge import Planned
    from bdc.plans.requests import Request

SERVING = ("openapi", "graphql", "postgres", "service")


def planned(
    project: Project, system: SystemIR, chosen: "Callable[[Request], bool] | None" = None
) -> "list[Planned]":
    """Plan the reads of a system; exits with 2 without declared rows, and with 4 when a server or the statements fail."""
    from bdc.cli.commands.build import build
    from bdc.plans.run import NoLoad, plan_reads
    from bdc.stack.reach import StackError

    try:
        return plan_reads(system, lambda out: build(project, system, out, SERVING), chosen)
    except NoLoad:
        click.echo("bdc: plans need a `load` with rows: `load { Order: 1_000_000 rows }`", err=True)
        sys.exit(exits.USAGE)
    except StackError as error:
        click.echo(f"bdc: {error}", err=True)
        sys.exit(exits.OUTSIDE)


def report_plans(project: Project, system: SystemIR) -> None:
    """Print each request that scans or sorts much, with the index that serves it, and how many were planned."""
    found = planned(project, system)
    for each in found:
        if each.problems:
            click.echo(problem_text(each))
    wrong = sum(bool(each.problems) for each in found)
    click.echo(f"{len(found)} requests planned at the declared load: {wrong or 'none'} read or sort too much")


def problem_text(found: "Planned") -> str:
    """Return one finding: the request, what is wrong, and what to write instead."""
    words = "; ".join(problem.words for problem in found.problems)
    lines = [f"{found.request.title}: {words}, cost {found.cost:,.0f}"]
    if found.index:
        better = f"cost {found.cost_with_index:,.0f}" if found.cost_with_index is not None else ""
        lines.append(f"  write in entity `{found.request.entity}`: {found.index}  ({better}, planned again)")
    return "\n".join(lines)
