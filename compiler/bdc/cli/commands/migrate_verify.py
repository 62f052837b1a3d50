"""`bdc migrate verify`: verify migrations on a temporary PostgreSQL."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bdc.cli import exits
from bdc.cli.facts import CannotJudge, SpeaksAgainst
from bdc.cli.report import refuse
from bdc.cli.results import json_option, tell

if TYPE_CHECKING:
    from bdc.verification.edges import Verdict


@click.command("verify")
@click.argument("backend", type=click.Path(path_type=Path), default=".")
@click.option("--all", "everything", is_flag=True, help="Verify every migration (default: the last).")
@json_option
def command(backend: Path, everything: bool, as_json: bool) -> None:
    """Apply and roll back the last migration on an embedded PostgreSQL, and compare the result with its schema."""
    from bdc.cli.commands.migrate import backend_or_exit
    from bdc.evolution import HistoryError, read_history
    from bdc.stack.reach import StackError
    from bdc.verification.edges import verify

    place = backend_or_exit(backend)
    failed, verdicts = 0, []
    try:
        history = read_history(place.out)
        for verdict in verify(place.out, history, everything=everything):
            failed += bool(verdict.findings)
            verdicts.append(_data(verdict))
            if as_json:
                continue
            mark = "–" if verdict.note else "✗" if verdict.findings else "✓"
            click.echo(
                f"{mark} {verdict.migration}: {verdict.question}"
                + (f" ({verdict.note})" if verdict.note else "")
            )
            for finding in verdict.findings:
                click.echo(f"    {finding}")
    except (HistoryError, StackError) as error:
        refuse(CannotJudge(str(error)), exits.OUTSIDE)
    tell(as_json, {"verified": not failed, "questions": verdicts})
    if failed:
        refuse(SpeaksAgainst(failed), exits.SPEC)


def _data(verdict: "Verdict") -> dict[str, Any]:
    return {
        "migration": verdict.migration,
        "question": verdict.question,
        "note": verdict.note or None,
        "findings": list(verdict.findings),
    }
