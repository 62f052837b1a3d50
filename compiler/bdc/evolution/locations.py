"""Where a specification says what a plan refuses: objects of the database back to lines of the source."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bdc.diagnostics import Diagnostic, Label
from bdc.ir import Origin, SystemIR, Table
from bdc.plan import Refusal
from bdc.source import SourceFile, Span


def placed(
    refusals: Iterable[Refusal], system: SystemIR, files: Sequence[SourceFile]
) -> Iterator[Diagnostic]:
    """Yield each refusal with the line of the table or column that it is about, where there is one. What is gone has its table."""
    sources = {file.path: file for file in files}
    origins = dict(_origins(system))
    for refusal in refusals:
        origin = origins.get(refusal.object) or origins.get(refusal.object.rpartition(".")[0])
        found = refusal.diagnostic()
        if origin is not None and origin.file in sources:
            found = replace(found, primary=Label(_span(sources[origin.file], origin)))
        yield found


def _origins(system: SystemIR) -> Iterator[tuple[str, Origin]]:
    """Objects as refusals spell them: `table`, `table.column`, `table.constraint`."""
    for table in system.tables:
        if table.origin is not None:
            yield table.name, table.origin
        for name, origin in _parts(table):
            if origin is not None:
                yield f"{table.name}.{name}", origin


def _parts(table: Table) -> Iterator[tuple[str, Origin | None]]:
    yield from ((column.name, column.origin) for column in table.columns)
    yield from ((key.name, key.origin) for key in table.uniques)
    yield from ((index.name, index.origin) for index in table.indexes)
    yield from ((key.name, key.origin) for key in table.foreign_keys)
    yield from ((check.name, check.origin) for check in table.checks)


def _span(file: SourceFile, origin: Origin) -> Span:
    start = file.line_starts[origin.line - 1] + origin.column - 1
    return Span(file.path, start, start + 1)
