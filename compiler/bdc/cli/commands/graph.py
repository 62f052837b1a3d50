"""`bdc graph`: pictures of a specification."""

from pathlib import Path

import click

from bdc.cli.compile import compile_or_exit, spec_argument
from bdc.cli.results import json_option, tell
from bdc.diagrams.kinds import FORMS, KINDS

_SUFFIX = {"svg": "svg", "mermaid": "mmd"}


@click.command("graph")
@spec_argument
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="Which pictures (repeatable); default: all.",
)
@click.option("--format", "form", type=click.Choice(FORMS), default="svg", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write one file per picture into this folder.")
@json_option
def command(spec: Path, kinds: tuple[str, ...], form: str, out: Path | None, as_json: bool) -> None:
    """Draw SPEC: entities and references, state machines, requests, architecture, permissions.

    Without --out, the pictures are printed one after the other.
    """
    from bdc.diagrams import pictures

    _, system = compile_or_exit(spec, "human")
    shown: list[dict[str, str]] = []
    for kind in kinds or KINDS:
        for name, text in pictures(system, kind, form):
            place = {"file": _written(out, name, text, form)} if out else {"text": text}
            shown.append({"kind": kind, "name": name, "format": form, **place})
            if not as_json:
                click.echo(place.get("file", text), nl=out is not None)
    if as_json:
        tell(True, {"pictures": shown})


def _written(out: Path, name: str, text: str, form: str) -> str:
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{name}.{_SUFFIX[form]}"
    file.write_text(text, encoding="utf-8")
    return str(file)
