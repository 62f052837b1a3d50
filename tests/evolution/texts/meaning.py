"""What a pair of texts means to the database: both compiled, the way as `bdc diff` plans it, and what became of what.

What things were called is told from the specification that edits wrote, not from what the compiler understood: where it misses a
rename, rows are missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.catalog import Database, Table
from bdc.changes.compare import changes
from bdc.changes.scale import Severity
from bdc.ddl.names import Name
from bdc.diagnostics import DiagnosticSink
from bdc.evolution.hints import hints_of
from bdc.evolution.next_migration import Step, advance
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.query import compile_queries
from bdc.schema.evolution import evolution
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from bdc.syntax import format_file
from tests.evolution.draft import Origins
from tests.evolution.laws import Broken
from tests.evolution.pairs import Evolved, Pair
from tests.evolution.texts.model import Entity, Spec, text
from tests.evolution.texts.pairs import written


def mean(pair: Pair) -> Evolved:
    """Return both states. Raises Broken where a text is not valid, is not left alone by the formatter, or cannot be compared."""
    old, new, done = written(pair)
    before, after = compiled(text(old)), compiled(text(new))
    step = advance(physical_state(before, compile_queries(before, True)), after, compile_queries(after, True))
    _compare(old, new, before, after)
    hints = hints_of(evolution(after), step.old, step.new)
    return Evolved(step.old, step.new, _origins(old, new, step), hints, done, written=True)


def _compare(old: Spec, new: Spec, before: SystemIR, after: SystemIR) -> None:
    """A field that the API has shown and shows no more breaks its clients."""
    try:
        found = changes(before, after)
    except Exception as failure:
        raise Broken(f"compared: {failure!r}") from failure
    there = {each.name for entity in new.entities for each in entity.fields}
    names = {f"{entity.name}[]" for entity in old.entities}
    shown = (each for entity in old.entities if entity.offered and entity.rules for each in entity.fields)
    gone = [each.name for each in shown if each.name not in there and each.type not in names]
    if gone and not any(each.severity is Severity.BREAKING for each in found):
        raise Broken(f"compared: {gone} are gone, and nothing breaks")


def compiled(written_text: str) -> SystemIR:
    file = SourceFile("world.bds", written_text)
    if format_file(file, DiagnosticSink()) != written_text:
        raise Broken("formatted: twice is not as once")
    found = compile_system([file])
    if found.system is None:
        said = "; ".join(f"{each.code} {each.message}" for each in found.diagnostics)
        raise Broken(f"compiles: {said}\n{written_text}")
    return found.system


@dataclass(frozen=True)
class _Tables:
    """Tables of both states by the name that a specification gives them: entities in snake_case, or `@table`."""

    old: Database
    new: Database

    def of(self, database: Database, name: str) -> Table | None:
        wanted = (name.lower(), f"kept_{name.lower()}")
        return next((each for each in database.tables if each.name.name in wanted), None)


def _origins(old: Spec, new: Spec, step: Step) -> Origins:
    tables = _Tables(step.old, step.new)
    found = Origins()
    for entity in new.entities:
        now = tables.of(step.new, entity.name)
        was = tables.of(step.old, entity.was) if entity.was is not None else None
        if now is None or was is None:
            continue
        found.tables[now.name] = was.name
        found.columns |= {(now.name, name): (was.name, before) for name, before in _columns(entity, was, now)}
    for enum in new.enums:
        if enum.was is not None and any(each.name.name == enum.name.lower() for each in step.new.enums):
            now_name, was_name = Name(enum.name.lower()), Name(enum.was.lower())
            found.enums[now_name] = was_name
            for value in enum.values:
                if value.was is not None:
                    found.labels[now_name, value.name] = (was_name, value.was)
    return found


def _columns(entity: Entity, was: Table, now: Table) -> Iterator[tuple[str, str]]:
    """Columns of a field are called after it; what is no field's own (the tenant) goes on as it was."""
    there = {each.name for each in was.columns}
    for column in now.columns:
        name = column.name.removeprefix("the_")
        for field in entity.fields:
            if name == field.name or name.startswith(f"{field.name}_"):
                before = column.name.replace(field.name, field.was, 1) if field.was is not None else None
                if before in there:
                    yield column.name, str(before)
                break
        else:
            if column.name in there:
                yield column.name, column.name
