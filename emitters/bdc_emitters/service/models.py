"""`database/models/`: typed rows, enums and structs, for business code; the service itself moves JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.ir import (
    ArrayType,
    ComputedField,
    Entity,
    EnumType,
    ReferenceField,
    ScalarField,
    StructType,
    SystemIR,
    Type,
    label_of,
)
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc_emitters.service.inputs import in_order
from bdc_emitters.service.logical import member_type
from bdc_emitters.service.names import all_order, attribute, snake
from bdc_emitters.service.python_types import read_annotation

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class MemberView:
    """`alias` is the column when Python keeps the name for itself."""

    name: str
    alias: str
    renamed: bool
    annotation: str
    optional: bool


@dataclass(frozen=True, slots=True)
class ModelView:
    """`types`: the enums and structs that its members use."""

    name: str
    base: str
    doc: str
    module: str
    members: tuple[MemberView, ...]
    types: tuple[str, ...] = ()

    @property
    def itself(self) -> "tuple[ModelView]":
        """This view alone, for the partial that lists members."""
        return (self,)


@dataclass(frozen=True, slots=True)
class EnumView:
    name: str
    doc: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TypesView:
    enums: tuple[EnumView, ...]
    structs: tuple[ModelView, ...]


@dataclass(frozen=True, slots=True)
class PackageView:
    models: tuple[ModelView, ...]
    types: tuple[str, ...]
    exported: tuple[str, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the package."""
    models = tuple(_row(system, entity) for entity in system.entities)
    types = TypesView(
        tuple(
            EnumView(
                enum.name, enum.doc, tuple((value.name.upper(), label_of(value)) for value in enum.values)
            )
            for enum in system.enums
        ),
        tuple(
            ModelView(
                struct.name,
                "Value",
                struct.doc,
                "types",
                tuple(member(f.name, read_annotation(f.type, f.nullable), f.nullable) for f in struct.fields),
            )
            for struct in in_order(system.structs)
        ),
    )
    names = (*(enum.name for enum in types.enums), *(struct.name for struct in types.structs))
    exported = tuple(sorted((*names, *(model.name for model in models)), key=all_order))
    package = TEMPLATES.render("models_package.py.j2", PackageView(models, names, exported))
    yield GeneratedFile("database/models/__init__.py", package)
    yield GeneratedFile("database/models/types.py", TEMPLATES.render("model_types.py.j2", types))
    for model in models:
        yield GeneratedFile(f"database/models/{model.module}.py", TEMPLATES.render("model.py.j2", model))


def member(name: str, annotated: str, optional: bool, *, instead: str = "") -> MemberView:
    """Return a member, renamed when Python keeps its name for itself; `instead` stands for a name that is none in Python."""
    safe = attribute(name if name.isidentifier() else instead or name)
    return MemberView(safe, name, safe != name, annotated, optional)


def _row(system: SystemIR, entity: Entity) -> ModelView:
    members = tuple(
        member(column, read_annotation(logical, nullable), nullable, instead=name)
        for name, column, logical, nullable in _columns(system, entity)
    )
    doc = entity.doc or f"A row of {entity.table}."
    types = sorted(
        {
            name
            for field in entity.fields
            if isinstance(field, ScalarField | ComputedField)
            for name in named(field.type)
        }
    )
    return ModelView(entity.name, "Row", doc, f"{snake(entity.name)}_row", members, tuple(types))


def _columns(system: SystemIR, entity: Entity) -> Iterator[tuple[str, str, Type, bool]]:
    """Yield a name for each column, the column, its type, and whether it may be null."""
    for field in entity.fields:
        match field:
            case ScalarField(embedded=pieces) if pieces:
                yield from (
                    (f"{field.name}_{each.member}", each.column, each.type, each.nullable) for each in pieces
                )
            case ScalarField(column=column):
                yield field.name, column, member_type(system, field), field.nullable
            case ReferenceField(column=column, carriers=()):
                yield field.name, column, member_type(system, field), field.nullable
            case ComputedField(column=str(column)):
                yield field.name, column, field.type, field.nullable


def named(logical: Type) -> tuple[str, ...]:
    """Return the enum or struct that a type names."""
    if isinstance(logical, ArrayType):
        return named(logical.item)
    return (logical.name,) if isinstance(logical, EnumType | StructType) else ()
