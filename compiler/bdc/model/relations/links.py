"""References that one column does not carry: to a key of several fields, to a unique, over fields that are there already.

Such a reference is *carried* by plain fields, which callers read and write; the reference itself is what is joined, expanded and
followed. Missing fields are made here: `seat: Seat`, whose key is `row` and `number`, gives `seat_row` and `seat_number`.
"""

from bdc import ir
from bdc.model.attributes import Attributes, Word
from bdc.model.context import ResolveContext
from bdc.model.errors.relations import BadReference
from bdc.model.errors.types import Cycle
from bdc.model.nodes.entity import Entity, Field, ReferenceField, ScalarField
from bdc.model.typing.types import describe, same_family
from bdc.naming.casing import pascal
from bdc.naming.references import key_member
from bdc.naming.sql import fitted
from bdc.source.records import dataclass, replace
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class Part:
    """One column that a reference leads to: `field` of the target, its name in JSON, its type. `was`: what it was called in JSON."""

    field: str
    member: str
    type: ir.Type
    column: str
    was: tuple[str, ...] = ()


def link_references(context: ResolveContext) -> None:
    """Tell each reference which fields carry it, and replace it by them in keys."""
    done: set[str] = set()
    for name in tuple(context.entities):
        _break_circle(context, name, ())
    for name in tuple(context.entities):
        _link(context, name, done)


def _break_circle(context: ResolveContext, name: str, inside: tuple[str, ...]) -> None:
    """Report a key that is made of itself, and remove it, so that no later phase runs in a cycle."""
    entity = context.entities[name]
    if name in inside:
        context.report(Cycle("a key", (*inside[inside.index(name) :], name), entity.span))
        context.entities[name] = replace(entity, key=(), unread=entity.unread | {"*"})
        return
    for field in _in_key(entity):
        if field.target in context.entities:
            _break_circle(context, field.target, (*inside, name))


def _link(context: ResolveContext, name: str, done: set[str]) -> None:
    """Link an entity, after those that its key leads to."""
    if name in done:
        return
    done.add(name)
    entity = context.entities[name]
    for field in _in_key(entity):
        if field.target in context.entities:
            _link(context, field.target, done)
    fields: list[Field] = []
    for each in entity.fields:
        fields.extend(_carried(context, entity, each) if isinstance(each, ReferenceField) else (each,))
    linked = replace(entity, fields=tuple(fields))
    context.entities[name] = replace(linked, key=tuple(_carriers(linked, linked.key)))


def _in_key(entity: Entity) -> tuple[ReferenceField, ...]:
    found = (entity.find(name) for name in entity.key)
    return tuple(field for field in found if isinstance(field, ReferenceField))


def _carriers(entity: Entity, names: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for name in names:
        field = entity.find(name)
        carried = field.carriers if isinstance(field, ReferenceField) else ()
        found += [each for each in carried or (name,) if each not in found]
    return found


def parts(context: ResolveContext, entity: Entity, names: tuple[str, ...]) -> tuple[Part, ...]:
    """Return what fields of `entity` are as columns; a reference that others carry is those."""
    found: list[Part] = []
    for name in _carriers(entity, names):
        field = entity.find(name)
        if isinstance(field, ScalarField):
            found.append(Part(name, name, field.type, field.column, field.was))
        elif isinstance(field, ReferenceField) and (type_ := key_type(context, field)) is not None:
            was = tuple(key_member(old) for old in field.was)
            found.append(Part(name, key_member(name), type_, field.column, was))
    return tuple(found)


def key_type(context: ResolveContext, field: ReferenceField) -> ir.Type | None:
    """Return the type of the one column that carries a reference."""
    target = context.entities.get(field.target)
    found = parts(context, target, target.key) if target is not None else ()
    return found[0].type if len(found) == 1 else None


def _carried(context: ResolveContext, entity: Entity, field: ReferenceField) -> tuple[Field, ...]:
    """Return the reference, behind the fields that are made for it."""
    target = context.entities.get(field.target)
    if target is None:
        return (field,)
    written = {each.name: each for each in field.declared.attributes}
    attributes = Attributes(written, dict.fromkeys(written, ""), context)
    own = attributes.words("fields", report=False)
    wanted = attributes.words("references", report=False)
    goals = parts(context, target, tuple(word.text for word in wanted) or target.key)
    if not own and not wanted and len(target.key) == 1 and len(goals) == 1:
        return (field,)
    if not _leads(context, field, target, wanted, goals):
        return (field,)
    if field.tenant:
        context.report(BadReference(field.name, "a tenant has a key of one field", field.span))
        return (field,)
    if own:
        return _over(context, entity, field, own, goals)
    return _made(context, entity, field, attributes.words("column", report=False), goals)


def _leads(
    context: ResolveContext,
    field: ReferenceField,
    target: Entity,
    wanted: tuple[Word, ...],
    goals: tuple[Part, ...],
) -> bool:
    """Report a reference to fields that do not tell one row from another."""
    for word in wanted:
        if target.find(word.text) is None and not target.is_unread(word.text):
            why = f"`{target.name}` has no field `{word.text}`"
            context.report(BadReference(field.name, why, word.span))
            return False
    if not goals:
        if not target.unread:
            why = f"`{target.name}` has no key"
            help_ = "name unique fields: `@references(code)`"
            context.report(BadReference(field.name, why, field.span, help_))
        return False
    if wanted and not _tells_apart(target, {part.field for part in goals}):
        names = ", ".join(word.text for word in wanted)
        tenant = f"{target.tenant}, " if target.tenant is not None else ""
        why = f"several rows of `{target.name}` may have the same `{names}`"
        if target.soft_delete is not None:
            why = f"a deleted row of `{target.name}` may have the same `{names}`"
        context.report(
            BadReference(field.name, why, wanted[0].span, f"write `unique ({tenant}{names})` there")
        )
        return False
    return True


def _tells_apart(target: Entity, names: set[str]) -> bool:
    """Whether these fields (within their tenant) are the key or a unique of the whole table."""
    within = {target.tenant} if target.tenant is not None else set()
    if names - within == set(target.key):
        return True
    if target.soft_delete is not None:
        return False
    uniques = [
        set(_carriers(target, tuple(_plain(column) for column in member.columns)))
        for member in target.members
        if isinstance(member, ast.UniqueDecl) and member.where is None
    ]
    uniques += [
        set(_carriers(target, (field.name,)))
        for field in target.fields
        if isinstance(field, ScalarField | ReferenceField) and field.unique and target.tenant is None
    ]
    return names | within in uniques


def _plain(column: ast.Column) -> str:
    """Return the field that a key is; "" for an expression."""
    return column.key.text if isinstance(column.key, ast.Path) else ""


def _over(
    context: ResolveContext,
    entity: Entity,
    field: ReferenceField,
    own: tuple[Word, ...],
    goals: tuple[Part, ...],
) -> tuple[Field, ...]:
    """`@fields(a, b)`: fields that are there carry the reference."""
    found = parts(context, entity, tuple(word.text for word in own))
    why = ""
    for word in own:
        if not isinstance(entity.find(word.text), ScalarField | ReferenceField):
            why = f"`{entity.name}` has no field `{word.text}` with a column"
    if not why and len(found) != len(goals):
        listed = ", ".join(part.field for part in goals)
        why = f"it refers to {len(goals)} fields of `{field.target}` ({listed}), but {len(found)} hold it"
    for ours, theirs in zip(found, goals, strict=False) if not why else ():
        if not same_family(ours.type, theirs.type):
            why = f"`{ours.field}` is `{describe(ours.type)}`, and `{field.target}.{theirs.field}` is `{describe(theirs.type)}`"
    names = tuple(part.field for part in found)
    nullable = any(_nullable(entity, name) for name in names)
    if not why and nullable is not field.nullable:
        why = (
            f"it may be null, since `{names[0]}` may: write `{field.target}?`"
            if nullable
            else "it is never null, since none of its fields is: write it without `?`"
        )
    if why:
        if not any(entity.is_unread(word.text) for word in own):
            context.report(BadReference(field.name, why, own[0].span))
        return (field,)
    return (_with(field, names, found, goals),)


def _nullable(entity: Entity, name: str) -> bool:
    found = entity.find(name)
    return isinstance(found, ScalarField | ReferenceField) and found.nullable


def _with(
    field: ReferenceField, names: tuple[str, ...], ours: tuple[Part, ...], goals: tuple[Part, ...]
) -> ReferenceField:
    return replace(field, carriers=names, goals=tuple(part.column for part in goals), column=ours[0].column)


def _made(
    context: ResolveContext,
    entity: Entity,
    field: ReferenceField,
    columns: tuple[Word, ...],
    goals: tuple[Part, ...],
) -> tuple[Field, ...]:
    """Make one field per column that the reference leads to."""
    names = tuple(f"{field.name}_{goal.member}" for goal in goals)
    taken = next((name for name in names if entity.find(name) is not None), None)
    if taken is not None:
        why = f"`{entity.name}` has a field `{taken}` already"
        help_ = f"write `@fields({', '.join(names)})`"
        context.report(BadReference(field.name, why, field.span, help_))
        return (field,)
    if columns and len(columns) != len(goals):
        why = f"it has {len(goals)} columns, and `@column` names {len(columns)}"
        context.report(BadReference(field.name, why, columns[0].span))
        columns = ()
    made = tuple(
        _scalar(
            field,
            goal,
            columns[index].text if columns else fitted(names[index]),
            _was(entity, field, goal),
        )
        for index, goal in enumerate(goals)
    )
    ours = tuple(Part(each.name, each.name, each.type, each.column) for each in made)
    return (*made, _with(field, names, ours, goals))


def _was(entity: Entity, field: ReferenceField, goal: Part) -> tuple[str, ...]:
    """Return what the field was called before the reference, or the part of the key that it leads to, was renamed."""
    names = [f"{name}_{member}" for name in (field.name, *field.was) for member in (goal.member, *goal.was)]
    return tuple(name for name in names[1:] if entity.find(name) is None)


def _scalar(field: ReferenceField, goal: Part, column: str, was: tuple[str, ...]) -> ScalarField:
    return ScalarField(
        name=f"{field.name}_{goal.member}",
        span=field.span,
        declared=replace(field.declared, default=None, attributes=()),
        doc=field.doc,
        deprecated=field.deprecated,
        graphql=None if field.graphql is None else f"{field.graphql}{pascal(goal.member)}",
        was=was,
        hidden=field.hidden,
        since=field.since,
        removed=field.removed,
        type=goal.type,
        nullable=field.nullable,
        column=column,
        readonly=field.readonly,
        immutable=field.immutable,
        carries=field.name,
    )
