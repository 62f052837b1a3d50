"""Reference pages made from the code: commands, codes, rules of the review, the IR."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from bdc.cli.main import COMMANDS, cli
from bdc.diagnostics.pages import pages as code_pages
from bdc.review import RULES
from bdc.review.rule import PANELS

ROOT = Path(__file__).resolve().parents[2]


def generated() -> Iterator[tuple[str, str]]:
    """Yield the pages that no file holds."""
    yield "reference/commands.md", _commands()
    yield "reference/codes/index.md", _codes()
    yield "reference/review-rules.md", _rules()
    yield "reference/ir.md", _ir()


def _commands() -> str:
    parts = ["# Commands\n"]
    context = click.Context(cli, info_name="bdc")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts.append(_command(f"bdc {name}", command, context))
        if isinstance(command, click.Group):
            inside = click.Context(command, info_name=name, parent=context)
            for each in command.list_commands(inside):
                found = command.get_command(inside, each)
                assert found is not None
                parts.append(_command(f"bdc {name} {each}", found, inside))
    return "\n".join(parts)


def _command(name: str, command: click.Command, parent: click.Context) -> str:
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    return f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"


def _codes() -> str:
    files = {
        path.name.split("-", 1)[0]: path.name
        for path in (ROOT / "specs" / "bdc_specs" / "diagnostics").glob("*.md")
    }
    lines = [f"| [{code}]({files[code]}) | {title} |" for code, title in code_pages().items()]
    return "\n".join(["# Diagnostic codes\n", "| code | title |", "|---|---|", *lines, ""])


def _rules() -> str:
    parts = ["# Rules of the review\n"]
    for panel in PANELS:
        parts.append(f"## {panel}\n\n| code | finding | why | what to write |\n|---|---|---|---|")
        parts += [
            f"| {rule.code} | {rule.title} | {rule.why} | {rule.fix} |".replace("\n", " ")
            for rule in RULES
            if rule.panel == panel
        ]
        parts.append("")
    return "\n".join(parts)


def _ir() -> str:
    schema = json.loads((ROOT / "specs" / "ir" / "system.schema.json").read_text(encoding="utf-8"))
    parts = ["# The IR\n", "`bdc ir SPEC --json` prints it. Every node, with its members:\n"]
    for name, node in sorted(schema.get("$defs", {}).items()):
        if "properties" not in node:
            continue
        about = " ".join(str(node.get("description", "")).split()).replace("|", "\\|")
        parts.append(f"## {name}\n\n{about}\n\n| member | type |\n|---|---|")
        parts += [f"| `{member}` | {_type(kind)} |" for member, kind in node["properties"].items()]
        parts.append("")
    return "\n".join(parts)


def _type(kind: dict[str, object]) -> str:
    if "$ref" in kind:
        return str(kind["$ref"]).rpartition("/")[2]
    if "anyOf" in kind:
        options = kind["anyOf"]
        assert isinstance(options, list)
        return " or ".join(_type(each) for each in options)
    if kind.get("type") == "array":
        items = kind.get("items", {})
        return f"list of {_type(items) if isinstance(items, dict) else 'values'}"
    return str(kind.get("type", "value"))
