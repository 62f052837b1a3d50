"""Diagnostics on the terminal, as JSON, or as SARIF. Human output goes to stderr; machine formats to stdout."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from bdc.diagnostics import Diagnostic, Fact, Severity
from bdc.source import SourceFile

FORMATS = ("human", "json", "sarif")


def report(found: Sequence[Diagnostic], files: Sequence[SourceFile], style: str, *, always: bool) -> None:
    """Show `found`. `always`: machine formats are printed even when nothing was found (an empty list is an answer)."""
    from bdc.diagnostics import render

    sources = {file.path: file for file in files}
    if style == "json" and (found or always):
        click.echo(render.render_json(found, sources))
    elif style == "sarif" and (found or always):
        click.echo(render.render_sarif(found, sources))
    elif style == "human" and found:
        click.echo(render.render_human(found, sources, colour=wants_colour(sys.stderr.isatty())), err=True)
        click.echo(summary(found), err=True)


def refuse(fact: Fact, exit: int, note: str = "") -> NoReturn:
    """Show a fact that has no place in a specification, and exit with `exit`. `note`: what was not done."""
    report([fact.diagnostic()], (), "human", always=False)
    if note:
        click.echo(note, err=True)
    sys.exit(exit)


def summary(found: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(item.severity is Severity.ERROR for item in found)
    warnings = len(found) - errors
    parts = [_count(errors, "error"), _count(warnings, "warning")]
    return ", ".join(part for part in parts if part)


def wants_colour(is_terminal: bool) -> bool:
    """Colour on terminals, unless NO_COLOR says otherwise (no-color.org)."""
    return is_terminal and not os.environ.get("NO_COLOR")


def _count(number: int, noun: str) -> str:
    return "" if number == 0 else f"{number} {noun}{'' if number == 1 else 's'}"
