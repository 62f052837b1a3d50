"""`bdc migrate verify`: verify migrations on a temporary PostgreSQL."""

from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.facts import CannotJudge, SpeaksAgainst
from bdc.cli.report import refuse


@click.command("verify")
@click.argument("backend", type=click.Path(path_type=Path), default=".")
@click.option("--all", "everything", is_flag=True, help="Verify every migration (default: the last).")
def command(backend: Path, everything: bool) -> None:
    """Apply and roll back the last migration on an embedded PostgreSQL, and compare the result with its schema."""
    from bdc.cli.commands.migrate import backend_or_exit
    from bdc.evolution import HistoryError, read_history
    from bdc.stack.reach import StackError
    from bdc.verification.edges import verify

    place = backend_or_exit(backend)
    failed = 0
    try:
        history = read_history(place.out)
        for verdict in verify(place.out, history, everything=everything):
            mark = "–" if verdict.note else "✗" if verdict.findings else "✓"
            click.echo(
                f"{mark} {verdict.migration}: {verdict.question}"
                + (f" ({verdict.note})" if verdict.note else "")
            )
            for finding in verdict.findings:
                click.echo(f"    {finding}")
            failed += bool(verdict.findings)
    except (HistoryError, StackError) as error:
        refuse(CannotJudge(str(error)), exits.OUTSIDE)
    if failed:
        refuse(SpeaksAgainst(failed), exits.SPEC)
