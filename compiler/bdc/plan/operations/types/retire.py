"""Enums that lose values, or put them in another order: PostgreSQL cannot do that to a type, so the columns move to a new one, and the
new one takes the name with the first of them."""

from collections.abc import Iterator

from bdc.catalog import Column, Database, EnumType, Routine
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CreateEnum
from bdc.ddl.printer import literal, print_statement
from bdc.diagnostics.catalogue.plan import VALUE_STILL_HELD
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key, member, passing
from bdc.plan.operation import DataCheck, Hazard, Refusal
from bdc.plan.operations.routines.routine_shapes import head
from bdc.plan.operations.routines.routine_texts import drop_routine, whole_routine
from bdc.plan.operations.types.retype import direct_texts
from bdc.plan.refusals import cannot_plan
from bdc.plan.shadow_columns import shadow_names
from bdc.plan.sql_identifiers import mentions, renamed_kind
from bdc.plan.step import Step
from bdc.plan.typing_rules import own_type
from bdc.plan.worded import data_check


def next_type(enum: Name) -> Name:
    return Name(passing(enum.name), enum.schema)


def gone_type(enum: Name) -> Name:
    return Name(passing(enum.name, "gone"), enum.schema)


def tables_of(context: Context, enum: Name) -> list[Name]:
    """Return the tables whose columns move, in the order in which they do."""
    return [
        table
        for table, columns in context.retyped.items()
        if any(own_type(context.new_tables[table].column(name).type, enum) for name in columns)
    ]


def plan_retirement(context: Context, old: EnumType, new: EnumType) -> Iterator[Step | Refusal]:
    """Yield the new type; the columns move in `swap`. Refused where something other than columns of tables has the type."""
    reason = _hindrance(context, new.name)
    if reason is not None:
        yield cannot_plan(
            spelled(new.name),
            f"it loses a value, or their order changes, while {reason}",
            "make a new enum and move to it, then remove the old one",
        )
        return
    made, used = next_type(new.name), tables_of(context, new.name)
    yield Step(
        key=key("create-enum", made),
        title=f"Enum {spelled(new.name)} as it will be",
        phase="expand",
        rank=14,
        statements=(print_statement(CreateEnum(made, new.labels)),),
        undo=(f"drop type if exists {full(made)};",),
        hazards=tuple(
            Hazard(
                code="ENUM_REMOVE",
                object=f"{spelled(new.name)}.{label}",
                message="no row may hold it any more",
            )
            for label in old.labels
            if label not in new.labels
        ),
    )
    if not used:
        statements = (f"drop type {full(old.name)};", _renamed(made, new.name))
        back = (_renamed(new.name, made), print_statement(CreateEnum(old.name, old.labels)))
        yield Step(
            key=key("replace-enum", new.name),
            title=f"Enum {spelled(new.name)} is the new one",
            phase="contract",
            rank=47,
            statements=statements,
            alone=True,
            undo=back,
        )


def _hindrance(context: Context, enum: Name) -> str | None:
    for state in (context.old, context.new):
        for routine in state.routines:
            if mentions(routine.signature, [enum.name]) or mentions(head(routine), [enum.name]):
                return f"function {routine.name.name} takes or gives it"
        for domain in state.domains:
            if own_type(domain.type, enum):
                return f"domain {domain.name.name} stands on it"
    for table in context.new.tables:
        moved = context.retyped.get(table.name, frozenset())
        mine = [column.name for column in table.columns if own_type(column.type, enum)]
        if any(column not in moved for column in mine) or (mine and not shadow_names(context, table.name)):
            return f"{table.name.name} gets a column of it, or cannot move"
    return None


def _renamed(before: Name, after: Name) -> str:
    return f"alter type {full(before)} rename to {quote(after.name)};"


def moved_type(context: Context, kind: str) -> str:
    """Return a column's type as its second column has it."""
    return renamed_kind(kind, {name.name: next_type(name).name for name in context.remade})


def moved_value(context: Context, old: Column, new: Column) -> str | None:
    """Return the expression for a column that moves to the new type, with the values that take the place of others; None when its
    enum stays as it is."""
    enum = next((name for name in context.remade if own_type(new.type, name)), None)
    if enum is None:
        return None
    name, array = quote(old.name), "[]" if new.type.endswith("[]") else ""
    value = f"{name}::text{array}"
    for before, after in _replacements(context, enum):
        if array:
            value = f"array_replace({value}, {literal(before)}, {literal(after)})"
        else:
            value = f"case {value} when {literal(before)} then {literal(after)} else {value} end"
    return f"({value})::{moved_type(context, new.type)}"


def _replacements(context: Context, enum: Name) -> list[tuple[str, str]]:
    return [(old, new) for (owner, old), new in context.replaced.items() if owner == enum]


def held_values(context: Context, table: Name, old: Column, new: Column) -> tuple[DataCheck, ...]:
    """Rows that hold a value that goes, where nothing takes its place."""
    where = _held(context, old, new)
    if where is None:
        return ()
    return (
        data_check(
            VALUE_STILL_HELD,
            member(table, new.name),
            sql=f"select count(*) from {full(table)} where {where}",
            reads=(full(table),),
            table=table.name,
            column=new.name,
            query=f"select * from {full(table)} where {where}",
        ),
    )


def kept_values(context: Context, old: Column, new: Column) -> str | None:
    """Return the condition that a row holds no value that goes without another in its place; None where none goes so."""
    held = _held(context, old, new)
    return f"not ({held})" if held is not None else None


def _held(context: Context, old: Column, new: Column) -> str | None:
    enum = next(
        (each for each in context.old.enums if each.name in context.remade and own_type(new.type, each.name)),
        None,
    )
    if enum is None:
        return None
    after = next(each for each in context.new.enums if each.name == enum.name)
    replaced = {before for before, _ in _replacements(context, enum.name)}
    gone = [label for label in enum.labels if label not in after.labels and label not in replaced]
    if not gone:
        return None
    name, listed = quote(old.name), ", ".join(map(literal, gone))
    array = new.type.endswith("[]")
    return f"{name}::text[] && array[{listed}]" if array else f"{name}::text in ({listed})"


def names_change(context: Context, table: Name) -> tuple[list[str], list[str], list[str]]:
    """Return what the exchange of a table does to the types of its columns: (as soon as they have moved, at its end, before the way
    back)."""
    soon: list[str] = []
    end: list[str] = []
    back: list[str] = []
    for enum in context.old.enums:
        used = tables_of(context, enum.name) if enum.name in context.remade else []
        if table not in used:
            continue
        if table == used[0]:
            soon += [_renamed(enum.name, gone_type(enum.name)), _renamed(next_type(enum.name), enum.name)]
        if table == used[-1]:
            end.append(f"drop type {full(gone_type(enum.name))};")
            back += [
                _renamed(enum.name, next_type(enum.name)),
                print_statement(CreateEnum(enum.name, enum.labels)),
            ]
    return soon, end, back


def without_labels(context: Context, old: EnumType, new: EnumType) -> tuple[str, ...]:
    """Return the way back from values that were added: the type is made anew, and every column moves, under locks."""
    gone = gone_type(old.name)
    heads = heads_of(context.old, old.name)
    statements = [
        *map(drop_routine, heads),
        _renamed(new.name, gone),
        print_statement(CreateEnum(old.name, old.labels)),
    ]
    for table in context.old.tables:
        mine = [column for column in table.columns if own_type(column.type, old.name)]
        if not mine or table.parent is not None:
            continue
        columns = [
            (each, each, f"{quote(each.name)}::text{'[]' if each.type.endswith('[]') else ''}::{each.type}")
            for each in mine
        ]
        statements += direct_texts(context.old, table, table, columns)
    again = (text for routine in heads for text in whole_routine(routine))
    return (*statements, f"drop type {full(gone)};", *again)


def heads_of(state: Database, enum: Name) -> list[Routine]:
    """Return the routines that take or give values of an enum: they go before the type does, and come back after it."""
    return [each for each in state.routines if mentions(head(each), [enum.name])]


def no_way_back(context: Context, enum: Name) -> str | None:
    """Return why values that were added to an enum stay: something stands on a routine that takes it. None where they can go."""
    # It stands on operations, and operations on this.
    from bdc.plan.standing import items, standing

    heads = {each.name.name for each in heads_of(context.old, enum)}
    found = standing(items(context.old), heads) if heads else ()
    stands = next((each for each in found if each.makes not in heads), None)
    return f"{stands.key[2]} stands on a function that takes {spelled(enum)}" if stands is not None else None
