"""`bdc import`: from an existing database to a specification."""

import sys
from pathlib import Path
from typing import NoReturn

import asyncpg
import click

from bdc.cli import exits
from bdc.cli.report import report as show
from bdc.diagnostics import Diagnostic
from bdc.importing.names import field_name

REPORT = "import.md"


@click.command("import")
@click.argument("source")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to."
)
@click.option("--name", help="The name of the system; by default the source's.")
def command(source: str, out: Path, name: str | None) -> None:
    """Write a specification of what SOURCE is: db:URL of a PostgreSQL server, a dump (plain SQL), a folder of
    migrations, a Prisma schema or a folder with one, a JDL, or an OpenAPI document.

    What the language cannot say becomes SQL in the specification, and is listed in import.md. The result is built, loaded and compared
    with the source before it is written: a build of it changes nothing.
    """
    if any(out.glob("*.bds")):
        _refuse(
            "E943",
            f"`{out}` holds a specification already",
            "Give another folder, or remove its `.bds` files.",
        )
    files, told = _imported(source, field_name(name or _name(source)))
    out.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (out / file).write_text(text, encoding="utf-8", newline="\n")
    click.echo(told)
    for file in files:
        click.echo(f"wrote {out / file}")


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
        _refuse(
            "E940",
            str(problem),
            "Give `db:URL`, a file of SQL, a folder of migrations, a Prisma schema, a JDL or an OpenAPI document.",
            exits.USAGE,
        )
    except BrokenScript as problem:
        _refuse("E941", f"{problem.file} does not run", _statements(problem.failures))
    except (PrismaError, JdlError, OpenApiError) as problem:
        _refuse(
            "E945",
            f"`{source}` cannot be read: {problem}",
            "Correct it there, or let the tool that it belongs to check it.",
        )
    except NotImportable as problem:
        _refuse("E942", "an object cannot be imported as it is", "\n".join(problem.objects))
    except (OSError, asyncpg.PostgresError, StackError) as problem:
        _refuse("E944", "the database cannot be read", str(problem), exits.OUTSIDE)
    return imported.files | {REPORT: report(imported, found.left_out, found.ledger)}, summary(imported)


def _statements(failures: tuple[tuple[str, str], ...]) -> str:
    shown = [f"{reason}\n  in: {' '.join(statement.split())[:160]}" for statement, reason in failures[:5]]
    more = [f"and {len(failures) - 5} more"] if len(failures) > 5 else []
    return "\n".join([*shown, *more])


def _refuse(code: str, message: str, help: str, exit: int = exits.SPEC) -> NoReturn:
    show([Diagnostic(code, message, None, help=help)], [], "human", always=False)
    sys.exit(exit)
