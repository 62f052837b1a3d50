"""Paths as SQL: columns, members of structs, correlated subqueries along relations."""

from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp

from bdc.ir import (
    CollectionField,
    ComputedField,
    EntityType,
    Expr,
    Path,
    PathStep,
    ReferenceField,
    Root,
    ScalarField,
    StructType,
    Type,
)
from bdc.query.embedding import own_value
from bdc.query.names import table_of
from bdc.query.relations import Joined, follow_collection, follow_reference, key_columns, tenant_column
from bdc.query.scope import Held, Row, Scope
from bdc.query.trees import cast, conjunction, equal, group, scalar_query, text
from bdc.query.types import sql_type
from bdc.query.walks import follow_walk

Lower = Callable[[Expr, Scope], exp.Expression]


def root_row(path: Path, scope: Scope) -> Row:
    """Return the row a path starts from. KeyError when the scope has none."""
    match path.root:
        case Root.ROW if scope.row is not None:
            return scope.row
        case Root.OLD if scope.old is not None:
            return scope.old
        case Root.NEW if scope.new is not None:
            return scope.new
        case Root.BINDING if path.name is not None:
            return scope.bindings[path.name]
    raise KeyError(f"no {path.root.value} row in reach")


def lower_path(path: Path, scope: Scope, lower: Lower) -> exp.Expression:
    """Return the value at the end of a path; of a path that ends in a row, its (single) key."""
    match path.root:
        case Root.ACTOR if of_own_row(path):
            return scope.own(path) if scope.own is not None else lower_own(path, scope, lower)
        case Root.ACTOR:
            return scope.claim(scope.system, path.steps[0].field if path.steps else _key_claim(path, scope))
        case Root.PARAM if path.name in scope.held:
            return lower_key(path, scope, lower)[0]
        case Root.PARAM:
            base = scope.parameter(path.name or "", path.type)
            return _member(base, path.steps, path.type) if path.steps else base
        case Root.SCENARIO:
            raise TypeError("a name of a scenario has no SQL")
    return _values(root_row(path, scope), path.steps, path.type, scope, lower)[0]


def lower_key(path: Path, scope: Scope, lower: Lower) -> list[exp.Expression]:
    """Return the key of the row at the end of a path, part by part."""
    if path.root is Root.PARAM and path.name in scope.held:
        return _of_held(scope.held[path.name or ""], path, scope, lower)
    if path.root in (Root.ACTOR, Root.PARAM):
        return [lower_path(path, scope, lower)]
    return _values(root_row(path, scope), path.steps, path.type, scope, lower)


def of_own_row(path: Path) -> bool:
    """Whether a path leads through the caller's own row, and not to a claim of its token."""
    return path.root is Root.ACTOR and bool(path.steps) and path.steps[0].entity is not None


def lower_own(path: Path, scope: Scope, lower: Lower) -> exp.Expression:
    """Return what a look at the caller's own row finds at the end of a path."""
    return _along(look_up(_caller(path, scope), scope), path.steps, path.type, scope, lower)[0]


def _key_claim(path: Path, scope: Scope) -> str:
    """Return the claim with the key of the caller that `path` is."""
    identity = scope.system.identity
    return identity.key_of(path.type.name) if identity and isinstance(path.type, EntityType) else "id"


def _caller(path: Path, scope: Scope) -> Held:
    """Return the row of the caller that `path` leads through."""
    identity, entity = scope.system.identity, path.steps[0].entity
    if identity is None or entity is None:
        raise KeyError("no caller in reach")
    return Held(scope.system.entity(entity), (scope.claim(scope.system, identity.key_of(entity)),))


def _of_held(held: Held, path: Path, scope: Scope, lower: Lower) -> list[exp.Expression]:
    """Return the key as it is known, or what a look at the row finds."""
    if not path.steps:
        return [part.copy() for part in held.key]
    return _along(look_up(held, scope), path.steps, path.type, scope, lower)


def look_up(held: Held, scope: Scope) -> Joined:
    """Return the row as FROM item, found by its key: within the caller's tenant, where keys are unique within one."""
    row = Row(held.entity, scope.names.fresh())
    keys = zip(key_columns(held.entity), held.key, strict=True)
    found = [equal(row.column(name), part.copy()) for name, part in keys]
    conditions = (*_in_tenant(row, scope), *found)
    return Joined(row, (table_of(held.entity, row.alias),), conditions)


def _in_tenant(row: Row, scope: Scope) -> Iterator[exp.Expression]:
    identity, name = scope.system.identity, tenant_column(scope.system, row.entity)
    if row.entity.tenant and identity is not None and identity.tenant_claim and name is not None:
        yield equal(row.column(name), scope.claim(scope.system, identity.tenant_claim))


def _values(
    row: Row, steps: Sequence[PathStep], logical: Type, scope: Scope, lower: Lower
) -> list[exp.Expression]:
    return _along(Joined(row, (), ()), steps, logical, scope, lower)


def _along(
    joined: Joined, steps: Sequence[PathStep], logical: Type, scope: Scope, lower: Lower
) -> list[exp.Expression]:
    for position, step in enumerate(steps):
        here = joined.row
        rest = steps[position + 1 :]
        found = here.entity.field(step.field)
        if not isinstance(found, ReferenceField):
            return [_wrap(joined, _leaf(here, found, rest, logical, scope, lower))]
        if not rest and (key := _reference_key(here, found, scope)) is not None:
            return [_wrap(joined, column) for column in key]
        if (known := _known(here, found, rest, scope)) is not None:
            return [_wrap(joined, known)]
        joined = _step(joined, found, scope)
    return [_wrap(joined, joined.row.column(name)) for name in key_columns(joined.row.entity)]


def _wrap(joined: Joined, value: exp.Expression) -> exp.Expression:
    if not joined.sources:
        return value
    sources = [source.copy() for source in joined.sources]
    return scalar_query(value, sources, conjunction(joined.conditions).copy())


def _leaf(
    row: Row, found: object, rest: Sequence[PathStep], logical: Type, scope: Scope, lower: Lower
) -> exp.Expression:
    match found:
        case ScalarField(embedded=pieces) if rest and pieces:
            return row.column(next(each.column for each in pieces if each.member == rest[0].field))
        case ScalarField(column=name) if rest:
            return _member(row.column(name), rest, logical)
        case ScalarField():
            return own_value(row, found)
        case ComputedField(column=str(kept)):
            return _member(row.column(kept), rest, logical) if rest else row.column(kept)
        case ComputedField(expr=expr):
            value = lower(expr, scope.at(row.entity.name, row.alias))
            return _member(group(value), rest, logical) if rest else value
    raise TypeError(f"{found!r} is not a value")


def _member(base: exp.Expression, steps: Sequence[PathStep], logical: Type) -> exp.Expression:
    """A member of a jsonb struct, as its type; a struct stays jsonb."""
    *outer, last = steps
    for step in outer:
        base = exp.JSONExtract(this=base, expression=text(step.field), only_json_types=True)
    if isinstance(logical, StructType):
        return exp.JSONExtract(this=base, expression=text(last.field), only_json_types=True)
    value = exp.Paren(
        this=exp.JSONExtractScalar(this=base, expression=text(last.field), only_json_types=True)
    )
    return value if sql_type(logical) == "text" else cast(value, sql_type(logical))


def _reference_key(row: Row, reference: ReferenceField, scope: Scope) -> list[exp.Expression] | None:
    """Return the target's key as the row has it; None where the reference leads to another unique."""
    wanted = key_columns(scope.system.entity(reference.target))
    ours = dict(zip(reference.target_columns, reference.columns, strict=True))
    return [row.column(ours[name]) for name in wanted] if set(wanted) <= set(ours) else None


def _known(
    row: Row, reference: ReferenceField, rest: Sequence[PathStep], scope: Scope
) -> exp.Expression | None:
    """A column of the target that the reference repeats (its key, its tenant) needs no join."""
    if len(rest) != 1:
        return None
    target = scope.system.entity(reference.target).field(rest[0].field)
    if not isinstance(target, ScalarField | ReferenceField):
        return None
    ours = dict(zip(reference.target_columns, reference.columns, strict=True))
    return row.column(ours[target.column]) if target.column in ours else None


def lower_collection(path: Path, scope: Scope) -> Joined:
    """Return the rows of the collection at the end of a path."""
    held = scope.held.get(path.name or "") if path.root is Root.PARAM else None
    held = _caller(path, scope) if of_own_row(path) else held
    joined = look_up(held, scope) if held is not None else Joined(root_row(path, scope), (), ())
    for step in path.steps:
        if step.walk is not None:
            return follow_walk(joined, step, scope)
        found = joined.row.entity.field(step.field)
        if not isinstance(found, ReferenceField | CollectionField):
            raise TypeError(f"{step.entity}.{step.field} is not a relation")
        joined = _step(joined, found, scope)
    return joined


def _step(joined: Joined, field: ReferenceField | CollectionField, scope: Scope) -> Joined:
    """Follow one relation further, to rows that are in sight."""
    if isinstance(field, ReferenceField):
        hop = follow_reference(scope.system, joined.row, field, scope.names)
    else:
        hop = follow_collection(scope.system, joined.row, field, scope.names)
    seen = tuple(scope.sight(scope, joined.row, field, hop.row)) if scope.sight else ()
    return Joined(hop.row, joined.sources + hop.sources, joined.conditions + hop.conditions + seen)
