"""Compile what is written, leave out what is refused, until nothing is."""

from collections.abc import Callable, Iterable

import asyncpg

from bdc.ddl.printer import print_script
from bdc.ddl.spatial import encoded
from bdc.diagnostics import Diagnostic, DiagnosticSink, Severity
from bdc.importing.converge import NotImportable
from bdc.importing.draft.ledger import Ledger
from bdc.importing.draft.units import Part, Spot, Unit, Written, account, told
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.query import compile_queries
from bdc.schema.statements import preamble, schema
from bdc.source import SourceFile
from bdc.source.records import dataclass
from bdc.stack.loading import run
from bdc.syntax import format_file

_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Settled:
    """`text`: a specification that compiles; the ledger says what of the source is in it; `added`: what it has that the source does not;
    `told`: subjects and what became of them."""

    text: str
    ledger: Ledger
    added: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


def settle(
    units: list[Unit], ledger: Ledger, file: str, fresh: Callable[[], str] | None, added: Iterable[str] = ()
) -> Settled:
    """Return the specification of the units. `fresh` makes an empty database, in which its schema is made for a trial. Raises NotImportable
    when what the compiler refuses stands in no part, or the schema cannot be made."""
    for _ in range(_ROUNDS):
        written = Written(units)
        source = SourceFile(file, written.text)
        compilation = compile_system([source])
        if compilation.system is not None:
            account(units, ledger)
            if fresh is not None:
                run(_tried(fresh(), compilation.system))
            return Settled(_formatted(source), ledger, tuple(added), tuple(told(units)))
        errors = [each for each in compilation.diagnostics if each.severity is Severity.ERROR]
        if sum(_refuse(written, error) for error in errors) == 0:
            raise NotImportable(f"{each.code} {each.message}" for each in errors)
    raise NotImportable(f"{each.code} {each.message}" for each in errors)


def _refuse(written: Written, error: Diagnostic) -> bool:
    """Leave out what the error points to; whether there was anything."""
    labels = [label for label in (error.primary, *error.secondary) if label is not None]
    for label in labels:
        spot = written.at(label.span.start)
        if spot is not None:
            _leave_out(spot, f"{error.code} {error.message}")
            return True
    return False


def _leave_out(spot: Spot, reason: str) -> None:
    part = spot.part
    if part is None or (part.needed and part.instead is None):
        spot.unit.refused = reason
    elif part.instead is None:
        part.refused = reason
    else:
        _replace(spot.unit, part, reason)


def _replace(unit: Unit, part: Part, reason: str) -> None:
    """Put what stands instead; the elements that only the refused text carried are left out with it."""
    assert part.instead is not None
    if not any(each is part for each in unit.parts):
        return  # another error of the same round has done it
    gone = tuple(path for path in part.says if path not in part.instead.says)
    at = next(number for number, each in enumerate(unit.parts) if each is part)
    unit.parts[at] = part.instead
    if gone:
        unit.parts.append(Part("", gone, refused=reason))


async def _tried(url: str, system: SystemIR) -> None:
    queries = compile_queries(system, True)
    script = print_script([*preamble(system, queries), *schema(system, queries)])
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(encoded(script))
    except asyncpg.PostgresError as failure:
        raise NotImportable([str(failure)]) from failure
    finally:
        await connection.close()


def _formatted(source: SourceFile) -> str:
    text = format_file(source, DiagnosticSink())
    return source.text if text is None else text
