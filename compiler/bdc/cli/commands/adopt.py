"""`bdc adopt`: the first migration of a database in use."""

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import click

from bdc.cli import exits
from bdc.cli.facts import (
    AdoptedAlready,
    AdoptionFails,
    NoTables,
    NotImportable,
    NotThisDatabase,
    UnreadableSource,
)
from bdc.cli.report import refuse, report
from bdc.cli.results import json_option, tell

if TYPE_CHECKING:
    from bdc.catalog import Database
    from bdc.ir import SystemIR
    from bdc.project import Project

NAME = "0001_adopt"


@click.command("adopt")
@click.argument("source", metavar="db:URL")
@click.option(
    "--spec",
    required=True,
    type=click.Path(path_type=Path),
    help="The specification of the database; an empty folder is filled by an import.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="The output folder; default: build/ and the name of SPEC."
)
@json_option
def command(source: str, spec: Path, out: Path | None, as_json: bool) -> None:
    """Write and prove the first migration of a database in use.

    The database is only read. `bdc migrate up` then creates roles and the schema `app`, and changes the owner of the tables. Rows, other
    grants and row level security do not change, and the running application is not interrupted. `bdc migrate down` rolls it back. The
    migration begins with a list of the rights that the login role needs.
    """
    if not source.startswith("db:"):
        raise click.BadParameter("give `db:URL`, the database in use", param_hint="db:URL")
    url, place = source.removeprefix("db:"), out or Path("build") / spec.resolve().name
    # where the result is data, what import and build say on the way goes to the error output
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        imports = not spec.exists() or (spec.is_dir() and not any(spec.glob("*.bds")))
        if imports:
            _import(source, spec)
        project, system = _built(spec, place)
        operations = _adopt(url, project, system, place)
    _tell(url, place, {"imported": imports, "operations": operations}, as_json)


def _import(source: str, spec: Path) -> None:
    from bdc.cli.commands.import_ import command as importing

    importing.main([source, "--out", str(spec)], standalone_mode=False)


def _built(spec: Path, out: Path) -> tuple["Project", "SystemIR"]:
    from bdc.cli.commands.build import build
    from bdc.cli.compile import compile_or_exit
    from bdc.cli.preparing import prepare_or_exit, tell_skipped

    project, system = compile_or_exit(spec, "human")
    tell_skipped(prepare_or_exit(project.files, system, "human"))
    build(project, system, out)
    return project, system


def _adopt(url: str, project: "Project", system: "SystemIR", out: Path) -> int:
    """Write the migration and prove it; return how many operations it has."""
    from bdc.adoption import FOLDER, Unlike, Unproven, adoption_files, found_state, prove
    from bdc.evolution import FOLDER as MIGRATIONS
    from bdc.evolution.locations import placed
    from bdc.output import GeneratedFile, Ownership
    from bdc.output.writer import commit, plan_write
    from bdc.query import compile_queries
    from bdc.schema.statements import preamble, schema
    from bdc.stack import StackError
    from bdc.stack.loading import scratch

    if any((out / FOLDER).glob("*/edge.json")):
        refuse(AdoptedAlready(str(out / FOLDER)), exits.SPEC)
    queries = compile_queries(system, True)
    try:
        with scratch() as fresh:
            live = _live(url)
            if not live.tables:
                refuse(NoTables(str(out)), exits.SPEC)
            found = found_state(live, system, fresh)
            files, planned = adoption_files(live, found, system, queries, NAME)
            if planned.refusals:
                report(
                    list(placed(planned.refusals, system, project.files)),
                    project.files,
                    "human",
                    always=False,
                )
                sys.exit(exits.SPEC)
            written = (
                GeneratedFile.of(path.relative_to(out).as_posix(), path.read_bytes(), Ownership.MIGRATION)
                for path in (out / MIGRATIONS).glob("*/*")
            )
            prove(live, (*preamble(system, queries), *schema(system, queries)), (*written, *files), fresh)
    except Unlike as problem:
        refuse(NotThisDatabase(tuple(problem.differences)), exits.SPEC)
    except Unproven as problem:
        refuse(AdoptionFails(str(problem)), exits.SPEC)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, StackError) as problem:
        refuse(UnreadableSource(str(problem)), exits.OUTSIDE)
    commit(plan_write(out, files, partial=True))
    click.echo(
        f"wrote {out / FOLDER / NAME}: {len(planned.operations)} operations, proved by applying, rolling back and applying again"
    )
    return len(planned.operations)


def _live(url: str) -> "Database":
    from bdc.stack.loading import read_url, unreadable_at

    left_out = unreadable_at(url)
    if left_out:
        refuse(NotImportable(tuple(left_out)), exits.SPEC)
    return read_url(url)


def _tell(url: str, out: Path, data: dict[str, Any], as_json: bool) -> None:
    from bdc.stack.migrations import captured

    code, text = captured(out, url, ("plan",))
    told = (text if code else text.partition(f"\n{NAME}, expand:")[0]).rstrip()
    if as_json:
        plan = {"plan": told.splitlines(), "plan_failed": bool(code)}
        tell(True, {"wrote": str(out / _folder() / NAME), **data, **plan})
        return
    click.echo(told, err=bool(code))
    click.echo(
        f"nothing has been changed; `bdc migrate up {out} --db URL` applies it, `bdc migrate down` rolls it back"
    )


def _folder() -> str:
    from bdc.adoption import FOLDER

    return FOLDER
