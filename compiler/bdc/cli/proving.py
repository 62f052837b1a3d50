"""Running a migration before it is written: what `diff --write`, `up`, `migrate merge` and `build` share."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from bdc.cli import exits
from bdc.cli.report import report
from bdc.diagnostics import Declared
from bdc.diagnostics.catalogue.plan import DOES_NOT_ARRIVE, STOPS_FOR_ROWS, STOPS_HALF_WAY
from bdc.ir import SystemIR
from bdc.output import GeneratedFile, Ownership
from bdc.source import SourceFile

if TYPE_CHECKING:
    from bdc.evolution.next_migration import Step
    from bdc.plan import Refusal
    from bdc.verification.proof import Proof, Stopped

_FOLDER = "migration"


def no_prove(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--no-prove`."""
    return click.option(
        "--no-prove",
        is_flag=True,
        help="Write the migration without a test run on an embedded server; the migration records this.",
    )(function)


def proved(
    step: "Step", before: SystemIR, files: Sequence[SourceFile], style: str = "human", *, prove: bool = True
) -> "Proof":
    """Run the step and return what is known of it; say why it was not run. Exits with 1 when it stops; nothing is written then."""
    from bdc.evolution.locations import placed
    from bdc.verification.proof import NOT_ASKED, Stopped

    if not prove:
        return NOT_ASKED
    proof = _run(step, before)
    if isinstance(proof, Stopped):
        refusal = _refusal(step, proof)
        report(list(placed([refusal], step.system, files)), files, style, always=False)
        click.echo("nothing was written", err=True)
        sys.exit(exits.SPEC)
    tell(proof)
    return proof


def proof_of_release(step: "Step", before: SystemIR) -> "Proof":
    """Return what is known of a migration that a new release of bdc needs. No build stops for it: where it stopped, that is recorded."""
    from bdc.verification.proof import Proof, Stopped

    proof = _run(step, before)
    if isinstance(proof, Stopped):
        proof = Proof(skipped=f"it stopped at {proof.operation or 'its end'}: {proof.reason}")
    tell(proof)
    return proof


def tell(proof: "Proof") -> None:
    """Say on standard error what was not run."""
    if not proof.is_proven or proof.back:
        click.echo(
            f"the migration is {proof}" if not proof.is_proven else f"no way back: {proof.back}", err=True
        )


def with_proof(files: Iterable[GeneratedFile], folder: str, proof: "Proof") -> tuple[GeneratedFile, ...]:
    """Return the files of a migration with the file that says what is known of its run."""
    from bdc.verification.proof import FILE

    return (*files, GeneratedFile(f"{folder}/{FILE}", proof.text(), Ownership.MIGRATION))


def _run(step: "Step", before: SystemIR) -> "Proof | Stopped":
    from bdc.plan.edge import read_edge
    from bdc.verification.proof import Trial, prove

    files = {file.path.rpartition("/")[2]: file.encoded for file in step.files(_FOLDER)}
    edge = read_edge(files["edge.json"].decode())
    return prove(Trial(before, step.system, step.old, step.new, edge, files))


def _refusal(step: "Step", stopped: "Stopped") -> "Refusal":
    from bdc.plan.worded import refusal

    operation = next((each for each in step.planned.operations if each.id == stopped.operation), None)
    table = next(iter(operation.locks), "") if operation is not None else ""
    return refusal(
        _declared(stopped),
        table.removeprefix("public.").replace('"', ""),
        migration="the migration" if stopped.forward else "the way back of the migration",
        operation=stopped.operation or "",
        title=stopped.title,
        reason=stopped.reason,
    )


def _declared(stopped: "Stopped") -> Declared:
    if stopped.operation is None:
        return DOES_NOT_ARRIVE
    return STOPS_FOR_ROWS if stopped.rows else STOPS_HALF_WAY
