"""`database/models/`: typed rows, enums and structs, for business code; the service itself moves JSON."""

from collections.abc import Collection, Iterable, Iterator

from bdc.ir import (
    ArrayType,
    ComputedField,
    Entity,
    EnumDecl,
    EnumType,
    ReferenceField,
    ScalarField,
    StructType,
    SystemIR,
    Type,
    label_of,
)
from bdc.naming.distinct import distinct
from bdc.naming.python import all_order, attribute, enum_member, identifier, local_class
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.logical import member_type
from bdc.surface.names import surface_names
from bdc_emitters.service.inputs import in_order
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
    """`types`: the enums and structs that its members use, as items of an import."""

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
class Export:
    """A class as user code knows it, and what it is called in its module. A name that stays is exported by its import."""

    name: str
    module: str
    local: str

    @property
    def imported(self) -> str:
        return self.local if self.local != self.name else f"{self.local} as {self.name}"


@dataclass(frozen=True, slots=True)
class PackageView:
    exports: tuple[Export, ...]

    @property
    def renamed(self) -> tuple[Export, ...]:
        return tuple(each for each in self.exports if each.local != each.name)


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the package."""
    models = tuple(_row(system, entity) for entity in system.entities)
    types = TypesView(
        tuple(EnumView(local_class(enum.name), enum.doc, _enum_members(enum)) for enum in system.enums),
        tuple(
            ModelView(
                local_class(struct.name),
                "Value",
                struct.doc,
                "types",
                members_of(
                    (f.name, read_annotation(f.type, f.nullable), f.nullable, "") for f in struct.fields
                ),
            )
            for struct in in_order(system.structs)
        ),
    )
    names = (*(enum.name for enum in system.enums), *(struct.name for struct in system.structs))
    places = [(name, "types") for name in names]
    places += zip((each.name for each in system.entities), (model.module for model in models), strict=True)
    exports = (Export(identifier(name), module, local_class(name)) for name, module in places)
    view = PackageView(tuple(sorted(exports, key=lambda each: all_order(each.name))))
    package = TEMPLATES.render("models_package.py.j2", view)
    yield GeneratedFile("database/models/__init__.py", package)
    yield GeneratedFile("database/models/types.py", TEMPLATES.render("model_types.py.j2", types))
    for model in models:
        yield GeneratedFile(f"database/models/{model.module}.py", TEMPLATES.render("model.py.j2", model))


def members_of(
    declared: Iterable[tuple[str, str, bool, str]], taken: Collection[str] = ()
) -> tuple[MemberView, ...]:
    """Return members (name, annotation, whether it may be null, what stands for a name that is none in Python), each renamed where
    Python or `taken` keeps its name."""
    found = tuple(declared)
    names = distinct(
        (
            (name, attribute(name if name.isidentifier() else instead or name))
            for name, _, _, instead in found
        ),
        taken,
    )
    return tuple(
        MemberView(names[name], name, names[name] != name, annotated, optional)
        for name, annotated, optional, _ in found
    )


def _enum_members(enum: EnumDecl) -> tuple[tuple[str, str], ...]:
    names = distinct((value.name, enum_member(value.name)) for value in enum.values)
    return tuple((names[value.name], label_of(value)) for value in enum.values)


def _row(system: SystemIR, entity: Entity) -> ModelView:
    members = members_of(
        (column, read_annotation(logical, nullable), nullable, name)
        for name, column, logical, nullable in _columns(system, entity)
    )
    doc = entity.doc or f"A row of {entity.table}."
    types = sorted(
        {local_class(name) for _, _, logical, _ in _columns(system, entity) for name in named(logical)}
    )
    module = f"{surface_names(system).modules[entity.name]}_row"
    return ModelView(local_class(entity.name), "Row", doc, module, members, tuple(types))


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
