"""`bdc verify`: outside tools, run on a built backend."""

import json
import sys
from pathlib import Path

import click

from bdc.cli import exits

MOST_LINES = 40


@click.command("verify")
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--tool", "names", multiple=True, metavar="NAME", help="Run only this tool; may be repeated.")
@click.option(
    "--require", multiple=True, metavar="NAME", help="Fail when this tool is not installed (`all`: any)."
)
@click.option(
    "--format", "style", type=click.Choice(("human", "json")), default="human", help="How results are shown."
)
def command(out: Path, names: tuple[str, ...], require: tuple[str, ...], style: str) -> None:
    """Run every outside tool that is installed on the backend in OUT, and show what each finds.

    Each tool is first shown a bad example: one that does not find it is not relied on. Exit code 1 when a tool finds something, 4 when
    one cannot be relied on or is required and not installed.
    """
    from bdc.inspection import TOOLS, State, inspect

    known = {tool.name: tool for tool in TOOLS}
    for name in (*names, *(name for name in require if name != "all")):
        if name not in known:
            raise click.UsageError(f"there is no tool `{name}`; there are {', '.join(known)}")
    outcomes = []
    for outcome in inspect(out, [known[name] for name in names] or TOOLS):
        outcomes.append(outcome)
        if style == "human":
            click.echo(f"{outcome.tool.name:24} {outcome.state.value:34} {outcome.tool.subject}")
            if outcome.text:
                click.echo(click.style(_indented(outcome.text), dim=True))
    if style == "json":
        rows = [
            {"tool": each.tool.name, "state": each.state.name.lower(), "text": each.text} for each in outcomes
        ]
        click.echo(json.dumps(rows, indent=2))
    states = {outcome.tool.name: outcome.state for outcome in outcomes}
    lacking = [
        name for name, state in states.items() if state is State.MISSING and {name, "all"} & set(require)
    ]
    if lacking:
        click.echo(f"required and not installed: {', '.join(lacking)}", err=True)
    if State.FINDINGS in states.values():
        sys.exit(exits.SPEC)
    if lacking or State.UNRELIABLE in states.values():
        sys.exit(exits.OUTSIDE)


def _indented(text: str) -> str:
    lines = text.splitlines()
    more = (
        [f"… and {len(lines) - MOST_LINES} lines more (--format json has all)"]
        if len(lines) > MOST_LINES
        else []
    )
    return "\n".join(f"    {line}" for line in (*lines[:MOST_LINES], *more))
