"""`bdc new NAME`: a small specification to start from."""

import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.results import json_option, tell

TEMPLATES = ("starter", "saas", "bank", "shop")
# PostgreSQL keeps names that begin with pg_ to itself, and roles are named after the system.
NAME = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,29}")


@click.command("new")
@click.argument("name")
@click.option(
    "--template",
    type=click.Choice(TEMPLATES),
    default="starter",
    show_default=True,
    help="What it begins with: two entities, a product with workspaces and tickets, a bank, or a shop.",
)
@click.option("--from", "source", metavar="SOURCE", help="Import it instead: see `bdc import`.")
@json_option
@click.option(
    "--agents",
    is_flag=True,
    help="Also write AGENTS.md and a skill that teach the language to coding agents.",
)
def command(name: str, template: str, source: str | None, agents: bool, as_json: bool) -> None:
    """Create the folder NAME with a small system: entities, an API, a policy, seeds, tests and a deployment."""
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            f"`{name}` is no module name: use small letters, digits and _, beginning with a letter and not with pg_ (30 at most)"
        )
    target = Path(name)
    if target.exists():
        click.echo(f"`{name}` exists already; nothing was written", err=True)
        sys.exit(exits.CONFLICT)
    made: list[str] = []
    if source is None:
        made += _write(target, name, template)
    else:
        from bdc.cli.commands.import_ import command as import_command

        quiet = ["--json"] if as_json else []
        import_command.main([source, "--out", name, "--name", name, *quiet], standalone_mode=False)
    taught = _teach(target, name) if agents else []
    if as_json and source is None:
        tell(True, {"made": [*(f"{name}/{file}" for file in made), *taught]})
    if as_json:
        return
    for line in (
        *((f"made {name}/: {', '.join(made)}",) if made else ()),
        *((f"made {', '.join(taught)}",) if taught else ()),
        f"next: bdc check {name}, then bdc up {name}",
    ):
        click.echo(line)


def _write(target: Path, name: str, template: str) -> list[str]:
    """Write the files of a template, with the name of the system in the place of `starter`, and return their paths."""
    folder = files("bdc_specs").joinpath("starter" if template == "starter" else f"templates/{template}")
    texts = {
        path.replace("starter", name): entry.read_text(encoding="utf-8").replace("starter", name)
        for path, entry in _files(folder, "")
    }
    for file, text in sorted(texts.items()):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        (target / file).write_text(text, encoding="utf-8")
    return sorted(texts)


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the specification and the handlers of a template, by path."""
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith((".bds", ".py")):
            yield prefix + entry.name, entry


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
