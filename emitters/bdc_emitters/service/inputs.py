"""`services/data/inputs/`: what every operation accepts, as validators, one module per resource."""

from collections.abc import Iterable, Iterator

from bdc.ir import (
    ArrayType,
    CollectionField,
    Entity,
    EntityField,
    EnumType,
    InputMember,
    InputShape,
    Operation,
    Resource,
    StructDecl,
    StructType,
    SystemIR,
    Type,
    label_of,
)
from bdc.ir.remembering import per_system
from bdc.naming.casing import constant
from bdc.naming.python import used
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.logical import member_type
from bdc.surface.members import linked_type
from bdc.surface.names import surface_names
from bdc_emitters.service.checks import CHECKS, check_source, segment_source

TEMPLATES = Templates("bdc_emitters.service")
NESTED_MAX = 200
SHAPE_PARTS = tuple(sorted((*CHECKS, "optional", "required", "shape")))


@dataclass(frozen=True, slots=True)
class MemberView:
    """`call` is `required` or `optional`."""

    call: str
    name: str
    check: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class ShapeView:
    constant: str
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class EnumCheckView:
    constant: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypesView:
    imports: tuple[str, ...]
    enums: tuple[EnumCheckView, ...]
    structs: tuple[ShapeView, ...]


@dataclass(frozen=True, slots=True)
class InputsView:
    title: str
    imports: tuple[str, ...]
    uses_types: bool
    shapes: tuple[ShapeView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the package."""
    yield GeneratedFile("services/data/inputs/__init__.py", TEMPLATES.render("inputs_package.py.j2", None))
    enums = tuple(EnumCheckView(constant(e.name), tuple(label_of(v) for v in e.values)) for e in system.enums)
    structs = tuple(_struct(struct) for struct in in_order(system.structs))
    types = TypesView(_imports(structs, *(("enum(",) if enums else ())), enums, structs)
    yield GeneratedFile("services/data/inputs/types.py", TEMPLATES.render("input_types.py.j2", types))
    names = surface_names(system)
    for api in system.apis:
        for resource in api.resources:
            view = _view(resource.entity, tuple(_resource_shapes(system, resource)))
            path = f"services/data/inputs/{names.modules[resource.entity]}.py"
            yield GeneratedFile(path, TEMPLATES.render("inputs.py.j2", view))
        free = tuple(
            shape for op in api.operations for shape in parameter_shape(op, names.operations[None, op.name])
        )
        if free:
            path = f"services/data/inputs/{names.operation_modules[api.name]}.py"
            yield GeneratedFile(path, TEMPLATES.render("inputs.py.j2", _view(api.name, free)))


def _view(title: str, shapes: tuple[ShapeView, ...]) -> InputsView:
    uses_types = any("types." in member.check for shape in shapes for member in shape.members)
    return InputsView(title, _imports(shapes), uses_types, shapes)


def _imports(shapes: tuple[ShapeView, ...], *more: str) -> tuple[str, ...]:
    """Return what the shapes use of `services.data.validation`."""
    members = [member for shape in shapes for member in shape.members]
    sources = [f"{member.call}() {member.check}" for member in members]
    return used(SHAPE_PARTS, (*sources, *more, *("shape()" for _ in shapes)))


def in_order(structs: Iterable[StructDecl]) -> list[StructDecl]:
    """Return structs so that each comes after those it holds."""
    by_name = {struct.name: struct for struct in structs}
    done: dict[str, StructDecl] = {}

    def visit(struct: StructDecl) -> None:
        for member in struct.fields:
            held = _struct_name(member.type)
            if held in by_name and held not in done and held != struct.name:
                visit(by_name[held])
        done[struct.name] = struct

    for struct in by_name.values():
        if struct.name not in done:
            visit(struct)
    return list(done.values())


def _struct_name(logical: Type) -> str:
    if isinstance(logical, ArrayType):
        return _struct_name(logical.item)
    return logical.name if isinstance(logical, StructType | EnumType) else ""


def _struct(struct: StructDecl) -> ShapeView:
    members = tuple(
        MemberView(
            "optional" if field.nullable or field.default is not None else "required",
            field.name,
            check_source(field.type).replace("types.", ""),
            field.nullable,
        )
        for field in struct.fields
    )
    return ShapeView(constant(struct.name), members)


def _resource_shapes(system: SystemIR, resource: Resource) -> Iterator[ShapeView]:
    entity, names = system.entity(resource.entity), surface_names(system)
    for name, shape in (("create", resource.create), ("update", resource.update)):
        if shape is not None and name in resource.offered:
            yield from _shapes(system, entity, shape, names.operations[entity.name, name], name == "update")
    for operation in resource.custom:
        yield from parameter_shape(operation, names.operations[entity.name, operation.name])


def _shapes(
    system: SystemIR, entity: Entity, shape: InputShape, name: str, partial: bool
) -> Iterator[ShapeView]:
    """Yield the shapes of nested rows first: a shape names them."""
    members = []
    for member in shape.members:
        nested = f"{name}_{constant(member.field)}"
        if member.nested is not None:
            target = system.entity(_target(entity, member))
            yield from _shapes(system, target, member.nested, nested, False)
        members.append(_member(system, entity, member, nested, partial))
    yield ShapeView(name, tuple(members))


def shapes_of(system: SystemIR, entity: Entity, shape: InputShape, name: str) -> Iterator[ShapeView]:
    """Yield the shape `name` of a new row, after those of the rows in it."""
    yield from _shapes(system, entity, shape, name, False)


def _target(entity: Entity, member: InputMember) -> str:
    field = entity.field(member.field)
    if field.kind != "collection":
        raise TypeError(f"{entity.name}.{member.field} is not a collection")
    return field.target


def _member(system: SystemIR, entity: Entity, member: InputMember, nested: str, partial: bool) -> MemberView:
    field = entity.field(member.field)
    needed = member.required and not partial
    call = "required" if needed else "optional"
    if member.nested is not None:
        least = 1 if needed else 0
        return MemberView(call, field.name, f"array({nested}, {least}, {NESTED_MAX})", False)
    if isinstance(field, CollectionField):
        check = f"array({check_source(linked_type(system, field, member))}, 0, {NESTED_MAX})"
        return MemberView(call, member.called or field.name, check, False)
    nullable = getattr(field, "nullable", False)
    source = segment_source if is_segment(system, entity, field) else check_source
    return MemberView(call, field.member, source(member_type(system, field)), nullable)


def is_segment(system: SystemIR, entity: Entity, field: EntityField) -> bool:
    """Return whether a field is part of the address under which an api serves rows of `entity`."""
    return field.kind == "scalar" and field.name in entity.key and entity.name in _served(system)


@per_system
def _served(system: SystemIR) -> frozenset[str]:
    return frozenset(resource.entity for api in system.apis for resource in api.resources)


def parameter_shape(operation: Operation, name: str) -> Iterator[ShapeView]:
    """Yield the shape of an operation's parameters, be they sent in a body or in the query string."""
    members = tuple(
        MemberView(
            "optional" if parameter.nullable or parameter.default is not None else "required",
            parameter.name,
            check_source(parameter.type),
            parameter.nullable,
        )
        for parameter in operation.parameters
    )
    yield ShapeView(name, members)
