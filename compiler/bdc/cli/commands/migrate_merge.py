"""`bdc migrate merge`: merge two branches of migrations into one history."""

import sys
from pathlib import Path
from shutil import rmtree

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, format_option
from bdc.cli.facts import NotMerged
from bdc.cli.proving import no_prove, proved
from bdc.cli.report import refuse, report
from bdc.cli.results import tell


@click.command("merge")
@click.argument("backend", type=click.Path(path_type=Path))
@click.argument("spec", type=click.Path(path_type=Path), default=".")
@click.option(
    "--keep", metavar="NAME", help="A migration of the branch to keep, because it is applied to a database."
)
@click.option(
    "--name", default="merge", show_default=True, help="What the new migration is called, after its time."
)
@no_prove
@format_option
def command(backend: Path, spec: Path, keep: str | None, name: str, no_prove: bool, style: str) -> None:
    """Merge branches that begin at one state: keep one, and write a migration from its end to SPEC, which holds both.

    Without --keep, the branch whose first migration has the earlier name is kept. If a migration of the other branch is applied to
    a database, roll it back there first.
    """
    from bdc.cli.migration import write_step
    from bdc.evolution import HistoryError, read_branches
    from bdc.evolution.locations import placed
    from bdc.evolution.merging import MergeError, merge
    from bdc.evolution.next_migration import advance
    from bdc.query.compile import compile_queries

    project, system = compile_or_exit(spec, style)
    try:
        merged = merge(read_branches(backend), keep)
        last = merged.kept[-1]
        step = advance(last.state, system, compile_queries(system), last.system)
    except (HistoryError, MergeError) as error:
        refuse(NotMerged(str(error)), exits.CONFLICT)
    if step.planned.refusals:
        report(list(placed(step.planned.refusals, system, project.files)), project.files, style, always=False)
        sys.exit(exits.SPEC)
    proof = proved(step, last.system, project.files, style, prove=not no_prove) if step.is_needed else None
    for migration in merged.dropped:
        rmtree(migration.folder)
    removed = [migration.name for migration in merged.dropped]
    wrote = str(write_step(step, backend, name, proof)) if proof else None
    tell(
        style == "json",
        {"removed": removed, "wrote": wrote},
        f"removed: {', '.join(removed)}",
        f"wrote {wrote}" if wrote else "no migration is needed",
    )
