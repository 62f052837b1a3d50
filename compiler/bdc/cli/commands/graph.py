"""`bdc graph`: pictures of a specification."""

from pathlib import Path

import click

from bdc.cli.compile import compile_or_exit, spec_argument
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
def command(spec: Path, kinds: tuple[str, ...], form: str, out: Path | None) -> None:
    """Draw SPEC: entities and references, state machines, requests, architecture, permissions.

    Without --out, the pictures are printed one after the other.
    """
    from bdc.diagrams import pictures

    _, system = compile_or_exit(spec, "human")
    for kind in kinds or KINDS:
        for name, text in pictures(system, kind, form):
            if out is None:
                click.echo(text, nl=False)
                continue
            out.mkdir(parents=True, exist_ok=True)
            file = out / f"{name}.{_SUFFIX[form]}"
            file.write_text(text, encoding="utf-8")
            click.echo(str(file))
