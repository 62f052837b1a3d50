"""What must hold for every writer: machines, immutable columns, stamps, field grants and the audit trail.

A trigger's WHEN is the rule and its function only raises, so that a legal change calls no function at all.
"""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateTrigger, Statement
from bdc.ddl.printer import literal
from bdc.ir import Entity, Machine, ScalarField, Stamp, SystemIR, Table, Transition
from bdc.query.names import quote
from bdc.schema.audit import actor_of, create_audit, personal_columns
from bdc.schema.helpers import REFUSE_CHANGE, REFUSE_TRANSITION
from bdc.schema.names import APP, Roles, fitted, name_of


def fixed_columns(system: SystemIR, entity: Entity) -> tuple[str, ...]:
    """Return the columns that no update may change, in column order: key, tenant, immutable, stamp of creation."""
    table = system.table(entity.table)
    fixed = {column.name for column in table.columns if column.immutable}
    fixed.update(table.primary_key.columns if table.primary_key else ())
    fixed.update([table.tenant_column] if table.tenant_column else [])
    fixed.update(field.column for field in _scalars(entity) if field.stamp is Stamp.CREATED)
    return tuple(column.name for column in table.columns if column.name in fixed)


def create_triggers(system: SystemIR, entity: Entity, roles: Roles) -> Iterator[Statement]:
    """Yield the triggers of one table. BEFORE triggers fire in the order of their names."""
    table = system.table(entity.table)
    yield from _immutable(table, fixed_columns(system, entity))
    machine = system.machine(entity.name)
    if machine is not None:
        yield from _machine(entity, table, machine, roles)
    yield from _stamps(entity, table, roles)
    if entity.audited:
        yield from create_audit(table, personal_columns(system, entity), actor_of(system))


def _immutable(table: Table, columns: tuple[str, ...]) -> Iterator[Statement]:
    if columns:
        changed = "\n    or ".join(_differs(column) for column in columns)
        yield CreateTrigger(
            fitted(f"{table.name}_immutable"),
            name_of(table),
            "before",
            "update",
            REFUSE_CHANGE,
            columns,
            changed,
        )


def _machine(entity: Entity, table: Table, machine: Machine, roles: Roles) -> Iterator[Statement]:
    """The owner (who loads and mends data) may create rows in any state and act for any operation; illegal changes of
    state are illegal for every role."""
    field = entity.field(machine.field)
    assert isinstance(field, ScalarField)
    state, name = field.column, name_of(table)
    owner = _is_owner(roles)
    steps = [_step(entity, state, transition, owner) for transition in machine.transitions]
    allowed = "\n      or ".join(steps) or "false"
    yield CreateTrigger(
        fitted(f"{table.name}_{machine.field}_machine"),
        name,
        "before",
        f"update of {quote(state)}",
        REFUSE_TRANSITION,
        (state,),
        f"{_differs(state)}\n    and not (\n      {allowed})",
    )
    if machine.initial is not None:
        started = f"new.{quote(state)} is distinct from {literal(machine.initial)} and not {owner}"
        yield CreateTrigger(
            fitted(f"{table.name}_{machine.field}_initial"),
            name,
            "before",
            "insert",
            REFUSE_TRANSITION,
            (state,),
            started,
        )


def _step(entity: Entity, state: str, transition: Transition, owner: str) -> str:
    sources = ", ".join(literal(source) for source in transition.sources)
    step = f"old.{quote(state)} in ({sources}) and new.{quote(state)} = {literal(transition.target)}"
    if transition.operation is None:
        return f"({step})"
    operation = literal(f"{entity.name}.{transition.operation}")
    return f"({step} and (current_setting('app.operation', true) = {operation} or {owner}))"


def _stamps(entity: Entity, table: Table, roles: Roles) -> Iterator[Statement]:
    """Version and time of change advance even when a statement written by hand forgets them; but not when a migration, which has
    the owner's rights, fills a column: no caller has changed those rows, and no copy that a client holds is out of date."""
    unless = f"not {_is_owner(roles)}"
    for field in _scalars(entity):
        if field.stamp is Stamp.VERSION:
            yield from _stamp(table, field.column, f"old.{quote(field.column)} + 1", unless)
        elif field.stamp is Stamp.TOUCHED:
            yield from _stamp(table, field.column, "now()", unless)


def _stamp(table: Table, column: str, value: str, unless: str) -> Iterator[Statement]:
    function = Name(fitted(f"{table.name}_{column}"), APP)
    assignment = f"begin\n  new.{quote(column)} := {value};\n  return new;\nend"
    yield CreateFunction(function, assignment)
    forgotten = f"new.{quote(column)} is distinct from {value}\n    and {unless}"
    yield CreateTrigger(
        fitted(f"{table.name}_{column}_stamp"), name_of(table), "before", "update", function, when=forgotten
    )


def _is_owner(roles: Roles) -> str:
    return f"pg_has_role({literal(roles.owner)}, 'usage')"


def _differs(column: str) -> str:
    return f"old.{quote(column)} is distinct from new.{quote(column)}"


def _scalars(entity: Entity) -> Iterator[ScalarField]:
    return (field for field in entity.fields if isinstance(field, ScalarField))
