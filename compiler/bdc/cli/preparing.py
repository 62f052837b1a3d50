"""Preparing the SQL of a specification before `build`, `up` and `diff --write` make anything of it."""

import sys
from collections.abc import Sequence

import click

from bdc.cli import exits
from bdc.cli.report import report
from bdc.ir import SystemIR
from bdc.source import SourceFile


def prepare_or_exit(files: Sequence[SourceFile], system: SystemIR, style: str = "human") -> str:
    """Return the reason why the SQL was not prepared, '' when it was (or there is none). Shows what PostgreSQL refuses, and exits
    with 1 then."""
    from bdc.preparation import prepare

    preparation = prepare(files, system)
    if preparation.refused:
        report(preparation.refused, files, style, always=False)
        sys.exit(exits.SPEC)
    return preparation.skipped


def tell_skipped(reason: str) -> None:
    """Say on standard error that SQL was not prepared."""
    if reason:
        click.echo(f"SQL not prepared: {reason}", err=True)
