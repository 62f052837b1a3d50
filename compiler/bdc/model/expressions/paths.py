"""Paths: a name that starts one, and steps through fields, claims and members."""

from dataclasses import replace

from bdc import ir
from bdc.diagnostics import Names
from bdc.model.errors.names import FieldOfAClaim, UnknownEnumValue, UnknownField, UnknownValue
from bdc.model.errors.policies import OldOutsideUpdate
from bdc.model.errors.types import NotACollection, NotAllowedHere, OptionalPath
from bdc.model.expressions.nullness import path_key
from bdc.model.expressions.scope import Scope, Variable
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, Field, ReferenceField, ScalarField
from bdc.model.nodes.values import Entry, Enum
from bdc.model.typing.types import describe
from bdc.source.records import dataclass
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class _Walk:
    """How far a path has been followed: the tree so far, how it reads, and where its last name stands."""

    path: ir.Path
    words: str
    last: ast.Name


def path(node: ast.Path, scope: Scope, expected: ir.Type | None) -> ir.Expr | None:
    """Return the typed path, or the enum value that a single name means where one is wanted."""
    seeded = _of_seed(node, scope)
    walk = seeded or _start(node, scope, expected)
    if not isinstance(walk, _Walk):
        return walk
    rest = node.names[1:] if walk.path.steps or walk.path.root is not ir.Root.ROW else node.names
    rest = node.names[2:] if seeded else rest
    for name in rest:
        stepped = _step(walk, name, scope)
        if stepped is None:
            return None
        walk = stepped
    return _of_caller(walk.path)


def _of_seed(node: ast.Path, scope: Scope) -> _Walk | None:
    """Return the row of a seed that a path begins with, `demo.ann`; None where it begins with something else."""
    first, *others = node.names
    seed = (
        scope.context.seeds.get(first.text)
        if scope.place.seeds and first.text not in scope.variables
        else None
    )
    if seed is None or not others:
        return None
    row = next((each for each in seed.rows if each.name == others[0].text), None)
    if row is None:
        return None
    name = f"{seed.name}.{row.name}"
    return _Walk(
        ir.Path(root=ir.Root.SCENARIO, name=name, type=ir.EntityType(name=row.entity)), name, others[0]
    )


def _of_caller(path: ir.Path) -> ir.Path:
    """A token may outlive the row of its caller: what is read from that row may be missing."""
    through_row = path.root is ir.Root.ACTOR and bool(path.steps) and path.steps[0].entity is not None
    return path.model_copy(update={"nullable": True}) if through_row else path


def collection(node: ast.Path, scope: Scope) -> ir.Path | None:
    """Return a path that ends in a relation to many, or report that it does not."""
    found = path(node, scope, None)
    if found is None:
        return None
    if (
        isinstance(found, ir.Path)
        and isinstance(found.type, ir.ArrayType)
        and isinstance(found.type.item, ir.EntityType)
    ):
        return found
    scope.context.report(NotACollection(node.text, describe(found.type), node.span))
    return None


def _start(node: ast.Path, scope: Scope, expected: ir.Type | None) -> _Walk | ir.Literal | None:
    first = node.names[0]
    wanted = scope.context.enums.get(expected.name) if isinstance(expected, ir.EnumType) else None
    alone = len(node.names) == 1
    variable = scope.variables.get(first.text)
    if variable is not None:
        value = alone and wanted is not None and first.text in wanted.names and variable.type != wanted.type
        return wanted.literal(first.text) if value and wanted is not None else _variable(first, variable)
    row = scope.context.entities.get(scope.row or "")
    field = row.find(first.text) if row is not None else None
    if field is None and len(node.names) == 2 and first.text in scope.context.enums:
        return _qualified(scope.context.enums[first.text], node.names[1], scope)
    if alone and wanted is not None and first.text in wanted.names and not _is_same_enum(field, wanted.name):
        return wanted.literal(first.text)
    if row is not None and field is not None:
        start = ir.Path(root=ir.Root.ROW, type=ir.EntityType(name=row.name))
        return _Walk(start, "", first)
    if row is None or not row.is_unread(first.text):
        _unknown(first, scope, row, wanted.name if wanted is not None else None)
    return None


def _qualified(enum: Enum, name: ast.Name, scope: Scope) -> ir.Literal | None:
    """Return the value of `State.draft`, which says its enum."""
    if name.text in enum.names:
        return enum.literal(name.text)
    if not enum.unread:
        scope.context.report(UnknownEnumValue(enum.name, name.text, name.span, enum.names))
    return None


def _variable(name: ast.Name, variable: Variable) -> _Walk | None:
    if variable.unjudged:
        return None
    named = variable.root in (ir.Root.BINDING, ir.Root.PARAM, ir.Root.SCENARIO)
    start = ir.Path(
        root=variable.root, name=name.text if named else None, type=variable.type, nullable=variable.nullable
    )
    return _Walk(start, name.text, name)


def _is_same_enum(field: Field | None, enum: str) -> bool:
    type_ = field.type if isinstance(field, ScalarField | ComputedField) else None
    return isinstance(type_, ir.EnumType) and type_.name == enum


def _unknown(name: ast.Name, scope: Scope, row: Entity | None, enum: str | None) -> None:
    place = scope.place
    if name.text in ("old", "new") and not place.before:
        scope.context.report(OldOutsideUpdate(name.text, place.words, name.span))
    elif name.text == "actor" and not place.actor:
        scope.context.report(
            NotAllowedHere(
                "`actor`", place.words, name.span, "write the rule in a policy: only policies know the caller"
            )
        )
    elif enum is not None:
        if not scope.context.enums[enum].unread:
            scope.context.report(
                UnknownEnumValue(enum, name.text, name.span, scope.context.enums[enum].names)
            )
    else:
        fields = row.field_names if row is not None else Names()
        known = fields.after(sorted(scope.variables))
        is_entity = name.text in scope.context.entities
        of = _row_with(name.text, scope)
        scope.context.report(UnknownValue(name.text, name.span, known, entity=is_entity, of=of))


def _row_with(name: str, scope: Scope) -> str:
    """Return what the only row in sight is called that has a field of this name (`this`, a parameter); "" without one."""
    having = [
        each
        for each, variable in scope.variables.items()
        if isinstance(variable.type, ir.EntityType)
        and variable.root is not ir.Root.ACTOR
        and (entity := scope.context.entities.get(variable.type.name)) is not None
        and entity.find(name) is not None
    ]
    return "this" if "this" in having else having[0] if len(having) == 1 else ""


def _step(walk: _Walk, name: ast.Name, scope: Scope) -> _Walk | None:
    """Follow one name, or report why it leads nowhere."""
    here = walk.path
    if here.nullable and path_key(here) not in scope.not_null:
        scope.context.report(OptionalPath(walk.words, name.text, name.span, walk.last.span))
        return None
    if here.root is ir.Root.ACTOR and not here.steps:
        return _claim(walk, name, scope)
    match here.type:
        case ir.EntityType(name=entity):
            return _field(walk, name, scope, scope.context.entities.get(entity))
        case ir.StructType(name=struct):
            return _member(walk, name, scope, struct)
    what = _over_many(walk.words, name.text) if isinstance(here.type, ir.ArrayType) else ""
    if not what and here.root is ir.Root.ACTOR and len(here.steps) == 1 and here.steps[0].entity is None:
        scope.context.report(FieldOfAClaim(walk.words, name.text, name.span))
        return None
    owner = f"`{walk.words}` (`{describe(here.type)}`)"
    scope.context.report(
        UnknownField(owner, name.text, name.span, ())
        if not what
        else NotAllowedHere(f"`.{name.text}`", f"`{walk.words}.…`", name.span, what)
    )
    return None


def _over_many(words: str, name: str) -> str:
    """Say what is asked of a relation to many instead of a field of it."""
    if name in ("count", "length", "size"):
        return f"write `count({words})`"
    return f"it is a relation to many: write `exists x in {words} where (x.{name} == …)`, or `sum(x in {words}, x.{name})`"


def _claim(walk: _Walk, name: ast.Name, scope: Scope) -> _Walk | None:
    """Follow a claim of the token, or else a field of the caller's own row."""
    here = walk.path.type
    identity = scope.context.identity_of(here.name if isinstance(here, ir.EntityType) else "")
    claim = identity.claim(name.text) if identity is not None else None
    if claim is None:
        row = scope.context.entities.get(identity.entity) if identity is not None else None
        if row is not None and len(row.key) == 1 and row.find(name.text) is not None:
            return _field(walk, name, scope, row)
        known = tuple(each.name for each in identity.claims) if identity is not None else ()
        fields = row.field_names if row is not None else ()
        scope.context.report(
            UnknownField("`actor`", name.text, name.span, (*known, *fields), "claim or field")
        )
        return None
    assert identity is not None
    bound = ast.Name(identity.bound(name.text), span=name.span)
    longer = _extend(walk, bound, None, claim.type, claim.nullable, scope)
    return replace(longer, words=f"{walk.words}.{name.text}", last=name)


def _member(walk: _Walk, name: ast.Name, scope: Scope, struct: str) -> _Walk | None:
    declared = scope.context.structs.get(struct)
    found: Entry | None = declared.find(name.text) if declared is not None else None
    if declared is not None and found is None:
        scope.context.report(UnknownField(f"struct `{struct}`", name.text, name.span, declared.field_names))
    return None if found is None else _extend(walk, name, None, found.type, found.nullable, scope)


def _field(walk: _Walk, name: ast.Name, scope: Scope, entity: Entity | None) -> _Walk | None:
    if entity is None:
        return None
    field = entity.find(name.text)
    if field is None:
        if not entity.is_unread(name.text):
            scope.context.report(
                UnknownField(f"entity `{entity.name}`", name.text, name.span, entity.field_names)
            )
        return None
    if not _allowed(walk, field, name, scope):
        return None
    match field:
        case ReferenceField(target=target):
            return _extend(walk, name, entity.name, ir.EntityType(name=target), field.nullable, scope)
        case CollectionField(target=target):
            type_ = ir.ArrayType(item=ir.EntityType(name=target))
            return _extend(walk, name, entity.name, type_, False, scope)
        case _:
            return _extend(walk, name, entity.name, field.type, field.nullable, scope)


def _allowed(walk: _Walk, field: Field, name: ast.Name, scope: Scope) -> bool:
    """Say whether the place lets a path take this field; report when it does not."""
    place, problem = scope.place, ""
    if walk.path.steps and isinstance(walk.path.type, ir.EntityType) and not place.relations:
        problem = "a path into another row"
    elif isinstance(field, CollectionField | ComputedField) and not place.computed:
        problem = "a relation to many" if isinstance(field, CollectionField) else "a computed field"
    elif isinstance(field, ScalarField) and field.encrypted and not place.secrets:
        problem = "an encrypted field"
    if problem:
        alone = not place.relations and place.words == "a check"
        help_ = "a check sees its row alone: write `require …` in an operation, or a rule" if alone else ""
        if place.generated:
            help_ = "without `@stored` the value is computed when it is read"
        scope.context.report(NotAllowedHere(problem, place.words, name.span, help_))
    return not problem


def _extend(
    walk: _Walk, name: ast.Name, entity: str | None, type_: ir.Type, nullable: bool, scope: Scope
) -> _Walk:
    here = walk.path
    longer = ir.Path(
        root=here.root,
        name=here.name,
        steps=(*here.steps, ir.PathStep(entity=entity, field=name.text)),
        type=type_,
        nullable=nullable,
    )
    if nullable and path_key(longer) in scope.not_null:
        longer = longer.model_copy(update={"nullable": False})
    words = f"{walk.words}.{name.text}" if walk.words else name.text
    return replace(walk, path=longer, words=words, last=name)
