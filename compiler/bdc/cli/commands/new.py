"""`bdc new NAME`: a small specification to start from."""

import re
import sys
from importlib.resources import files
from pathlib import Path

import click

from bdc.cli import exits

# PostgreSQL keeps names that begin with pg_ to itself, and roles are named after the system.
NAME = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,29}")


@click.command("new")
@click.argument("name")
@click.option(
    "--agents",
    is_flag=True,
    help="Also write AGENTS.md and a skill that teach the language to coding agents.",
)
def command(name: str, agents: bool) -> None:
    """Create the folder NAME with a small system: two entities, an API, a policy, seeds and a deployment."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            f"`{name}` is no module name: use small letters, digits and _, beginning with a letter and not with pg_ (30 at most)"
        )
    target = Path(name)
    if target.exists():
        click.echo(f"`{name}` exists already; nothing was written", err=True)
        sys.exit(exits.CONFLICT)
    texts = {
        entry.name: entry.read_text(encoding="utf-8").replace("starter", name)
        for entry in files("bdc_specs").joinpath("starter").iterdir()
        if entry.name.endswith(".bds")
    }
    target.mkdir(parents=True)
    for file, text in sorted(texts.items()):
        (target / file.replace("starter", name)).write_text(text, encoding="utf-8")
    click.echo(f"made {name}/: {', '.join(sorted(file.replace('starter', name) for file in texts))}")
    if agents:
        click.echo(f"made {', '.join(_teach(target, name))}")
    click.echo(f"next: bdc check {name}, then bdc up {name}")


def _teach(target: Path, name: str) -> list[str]:
    """Write what coding agents read, and return the paths."""
    texts = files("bdc_specs").joinpath("agents")
    placed = {"AGENTS.md": "AGENTS.md", "SKILL.md": ".agents/skills/bdc/SKILL.md"}
    for source, path in placed.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = texts.joinpath(source).read_text(encoding="utf-8")
        file.write_text(text.replace("NAME", name) if source == "AGENTS.md" else text, encoding="utf-8")
    return [f"{name}/{path}" for path in placed.values()]
