"""`bdc explain CODE`: the page of a diagnostic."""

import sys

import click

from bdc.cli import exits
from bdc.cli.results import json_option, tell


@click.command("explain")
@click.argument("code", required=False)
@json_option
def command(code: str | None, as_json: bool) -> None:
    """Explain a diagnostic CODE (E101), or a rule of the review (S04); without one, list them all."""
    from bdc.diagnostics import did_you_mean
    from bdc.diagnostics.pages import page, pages
    from bdc.review import RULES

    rules = {rule.code: rule for rule in RULES}
    known = pages() | {rule.code: rule.title for rule in RULES}
    if code is None:
        tell(as_json, known, *(f"{each}  {title}" for each, title in known.items()))
        return
    wanted = code.upper()
    if wanted not in known:
        close = did_you_mean(wanted, known)
        click.echo(f"there is no code `{code}`" + (f"; did you mean `{close}`?" if close else ""), err=True)
        sys.exit(exits.USAGE)
    text = rules[wanted].page() if wanted in rules else page(wanted)
    tell(as_json, {"code": wanted, "title": known[wanted], "page": text}, text)
