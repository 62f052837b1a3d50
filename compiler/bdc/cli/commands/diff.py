"""`bdc diff`: what changes between two specifications, for the database, for clients and for operators."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdc.cli import exits
from bdc.cli.proving import no_prove, proved
from bdc.cli.report import report, wants_colour

if TYPE_CHECKING:
    from bdc.comparison import Comparison, Judgement, Snapshot
    from bdc.comparison.release import Release
    from bdc.comparison.verdict import GateVerdict
    from bdc.diagnostics import Diagnostic
    from bdc.plan import Planned
    from bdc.source import SourceFile

STYLES = ("text", "json", "markdown")
LIMITS = ("breaking", "risky", "security", "none")


@click.command("diff")
@click.argument("sides", nargs=-1, metavar="[OLD] [NEW]")
@click.option("--out", type=click.Path(path_type=Path), help="The output folder whose last migration is OLD.")
@click.option(
    "--format", "style", type=click.Choice(STYLES), default="text", help="The format of the result."
)
@click.option(
    "--fail-on",
    type=click.Choice(LIMITS),
    default="none",
    help="Exit with 5 if a change of this severity, or a dangerous hazard, is not approved; `security`: also if callers gain access.",
)
@click.option("--write", is_flag=True, help="Add the migration to the output folder that is OLD.")
@no_prove
@click.option(
    "--name", default="change", show_default=True, help="The name of the migration, after its time."
)
def command(
    sides: tuple[str, ...], out: Path | None, style: str, fail_on: str, write: bool, no_prove: bool, name: str
) -> None:
    """Compare two sides: database, REST and GraphQL clients, events, access, configuration, deployment.

    A side is a folder of .bds files or one file, git:REV or git:REV:path, an output folder (its last migration), or db:URL (the
    database only). One side alone is NEW (default: this folder); OLD is then the last migration of the output folder. Changes that
    approvals.toml beside the specification approves do not count for --fail-on.
    """
    from bdc.comparison.verdict import verdict

    show = _Failure(style, fail_on)
    with _server(ahead=write and not no_prove):
        old, new = _load(sides, out, show)
        comparison, judgement = _judged(old, new, show)
        answer = verdict(comparison, judgement, fail_on, _release(old, new))
        click.echo(_rendered(comparison, judgement, answer, style))
        if comparison.refusals:
            report(comparison.refusals, new.files, "human", always=False)
            sys.exit(exits.SPEC)
        if answer.fails:
            sys.exit(exits.CHANGES)
        if write:
            _write(comparison, judgement, name, prove=not no_prove)


@contextmanager
def _server(*, ahead: bool) -> Iterator[None]:
    """Have one server for all that the command runs; it starts while both sides are read."""
    if not ahead:
        yield
        return
    from bdc.stack.shared import sharing

    with sharing(ahead=True):
        yield


class _Failure:
    """Shows why there is no comparison, as the format asks; the diagnostics go to stderr in any case."""

    def __init__(self, style: str, limit: str) -> None:
        self._style, self._limit = style, limit

    def __call__(self, label: str, found: "Sequence[Diagnostic]", files: "Sequence[SourceFile]") -> None:
        from bdc.comparison.render import render_broken, render_failure

        if self._style == "json":
            click.echo(render_failure(label, found, files, self._limit))
        elif self._style == "markdown":
            click.echo(render_broken(label, found))
        report(found, files, "human", always=False)


def _load(sides: tuple[str, ...], out: Path | None, show: _Failure) -> tuple["Snapshot", "Snapshot"]:
    from bdc.comparison.snapshots import SideError, default_base, load_side

    if len(sides) > 2 or (out is not None and len(sides) == 2):
        raise click.UsageError("give OLD and NEW, or one side and --out")
    new = sides[-1] if sides else "."
    try:
        old = sides[0] if len(sides) == 2 else default_base(Path(new), out)
        return load_side(old, new), load_side(new, old)
    except SideError as error:
        click.echo(f"bdc diff: cannot read {error.label}", err=True)
        show(error.label, error.found, error.files)
        sys.exit(exits.SPEC)


def _judged(old: "Snapshot", new: "Snapshot", show: _Failure) -> tuple["Comparison", "Judgement"]:
    """Compare, and hold the approvals against what was found; exits when they cannot be read."""
    from bdc.comparison import compare, judge, read_approvals
    from bdc.comparison.approvals import warn
    from bdc.comparison.snapshots import SideError
    from bdc.diagnostics import DiagnosticSink

    sink = DiagnosticSink()
    folder = new.root or Path()
    approvals = read_approvals(folder, sink)
    if sink.has_errors:
        show("approvals.toml", sink.in_source_order(), ())
        sys.exit(exits.SPEC)
    try:
        comparison = compare(old, new)
    except SideError as error:
        show(error.label, error.found, error.files)
        sys.exit(exits.OUTSIDE)
    judgement = judge(approvals, comparison.changes, comparison.operations, date.today())
    warn(judgement, folder, sink)
    report(sink.in_source_order(), (), "human", always=False)
    return comparison, judgement


def _rendered(comparison: "Comparison", judgement: "Judgement", answer: "GateVerdict", style: str) -> str:
    from bdc.comparison.render import render_json, render_markdown, render_text

    if style == "json":
        return render_json(comparison, judgement, answer)
    if style == "markdown":
        return render_markdown(comparison, judgement, answer)
    return render_text(comparison, judgement, answer, colour=wants_colour(sys.stdout.isatty()))


def _release(old: "Snapshot", new: "Snapshot") -> "Release":
    """What of it comes from a new release of bdc; that is no decision of the user, so it needs no approval."""
    from bdc.comparison.release import Release, of_release

    release = of_release(old, new)
    if release is Release.EVERYTHING:
        click.echo(
            "the specification has not changed: the differences come from a new release of bdc", err=True
        )
    return release


def _write(comparison: "Comparison", judgement: "Judgement", name: str, *, prove: bool) -> None:
    """Run the migration and add it, with the approvals of its hazards. Nothing is written when both sides have the same schema, or the run
    stops."""
    from bdc.cli.migration import write_step
    from bdc.cli.preparing import prepare_or_exit, tell_skipped
    from bdc.evolution.history import FOLDER
    from bdc.evolution.next_migration import Step
    from bdc.stack.shared import sharing

    out, system = comparison.old.root, comparison.new.system
    if out is None or system is None or not (out / FOLDER).is_dir():
        raise click.UsageError(
            "--write adds to an output folder: give that as OLD, and the specification as NEW"
        )
    with sharing():
        tell_skipped(prepare_or_exit(comparison.new.files, system))
        step = Step(
            system, comparison.old.state, comparison.new.state, _signed(comparison.planned, judgement)
        )
        if not step.is_needed:
            click.echo("the schema is the same: no migration is needed", err=True)
            return
        proof = proved(step, comparison.old.system or system, comparison.new.files, prove=prove)
    click.echo(f"wrote {out / FOLDER / write_step(step, out, name, proof)}", err=True)


def _signed(planned: "Planned", judgement: "Judgement") -> "Planned":
    return planned.with_approvals(
        lambda hazard: approval.approved_by if (approval := judgement.of(hazard)) is not None else None
    )
