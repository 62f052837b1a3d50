"""`bdc build`: compile a specification into a whole backend."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, format_option, spec_argument
from bdc.cli.facts import Conflict, ForeignLock, Outgrown
from bdc.cli.migration import refuse_history
from bdc.cli.preparing import prepare_or_exit, tell_skipped
from bdc.cli.proving import proof_of_release, with_proof
from bdc.cli.report import refuse, report
from bdc.cli.results import json_option, tell, working
from bdc.ir import SystemIR
from bdc.output.writer import WritePlan
from bdc.project import Project
from bdc.source.garbage import seldom_collected

if TYPE_CHECKING:
    from bdc.evolution import WrittenMigration
    from bdc.output import GeneratedFile
    from bdc.output.lock import Basis

NOTHING_WRITTEN = "nothing was written"


@click.command("build")
@spec_argument
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The output folder; created if missing."
)
@click.option("--target", "targets", multiple=True, help="Run only this emitter (repeatable); default: all.")
@click.option(
    "--overwrite",
    multiple=True,
    metavar="PATH",
    help="Discard the edits of this generated file (repeatable).",
)
@click.option("--list-targets", is_flag=True, help="List the emitters and exit.")
@format_option
@json_option
@seldom_collected()
def command(
    spec: Path,
    out: Path,
    targets: Sequence[str],
    overwrite: Sequence[str],
    list_targets: bool,
    style: str,
    as_json: bool,
) -> None:
    """Compile SPEC into the folder --out.

    Files are written only if every emitter succeeds. The build stops if a generated file was edited by hand. It never changes
    files in services/business/, and removes files that it no longer generates.
    """
    project, system = compile_or_exit(spec, style)
    skipped = prepare_or_exit(project.files, system, style)
    with working("build") as part:
        plan = build(project, system, out, targets, frozenset(overwrite), progress=part)
    left = len(plan.kept_scaffold) + len(plan.kept_copies)
    found = {
        "out": str(out),
        "written": [file.path for file in plan.write],
        "removed": plan.remove,
        "unchanged": plan.unchanged,
        "yours": left,
        "notes": plan.notes,
    }
    counts = f"{len(plan.write)} files written, {len(plan.remove)} removed, {plan.unchanged} unchanged"
    tell(as_json, found, f"{out}: {counts}" + (f", {left} of your files unchanged" if left else ""))
    tell_skipped(skipped)
    for note in plan.notes if not as_json else ():
        click.echo(note)


def build(
    project: Project,
    system: SystemIR,
    out: Path,
    targets: Sequence[str] = (),
    overwrite: frozenset[str] = frozenset(),
    *,
    migration_help: str = "",
    progress: Callable[[str], None] = lambda part: None,
    made: "Sequence[GeneratedFile] | None" = None,
) -> WritePlan:
    """Emit and write; exits with 2 for an unknown target and 3 for conflicts. Returns what was done. `migration_help`:
    what the caller offers when the schema has changed; `progress`: is told what is being done; `made`: what `emitted` returned before."""
    from bdc.evolution import HistoryError, read_history, reconcile
    from bdc.evolution.fingerprint import fingerprint
    from bdc.output.lock import Basis, LockError
    from bdc.output.writer import commit, load_basis, plan_write, resume

    if out.exists() and not out.is_dir():
        raise click.BadParameter(f"`{out}` is a file", param_hint="--out")
    if made is None:
        made = emitted(project, system, targets, progress)
    resume(out)
    try:
        history = read_history(out)
        settled = reconcile(made, history)
        files = [*settled.files]
        if not settled.is_reached:
            files += _upgrade(project, system, history[-1], load_basis(out)) or _refuse_outgrown(
                out, migration_help
            )
        basis = None if targets else Basis(fingerprint(project.files), settled.state)
        plan = plan_write(out, files, force=overwrite, partial=bool(targets), basis=basis)
    except HistoryError as error:
        refuse_history(error)
    except LockError as error:
        refuse(ForeignLock(f"{out}/bdc.lock", str(error)), exits.CONFLICT, NOTHING_WRITTEN)
    if plan.conflicts:
        _refuse_conflicts(plan)
    commit(plan)
    for path in plan.kept_copies:
        click.echo(
            f"`{path}` in `{out}` was edited, so it no longer follows the file beside the specification",
            err=True,
        )
    return plan


def emitted(
    project: Project,
    system: SystemIR,
    targets: Sequence[str] = (),
    progress: Callable[[str], None] = lambda part: None,
) -> "list[GeneratedFile]":
    """Return the files of `targets`, by default of all with the user's own code; writes nothing. Exits with 2 for an unknown target."""
    from bdc.pipeline import emit_all
    from bdc.project import own_code
    from bdc_emitters.registry import load_emitter

    emitters = [load_emitter(name) for name in _known_targets(targets)]
    own = own_code(project.root) if not targets else ()
    progress(f"{len(system.entities)} entities, {len(emitters)} targets")
    made = emit_all(system, project.files, emitters, own, requirements=project.requirements)
    progress(f"{len(made)} files")
    return made


def _known_targets(targets: Sequence[str]) -> tuple[str, ...]:
    from bdc.diagnostics import did_you_mean
    from bdc_emitters.registry import emitter_names

    known = emitter_names()
    for name in targets:
        if name not in known:
            close = did_you_mean(name, known)
            hint = f"Did you mean `{close}`?" if close else f"Known: {', '.join(known)}."
            raise click.BadParameter(f"there is no target `{name}`. {hint}", param_hint="--target")
    return tuple(name for name in known if name in targets) if targets else known


def _upgrade(
    project: Project, system: SystemIR, last: "WrittenMigration", basis: "Basis | None"
) -> tuple["GeneratedFile", ...]:
    """Return the migration that this release of bdc asks for on its own, and say so; nothing where the specification has changed."""
    from bdc.evolution.upgrade import upgrade, upgrade_files
    from bdc.query import compile_queries

    step = upgrade(last, system, compile_queries(system, True), project.files, basis)
    if step is None:
        return ()
    made = upgrade_files(step, last)
    folder = made[0].path.rpartition("/")[0]
    files = with_proof(made, folder, proof_of_release(step, _specification_of(last, system)))
    click.echo(
        f"the specification has not changed, but this release of bdc needs another schema: wrote {Path(files[0].path).parent}; "
        "`bdc migrate up` applies it",
        err=True,
    )
    return files


def _specification_of(last: "WrittenMigration", system: SystemIR) -> SystemIR:
    """Return what `last` was made from; what it is now where an older release wrote it so that this one cannot read it."""
    from bdc.evolution import HistoryError

    try:
        return last.system
    except HistoryError:
        return system


def _refuse_outgrown(out: Path, migration_help: str) -> NoReturn:
    written = f"`bdc diff {out} SPEC --write` shows what changes and writes the next migration"
    refuse(Outgrown(str(out), migration_help or written), exits.CONFLICT, NOTHING_WRITTEN)


def _refuse_conflicts(plan: WritePlan) -> NoReturn:
    last = {conflict.reason: conflict.path for conflict in plan.conflicts}
    facts = [Conflict(each.reason, each.path, last[each.reason] == each.path) for each in plan.conflicts]
    report([fact.diagnostic() for fact in facts], (), "human", always=False)
    click.echo(NOTHING_WRITTEN, err=True)
    sys.exit(exits.CONFLICT)
