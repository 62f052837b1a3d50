"""Members of JSON bodies: what an answer holds and what a caller may send."""

from collections.abc import Iterator
from decimal import Decimal

from bdc.ir import (
    And,
    ArrayType,
    CollectionField,
    Compare,
    ComputedField,
    Entity,
    EntityField,
    Expr,
    FieldRule,
    InputMember,
    InputShape,
    Literal,
    Operation,
    Parameter,
    Path,
    ReferenceField,
    Scalar,
    ScalarField,
    ScalarType,
    Stamp,
    SystemIR,
    Type,
)
from bdc.ir.remembering import per_system
from bdc.naming.references import key_member
from bdc.source.records import dataclass, replace
from bdc.surface.addresses import address_fields, around_fields
from bdc.surface.logical import member_type

_NUMBERS = {Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT}


@dataclass(frozen=True, slots=True)
class Member:
    """`name` as in JSON. `required` is about what a caller sends. `nested`: the members of an owned collection's rows, and
    `type` is then None. `linked`: its values name rows of the far side of a relation,
    by this field (`Tag.name`); `makes`: those that are missing are made. `rule`: the permission to see or send it."""

    name: str
    type: Type | None
    nullable: bool = False
    required: bool = False
    doc: str = ""
    deprecated: str | None = None
    default: Expr | None = None
    nested: tuple["Member", ...] | None = None
    rule: FieldRule | None = None
    field: str = ""
    examples: tuple[Expr, ...] = ()
    linked: str = ""
    makes: bool = False


def key_members(system: SystemIR, entity: Entity) -> tuple[Member, ...]:
    """Return the parts of the key, in order."""
    return tuple(member for name in entity.key for member in _plain(system, entity, entity.field(name)))


def address_members(system: SystemIR, entity: Entity) -> tuple[Member, ...]:
    """Return what names a row in its path, in order: the last segments."""
    return tuple(
        member for field in address_fields(system, entity) for member in _plain(system, entity, field)
    )


def around_members(system: SystemIR, entity: Entity) -> tuple[Member, ...]:
    """Return what names the rows that a row stands under in paths, in order, by the names there."""
    return tuple(
        replace(member, name=name)
        for name, owner, field in around_fields(system, entity)
        for member in _plain(system, owner, field)
    )


def read_members(system: SystemIR, entity: Entity) -> tuple[Member, ...]:
    """Return what an answer about a row always holds. Relations that a caller asked for come beside it."""
    shown = (field for field in entity.fields if not field.hidden)
    return tuple(member for field in shown for member in _plain(system, entity, field))


def input_members(
    system: SystemIR, entity: Entity, shape: InputShape, *, partial: bool = False
) -> tuple[Member, ...]:
    """Return what a caller may send; with `partial` (an update) nothing is required and nothing has a default."""
    return tuple(
        member for given in shape.members for member in _given(system, entity, given, partial=partial)
    )


def parameter_members(operation: Operation) -> tuple[Member, ...]:
    """Return the arguments of a custom operation, wherever a request carries them."""
    return tuple(parameter_member(parameter) for parameter in operation.parameters)


def parameter_member(parameter: Parameter) -> Member:
    """Return one argument; what stands in a path is always given."""
    return Member(
        parameter.name,
        parameter.type,
        parameter.nullable,
        parameter.place == "path" or (parameter.default is None and not parameter.nullable),
        parameter.doc,
        default=parameter.default,
        field=parameter.name,
    )


def _narrowed(system: SystemIR, entity: Entity, field: ScalarField) -> Type:
    """The type of a field, with the bounds that the entity's checks put on that field alone."""
    if not isinstance(field.type, ScalarType):
        return field.type
    found = field.type
    for check in system.table_of(entity.name).checks:
        for bound in _terms(check.expr):
            found = _bounded(found, bound, field.name)
    return found


def _terms(expr: Expr | None) -> tuple[Expr, ...]:
    return expr.terms if isinstance(expr, And) else (expr,) if expr else ()


_FURTHEST = 2**63 - 1


def _bounded(logical: ScalarType, bound: Expr, field: str) -> ScalarType:
    if not isinstance(bound, Compare) or logical.scalar not in _NUMBERS:
        return logical
    left, right = bound.left, bound.right
    if (
        not isinstance(left, Path)
        or not isinstance(right, Literal)
        or [step.field for step in left.steps] != [field]
    ):
        return logical
    value = Decimal(str(right.value))
    if abs(value) > _FURTHEST:
        return logical  # no number of JSON says it; the check itself still holds
    if bound.op == ">=":
        least = value if logical.minimum is None else max(value, logical.minimum)
        return logical.model_copy(update={"minimum": least, "alias": None})
    if bound.op == "<=":
        most = value if logical.maximum is None else min(value, logical.maximum)
        return logical.model_copy(update={"maximum": most, "alias": None})
    return logical


@per_system
def _made(system: SystemIR) -> dict[tuple[str, str], tuple[Entity, tuple[Member, ...]]]:
    """The members of the fields asked about so far. What an entity holds is asked for by each operation of each emitter."""
    return {}


def _plain(system: SystemIR, entity: Entity, field: EntityField) -> tuple[Member, ...]:
    known = _made(system).get((entity.name, field.name))
    if known is None or known[0] is not entity:
        known = entity, tuple(_of_field(system, entity, field))
        _made(system)[entity.name, field.name] = known
    return known[1]


def _of_field(system: SystemIR, entity: Entity, field: EntityField) -> Iterator[Member]:
    rule = _rule(system, entity, field.name)
    if isinstance(field, ReferenceField):
        if field.carriers:
            return
        for name, logical in reference_columns(system, entity, field):
            yield Member(
                name,
                logical,
                field.nullable,
                False,
                field.doc,
                field.deprecated,
                None,
                None,
                rule,
                field.name,
            )
    elif isinstance(field, ScalarField) and field.stamp is not Stamp.DELETED:
        default = field.default
        yield Member(
            field.name,
            _narrowed(system, entity, field),
            field.nullable,
            False,
            field.doc,
            field.deprecated,
            default,
            None,
            rule,
            field.name,
            field.examples,
        )
    elif isinstance(field, ComputedField):
        yield Member(
            field.name,
            field.type,
            field.nullable,
            False,
            field.doc,
            field.deprecated,
            None,
            None,
            rule,
            field.name,
        )


def reference_columns(
    system: SystemIR, entity: Entity, field: ReferenceField
) -> tuple[tuple[str, Type], ...]:
    """Return the JSON names and types a reference is written as: one, unless its target's key has several parts. The
    tenant, which all composite keys share, is not repeated."""
    pairs = list(zip(field.columns, field.target_columns, strict=True))
    if len(pairs) > 1 and entity.tenant and not field.tenant:
        pairs = pairs[1:]
    target = system.table_of(field.target)
    if len(pairs) == 1:
        return ((key_member(field.name), target.column(pairs[0][1]).type),)
    return tuple((column, target.column(other).type) for column, other in pairs)


def _given(system: SystemIR, entity: Entity, given: InputMember, *, partial: bool) -> Iterator[Member]:
    field = entity.field(given.field)
    required = given.required and not partial
    if isinstance(field, CollectionField) and given.nested is None:
        yield _linked(system, field, given, required)
        return
    if isinstance(field, CollectionField):
        shape = given.nested or InputShape(members=())
        rows = input_members(system, system.entity(field.target), shape)
        yield Member(
            field.name, None, False, required, field.doc, field.deprecated, nested=rows, field=field.name
        )
        return
    for member in _plain(system, entity, field):
        default = None if partial else member.default
        yield Member(
            member.name,
            member.type,
            member.nullable,
            required,
            member.doc,
            member.deprecated,
            default,
            None,
            member.rule,
            field.name,
            member.examples,
        )


def _linked(system: SystemIR, field: CollectionField, given: InputMember, required: bool) -> Member:
    target = system.entity(field.target)
    return Member(
        given.called or field.name,
        ArrayType(item=linked_type(system, field, given)),
        required=required,
        doc=field.doc,
        deprecated=field.deprecated,
        field=field.name,
        linked=f"{target.name}.{given.by or target.key[0]}",
        makes=given.creates,
    )


def linked_type(system: SystemIR, field: CollectionField, given: InputMember) -> Type:
    """Return the type of the values that name rows of the far side."""
    target = system.entity(field.target)
    return member_type(system, target.field(given.by or target.key[0]))


def _rule(system: SystemIR, entity: Entity, field: str) -> FieldRule | None:
    policy = system.policy(entity.name)
    return next((rule for rule in policy.fields if rule.field == field), None) if policy else None
