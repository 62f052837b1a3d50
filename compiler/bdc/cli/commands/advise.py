"""`bdc advise`: what the declared load asks of a deployment."""

import json
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, spec_argument

SHARES = ("lists", "busy", "headroom", "hot")


@click.command("advise")
@spec_argument
@click.option("--deploy", "name", metavar="NAME", help="The deploy; `production` where there is one.")
@click.option(
    "--assume", "assumed", multiple=True, metavar="NAME=VALUE", help="Replace an assumption; may be repeated."
)
@click.option(
    "--price", "prices", multiple=True, metavar="NAME=VALUE", help="A price of a month; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(
    spec: Path, name: str | None, assumed: tuple[str, ...], prices: tuple[str, ...], as_json: bool
) -> None:
    """Compute what `load` and `slo` of SPEC ask of a deploy: replicas, connections, memory, storage, cost, and when one PostgreSQL
    is not enough. Every number is shown with its arithmetic; nothing is measured.
    """
    from bdc.advice import Assumptions, Prices, advise
    from bdc.advice.text import lines_of
    from bdc.ir import Deploy

    assume, priced = _numbers(Assumptions, assumed), _numbers(Prices, prices)
    _, system = compile_or_exit(spec, "human")
    if not system.apis:
        click.echo("bdc: there is no api, so that nothing is asked of a deploy", err=True)
        sys.exit(exits.SPEC)
    deploys = {deploy.name: deploy for deploy in system.deploys}
    if name is not None and name not in deploys:
        raise click.UsageError(f"there is no deploy `{name}`; there are {', '.join(deploys) or 'none'}")
    first = next(iter(deploys.values()), Deploy(name="production", origin=system.apis[0].origin))
    page = advise(system, deploys[name] if name else deploys.get("production", first), assume, priced)
    if as_json:
        click.echo(json.dumps({**asdict(page), "changes": page.changes}, indent=2))
        return
    click.echo("\n".join(lines_of(page)))


def _numbers(kind: type[Any], given: tuple[str, ...]) -> Any:
    """Return the dataclass with the numbers that were given. UsageError for a name that it lacks, or no number."""
    known = [each.name for each in fields(kind)]
    values: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in known:
            raise click.UsageError(f"there is no `{name}`; there are {', '.join(known)}")
        try:
            values[name] = float(value)
        except ValueError:
            raise click.UsageError(f"`{text}`: expected NAME=NUMBER") from None
        if not 0 < values[name] < float("inf"):
            raise click.UsageError(f"`{text}`: expected a number above zero")
        if name in SHARES and values[name] >= 1:
            raise click.UsageError(f"`{text}`: expected a share below 1")
    return kind(**values)
