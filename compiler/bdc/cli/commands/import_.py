"""`bdc import`: from an existing database to a specification."""

from pathlib import Path

import asyncpg
import click

from bdc.cli import exits, facts
from bdc.cli.facts import (
    NothingToImport,
    ScriptFails,
    SpecificationInTheWay,
    UnreadableDescription,
    UnreadableSource,
)
from bdc.cli.report import refuse
from bdc.cli.results import json_option, tell, working
from bdc.importing.names import field_name

REPORT = "import.md"


@click.command("import")
@click.argument("source")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to."
)
@click.option("--name", help="The name of the system (default: the name of the source).")
@json_option
def command(source: str, out: Path, name: str | None, as_json: bool) -> None:
    """Write a specification from SOURCE: db:URL of a PostgreSQL server, a dump (plain SQL), a folder of
    migrations, a Prisma schema or a folder with one, a JDL, or an OpenAPI document.

    Objects that the language cannot describe become SQL in the specification; import.md lists them. The result is built, loaded and
    compared with the source before it is written, so a build of it changes nothing.
    """
    if any(out.glob("*.bds")):
        refuse(SpecificationInTheWay(str(out)), exits.SPEC)
    with working("import") as part:
        part(source.partition("@")[2] or source)
        files, told = _imported(source, field_name(name or _name(source)))
    out.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (out / file).write_text(text, encoding="utf-8", newline="\n")
    written = [str(out / file) for file in files]
    tell(as_json, {"summary": told, "written": written}, told, *(f"wrote {file}" for file in written))


def _name(source: str) -> str:
    from bdc.importing.sources import name_of

    return name_of(source)


def _imported(source: str, name: str) -> tuple[dict[str, str], str]:
    from bdc.importing.converge import NotImportable, converge
    from bdc.importing.described import describe, is_described
    from bdc.importing.described_report import described_report, described_summary
    from bdc.importing.jdl import JdlError
    from bdc.importing.openapi import OpenApiError
    from bdc.importing.prisma.parse import PrismaError
    from bdc.importing.report import report, summary
    from bdc.importing.sources import BrokenScript, NoSource, read
    from bdc.stack import StackError
    from bdc.stack.loading import scratch

    try:
        with scratch() as fresh:
            if is_described(source):
                settled = describe(source, name, fresh)
                return {f"{name}.bds": settled.text, REPORT: described_report(settled)}, described_summary(
                    settled
                )
            found = read(source, fresh)
            imported = converge(found.database, name, fresh, found.marks)
    except NoSource as problem:
        refuse(NothingToImport(str(problem)), exits.USAGE)
    except BrokenScript as problem:
        refuse(ScriptFails(str(problem.file), tuple(problem.failures)), exits.SPEC)
    except (PrismaError, JdlError, OpenApiError) as problem:
        refuse(UnreadableDescription(source, str(problem)), exits.SPEC)
    except NotImportable as problem:
        refuse(facts.NotImportable(tuple(problem.objects)), exits.SPEC)
    except (OSError, asyncpg.PostgresError, StackError) as problem:
        refuse(UnreadableSource(str(problem)), exits.OUTSIDE)
    return imported.files | {REPORT: report(imported, found.left_out, found.ledger)}, summary(imported)
