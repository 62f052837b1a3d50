"""Each scalar of the language in GraphQL: one table. `ID` is for keys and references whose value is text on the wire."""

from collections.abc import Iterable

from bdc.ir import (
    ArrayType,
    Entity,
    EntityType,
    EnumType,
    ReferenceField,
    Scalar,
    ScalarField,
    ScalarType,
    StructType,
    SystemIR,
    Type,
)
from bdc.naming.graphql import BUILT_IN_SCALARS
from bdc.source.records import dataclass
from bdc.surface.graphql.names import SCALARS, graphql_types
from bdc.surface.graphql.tree import ListOf, Named, TypeRef, base_name

BUILT_IN = BUILT_IN_SCALARS


@dataclass(frozen=True, slots=True)
class CustomScalar:
    """`python` is the type that Python code sees; `specified_by` a URL of a format's text, '' when there is none."""

    doc: str
    python: str
    specified_by: str = ""


CUSTOM: dict[str, CustomScalar] = {
    "BigInt": CustomScalar("A whole number of up to 64 bits, written as a JSON number.", "BigInt"),
    "Decimal": CustomScalar('An exact decimal number, written as a string: "12.50".', "decimal.Decimal"),
    "UUID": CustomScalar(
        "A universally unique identifier.", "uuid.UUID", "https://www.rfc-editor.org/rfc/rfc9562"
    ),
    "Date": CustomScalar("A day: YYYY-MM-DD.", "datetime.date", "https://www.rfc-editor.org/rfc/rfc3339"),
    "Time": CustomScalar("A time of day: HH:MM:SS.", "datetime.time"),
    "DateTime": CustomScalar(
        "A moment with its offset from UTC.", "datetime.datetime", "https://www.rfc-editor.org/rfc/rfc3339"
    ),
    "Duration": CustomScalar("A length of time, ISO 8601: PT1H30M.", "Duration"),
    "JSON": CustomScalar("Any JSON value.", "JSON"),
    "Base64": CustomScalar("Bytes, written in base64.", "Base64"),
}
_TEXT_KEYS = frozenset({Scalar.UUID, Scalar.STRING, Scalar.TEXT})


class Types:
    """Types of the schemas of one system. `global_ids`: the schema asked about has them; `telling`: the entities whose rows have
    `_can` there, None for all that have it anywhere."""

    def __init__(
        self, system: SystemIR, *, global_ids: bool = False, telling: frozenset[str] | None = None
    ) -> None:
        self.system = system
        self.global_ids = global_ids
        self.telling = telling
        self._names = graphql_types(system)

    @property
    def declared(self) -> dict[str, str]:
        """Return what each type of the schema was declared as."""
        return {name: declared for declared, name in self._names.items()}

    def name(self, declared: str) -> str:
        """Return what an entity, enum or struct is called; of a projection what its inputs and fields of the roots are named after."""
        return self._names[declared]

    def row(self, entity: str, nullable: bool = False) -> Named:
        """Return the type of rows of `entity`: projections are read as the entity that they project."""
        return Named(self._names[self.system.shown_as(entity)], nullable)

    def of(self, type_: Type, nullable: bool, *, input_: bool = False) -> TypeRef:
        """Return the GraphQL type; structs are `NameInput` on the way in."""
        match type_:
            case ScalarType():
                return Named(SCALARS[type_.scalar], nullable)
            case EnumType(labelled=True):
                return Named("String", nullable)
            case StructType() if input_:
                return Named(f"{self.name(type_.name)}Input", nullable)
            case EntityType():
                return self.row(type_.name, nullable)
            case EnumType() | StructType():
                return Named(self.name(type_.name), nullable)
            case ArrayType():
                return ListOf(self.of(type_.item, False, input_=input_), nullable)

    def key(self, entity: Entity, nullable: bool = False) -> TypeRef:
        """Return the type of what refers to a row of `entity` by its one key: `ID`, or the number's type."""
        field = entity.field(entity.key[0])
        if isinstance(field, ReferenceField):
            return self.key(self.system.entity(field.target), nullable)
        if not isinstance(field, ScalarField):
            raise ValueError(f"{entity.name}.{field.name} cannot be a key")
        if isinstance(field.type, ScalarType) and field.type.scalar in _TEXT_KEYS:
            return Named("ID", nullable)
        return self.of(field.type, nullable)


def used_scalars(types: Iterable[TypeRef]) -> tuple[str, ...]:
    """Return the custom scalars among `types`, in the order of the table."""
    names = {base_name(type_) for type_ in types}
    return tuple(name for name in CUSTOM if name in names)
