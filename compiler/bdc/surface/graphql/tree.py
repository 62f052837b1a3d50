"""The GraphQL schema as a tree: what both printers (SDL and Strawberry code) and the field table are made from.

Every field also says what it `means` in the compiled backend, so that the runtime can lower it without knowing the spec.
"""

from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A named type, with `nullable` said out loud (GraphQL prints the opposite)."""

    name: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "TypeRef"
    nullable: bool = False


TypeRef = Named | ListOf


def base_name(type_: TypeRef) -> str:
    """Return the name inside all lists."""
    return type_.name if isinstance(type_, Named) else base_name(type_.item)


def optional(type_: TypeRef) -> TypeRef:
    """Return the same type, nullable."""
    return Named(type_.name, True) if isinstance(type_, Named) else ListOf(type_.item, True)


@dataclass(frozen=True, slots=True)
class Member:
    """A scalar or enum member of a row (or of a struct: its name inside the JSON)."""

    member: str


@dataclass(frozen=True, slots=True)
class Struct:
    """A member that is a struct, read by its parts; `many` when it is an array of them."""

    member: str
    struct: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """A reference, as the row it points to; null when there is none or the caller may not read it."""

    relation: str
    entity: str


@dataclass(frozen=True, slots=True)
class Many:
    """A bounded collection."""

    relation: str
    entity: str
    default: int
    max: int


@dataclass(frozen=True, slots=True)
class Part:
    """A structural field of a connection, an edge or the page information: `nodes`, `edges`, `pageInfo`, `cursor`…"""

    name: str


@dataclass(frozen=True, slots=True)
class Get:
    """`replica`: a replica of the database may answer. `own`: the row is the caller's, whose key is read so; '' where the statement knows
    who calls. `by_key`: the caller's key is that of the row, and not a reference to it."""

    entity: str
    permission: str
    replica: bool = False
    own: str | None = None
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """`order`: that of a list which its caller does not sort. `keys`: how many of the first arguments name the rows that its rows stand
    under."""

    entity: str
    default: int
    max: int
    permission: str
    order: tuple[str, ...] = ()
    prefix: bool = False
    ranked: bool = False
    keys: int = 0
    replica: bool = False
    nearest: str = ""
    numbers: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """An operation performed by the service: `operation` is its constant's name there, `verb` one of create, update,
    delete, custom (on a row) and call (top level). `entity`: the row that the payload is selected from, None for plain
    results; `keys`: how many of the first arguments are the key of a `row` of that entity. `own`: as that of `Get`."""

    operation: str
    verb: str
    entity: str | None
    keys: int = 0
    row: str | None = None
    replica: bool = False
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What the service does besides operations on one row. `kind`: bulk or sign_in; `name`: what it is called there."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Node:
    """The row that a global id names, or (`many`) the rows of several. `entities`: each that has rows to find, with the permission."""

    entities: tuple[tuple[str, str], ...]
    many: bool = False


Meaning = Member | Struct | One | Many | Part | Get | Page | Call | Task | Node


@dataclass(frozen=True, slots=True)
class Argument:
    """`source`: the input member, key member or parameter the value becomes; `python`: the parameter of the resolver."""

    name: str
    source: str
    type: TypeRef
    doc: str = ""
    default: int | None = None
    python: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """`python`: the attribute or method of the class."""

    name: str
    source: str
    type: TypeRef
    meaning: Meaning
    doc: str = ""
    deprecated: str | None = None
    arguments: tuple[Argument, ...] = ()
    python: str = ""


@dataclass(frozen=True, slots=True)
class ObjectType:
    """`can`: the entity whose rows it says what may be done with. `node`: it is one of the types that `Node` stands for."""

    name: str
    fields: tuple[Field, ...]
    doc: str = ""
    entity: str | None = None
    can: str = ""
    node: bool = False


@dataclass(frozen=True, slots=True)
class InputField:
    name: str
    source: str
    type: TypeRef
    doc: str = ""
    deprecated: str | None = None
    python: str = ""


@dataclass(frozen=True, slots=True)
class InputType:
    name: str
    fields: tuple[InputField, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class EnumValue:
    """`source`: the stored value, or for sort orders the sort as in a query string (`-created_at`)."""

    name: str
    source: str
    doc: str = ""
    deprecated: str | None = None
    python: str = ""


@dataclass(frozen=True, slots=True)
class EnumType:
    name: str
    values: tuple[EnumValue, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ResourceTypes:
    """What one resource adds: its inputs and sort orders, and its fields of Query and Mutation. `row`: the type of its rows."""

    entity: str
    row: str = ""
    inputs: tuple[InputType, ...] = ()
    enums: tuple[EnumType, ...] = ()
    queries: tuple[Field, ...] = ()
    mutations: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """`objects`: entities first (with `entity`), then their edges and connections; `structs` and `shared_inputs` belong to
    no resource; `operations` are the top-level ones. `task_…`: tasks and the row of the caller, and what is there for them alone: their
    names follow from no declaration."""

    scalars: tuple[str, ...]
    enums: tuple[EnumType, ...]
    structs: tuple[ObjectType, ...]
    objects: tuple[ObjectType, ...]
    shared_inputs: tuple[InputType, ...]
    resources: tuple[ResourceTypes, ...]
    operation_queries: tuple[Field, ...]
    operation_mutations: tuple[Field, ...]
    task_queries: tuple[Field, ...] = ()
    task_mutations: tuple[Field, ...] = ()
    task_types: tuple[ObjectType, ...] = ()
    task_inputs: tuple[InputType, ...] = ()
    relay_queries: tuple[Field, ...] = ()
    interfaces: tuple[ObjectType, ...] = ()

    @property
    def queries(self) -> tuple[Field, ...]:
        return (*self.declared_queries, *self.task_queries, *self.relay_queries)

    @property
    def declared_queries(self) -> tuple[Field, ...]:
        """Those whose names follow from declarations."""
        found = tuple(field for resource in self.resources for field in resource.queries)
        return found + self.operation_queries

    @property
    def mutations(self) -> tuple[Field, ...]:
        return (*self.declared_mutations, *self.task_mutations)

    @property
    def declared_mutations(self) -> tuple[Field, ...]:
        """Those whose names follow from declarations."""
        found = tuple(field for resource in self.resources for field in resource.mutations)
        return found + self.operation_mutations

    @property
    def values(self) -> tuple[ObjectType, ...]:
        """Types that are no rows: structs, and what tasks answer."""
        return (*self.structs, *self.task_types)

    @property
    def inputs(self) -> tuple[InputType, ...]:
        found = tuple(type_ for resource in self.resources for type_ in resource.inputs)
        return self.shared_inputs + found + self.task_inputs

    @property
    def all_enums(self) -> tuple[EnumType, ...]:
        return self.enums + tuple(enum for resource in self.resources for enum in resource.enums)
