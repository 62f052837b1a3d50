"""`bdc new NAME`: a small specification to start from."""

import re
import sys
from importlib.resources import files
from pathlib import Path

import click

from bdc.cli import exits

TEMPLATES = ("starter", "saas", "bank")
# PostgreSQL keeps names that begin with pg_ to itself, and roles are named after the system.
NAME = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,29}")


@click.command("new")
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(TEMPLATES),
    default="starter",
    show_default=True,
    help="What it begins with: two entities, a product with workspaces and tickets, or a bank.",
)
@click.option("--from", "source", metavar="SOURCE", help="Import it instead: see `bdc import`.")
@click.option(
    "--agents",
    is_flag=True,
    help="Also write AGENTS.md and a skill that teach the language to coding agents.",
)
def command(name: str, template: str, source: str | None, agents: bool) -> None:
    """Create the folder NAME with a small system: entities, an API, a policy, seeds, tests and a deployment."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            f"`{name}` is no module name: use small letters, digits and _, beginning with a letter and not with pg_ (30 at most)"
        )
    target = Path(name)
    if target.exists():
        click.echo(f"`{name}` exists already; nothing was written", err=True)
        sys.exit(exits.CONFLICT)
    if source is None:
        _write(target, name, template)
    else:
        from bdc.cli.commands.import_ import command as import_command

        import_command.main([source, "--out", name, "--name", name], standalone_mode=False)
    if agents:
        click.echo(f"made {', '.join(_teach(target, name))}")
    click.echo(f"next: bdc check {name}, then bdc up {name}")


def _write(target: Path, name: str, template: str) -> None:
    """Write the files of a template, with the name of the system in the place of `starter`."""
    folder = files("bdc_specs").joinpath("starter" if template == "starter" else f"templates/{template}")
    texts = {
        entry.name.replace("starter", name): entry.read_text(encoding="utf-8").replace("starter", name)
        for entry in folder.iterdir()
        if entry.name.endswith(".bds")
    }
    target.mkdir(parents=True)
    for file, text in sorted(texts.items()):
        (target / file).write_text(text, encoding="utf-8")
    click.echo(f"made {name}/: {', '.join(sorted(texts))}")


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
