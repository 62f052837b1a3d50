"""`services/data/constraints.py`: constraints of the database in words of the API."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.ir import Entity, SystemIR, Table
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc_emitters.service.logical import column_members
from bdc_emitters.service.names import words

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class ConstraintView:
    name: str
    members: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class ConstraintsView:
    constraints: tuple[ConstraintView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module."""
    found = [view for entity in system.entities for view in _of(entity, system.table(entity.table))]
    view = ConstraintsView(tuple(sorted(found, key=lambda item: item.name)))
    yield GeneratedFile("services/data/constraints.py", TEMPLATES.render("constraints.py.j2", view))


def _of(entity: Entity, table: Table) -> Iterator[ConstraintView]:
    members = column_members(entity)
    subject = words(entity.name)

    def named(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(members[name] for name in columns if name in members and name != table.tenant_column)

    uniques = [(unique.name, unique.columns) for unique in table.uniques]
    if table.primary_key:
        uniques.append((table.primary_key.name, table.primary_key.columns))
    for name, columns in uniques:
        about = named(columns)
        yield ConstraintView(name, about, f"Another {subject} has this {_list(about)} already.")
    for key in table.foreign_keys:
        about = named(key.columns)
        yield ConstraintView(key.name, about, f"There is no {words(key.target_table)} with this key.")
    for check in table.checks:
        about = named((check.column,)) if check.column else ()
        rule = words(check.name.removeprefix(f"ck_{table.name}_"))
        said = (
            f"The value of {_list(about)} is not accepted." if about else f"The rule “{rule}” would not hold."
        )
        yield ConstraintView(check.name, about, said)


def _list(names: tuple[str, ...]) -> str:
    return " and ".join(names) or "key"
