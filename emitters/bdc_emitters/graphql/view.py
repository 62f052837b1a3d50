"""Schema tree → what the templates print: everything is decided here, where the type checker sees it."""

from collections.abc import Iterable

from bdc.ir import Api, SystemIR
from bdc.source.records import dataclass
from bdc.surface.graphql.entities import PAGE_INFO
from bdc.surface.graphql.places import FIRST, Place
from bdc.surface.graphql.python_names import class_name, named_object
from bdc.surface.graphql.scalars import CUSTOM
from bdc.surface.graphql.tree import (
    EnumType,
    Field,
    Many,
    ObjectType,
    One,
    Schema,
    Task,
    base_name,
)
from bdc.surface.names import surface_names
from bdc_emitters.graphql.annotations import Annotations
from bdc_emitters.graphql.declarations import (
    argument_declaration,
    enum_members,
    field_options,
    mentioned,
    resolver_lines,
    type_options,
)


@dataclass(frozen=True, slots=True)
class FieldView:
    """A plain field has `declaration`. One with a resolver has `method`, `decorator`, `arguments` (`first: Annotated[int, …] = 20`), `returns` and `body`:
    the lines that answer it."""

    is_plain: bool
    declaration: str = ""
    method: str = ""
    decorator: str = ""
    arguments: tuple[str, ...] = ()
    returns: str = ""
    body: tuple[str, ...] = ()

    @property
    def takes_arguments(self) -> bool:
        """Arguments are given by name: one with a default may stand before one without."""
        return bool(self.arguments)


@dataclass(frozen=True, slots=True)
class TypeView:
    """One class: its decorator, bases and fields."""

    name: str
    decorator: str
    bases: str
    doc: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class EnumView:
    name: str
    decorator: str
    doc: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModuleView:
    """`lazy`: (module, name) of types imported for the type checker only; `imports`: lines as they are."""

    doc: str
    imports: tuple[str, ...]
    lazy: tuple[tuple[str, str], ...]
    enums: tuple[EnumView, ...]
    types: tuple[TypeView, ...]

    @property
    def has_lazy(self) -> bool:
        return bool(self.lazy)


@dataclass(frozen=True, slots=True)
class SchemaView:
    """`scalars`: name → documentation, URL of its text."""

    place: Place
    scalars: tuple[tuple[str, tuple[str, str]], ...]


@dataclass(frozen=True, slots=True)
class NodesView:
    """`classes`: entity → (module, class)."""

    doc: str
    id_doc: str
    classes: tuple[tuple[str, tuple[str, str]], ...]


@dataclass(frozen=True, slots=True)
class MountView:
    """`package` and `text`: where the schema is, where it is not the first. `others`: modules of the other schemas, in that of the first."""

    path: str
    depth: int
    cost: int
    introspection: str
    is_bulk: bool = False
    is_persisted: bool = False
    place: Place = FIRST
    others: tuple[str, ...] = ()

    @property
    def is_first(self) -> bool:
        return self.place == FIRST

    @property
    def is_other(self) -> bool:
        return self.place != FIRST


class Views:
    """Makes the views of one schema; each method returns what one module is printed from."""

    def __init__(self, system: SystemIR, schema: Schema, place: Place = FIRST) -> None:
        self._schema = schema
        self._place = place
        package = place.package
        self._modules = surface_names(system).modules
        rows = {
            type_.name: self._modules[type_.entity] for type_ in schema.objects if type_.entity is not None
        }
        self._separate = {
            type_.name: f"{package}.types.{rows[_row_of(type_)]}"
            for type_ in schema.objects
            if type_.name != "PageInfo"
        }
        self._shared = {
            **{enum.name: f"{package}.enums" for enum in schema.enums},
            **{struct.name: f"{package}.structs" for struct in schema.values},
            "PageInfo": f"{package}.paging",
            **{interface.name: f"{package}.nodes" for interface in schema.interfaces},
        }

    def enums(self) -> ModuleView:
        return self._module("Enums of the API.", enums=self._schema.enums)

    def structs(self) -> ModuleView:
        annotations = Annotations(self._separate)
        types = [self._object(type_, annotations) for type_ in self._schema.values]
        return self._module("Value objects, as they are read.", types, annotations, self._schema.values)

    def paging(self) -> ModuleView:
        """Return the module of `PageInfo`, which the engine imports whether or not an api offers a list."""
        known = (type_ for type_ in self._schema.objects if type_.name == PAGE_INFO.name)
        page_info = next(known, named_object(PAGE_INFO))
        return self._module(
            "Pages.",
            [self._object(page_info, Annotations(self._separate))],
            used=[page_info],
        )

    def nodes(self) -> NodesView:
        """Return the module of `Node`."""
        (interface,) = self._schema.interfaces
        (global_id,) = interface.fields
        classes = tuple(
            (type_.entity or "", (self._separate[type_.name], class_name(type_.name)))
            for type_ in self._schema.objects
            if type_.node
        )
        return NodesView(interface.doc, global_id.doc, classes)

    def entities(self) -> Iterable[tuple[str, ModuleView]]:
        """Yield (module name, view) of each entity's type with its edge and connection."""
        about: dict[str, list[ObjectType]] = {}
        for type_ in self._schema.objects:
            if type_.name in self._separate:
                about.setdefault(_row_of(type_), []).append(type_)
        for entity in self._schema.objects:
            if entity.entity is None:
                continue
            objects = about.get(entity.name, [])
            annotations = Annotations(self._separate, frozenset(type_.name for type_ in objects))
            types = [self._object(type_, annotations) for type_ in objects]
            yield (
                self._modules[entity.entity],
                self._module(f"{entity.name}, as it is read.", types, annotations, objects),
            )

    def schema(self) -> SchemaView:
        return SchemaView(
            self._place,
            tuple((name, (CUSTOM[name].doc, CUSTOM[name].specified_by)) for name in self._schema.scalars),
        )

    def _module(
        self,
        doc: str,
        types: Iterable[TypeView] = (),
        annotations: Annotations | None = None,
        used: Iterable[ObjectType] = (),
        enums: Iterable[EnumType] = (),
    ) -> ModuleView:
        views = tuple(types)
        used = tuple(used)
        own = {type_.name for type_ in used}
        names = sorted({name for type_ in used for name in mentioned(type_)} - own)
        imports = tuple(
            f"from {self._shared[name]} import {class_name(name)}" for name in names if name in self._shared
        )
        lazy = tuple(
            (module, name) for name, module in sorted((annotations.lazy if annotations else {}).items())
        )
        return ModuleView(doc, imports, lazy, tuple(map(_enum, enums)), views)

    def _object(self, type_: ObjectType, annotations: Annotations) -> TypeView:
        fields = tuple(self._field(field, annotations) for field in type_.fields)
        decorator = f"@strawberry.type{type_options(type_.name, type_.doc)}"
        return TypeView(
            class_name(type_.name),
            decorator,
            "(Node, Row)" if type_.node else "(Row)" if type_.entity else "",
            type_.doc or f"{type_.name}.",
            fields,
        )

    def _field(self, field: Field, annotations: Annotations) -> FieldView:
        name = field.python
        options = field_options(name, field.name, field.doc, field.deprecated)
        returns = annotations.of(field.type)
        body = resolver_lines(field, annotations)
        if not body:
            value = f" = strawberry.field({options})" if options else ""
            return FieldView(True, declaration=f"{name}: {returns}{value}")
        decorator = f"@field({options})"
        arguments = tuple(argument_declaration(each, annotations) for each in field.arguments)
        return FieldView(False, "", name, decorator, arguments, returns, body)


def _row_of(type_: ObjectType) -> str:
    """Return the type of the rows of an entity's type, its edge or its connection."""
    if type_.entity is not None:
        return type_.name
    return next(base_name(field.type) for field in type_.fields if field.name in ("node", "nodes"))


def _enum(enum: EnumType) -> EnumView:
    decorator = f"@strawberry.enum{type_options(enum.name, enum.doc)}"
    return EnumView(class_name(enum.name), decorator, enum.doc or f"{enum.name}.", enum_members(enum))


def has_resolvers(schema: Schema) -> bool:
    """Return whether some rows lead to others: by methods of their classes."""
    return any(isinstance(field.meaning, One | Many) for type_ in schema.objects for field in type_.fields)


def task_kinds(schema: Schema) -> set[str]:
    """Return the kinds of tasks that there are."""
    return {each.meaning.kind for each in schema.task_mutations if isinstance(each.meaning, Task)}


def mount_view(api: Api, schema: Schema, place: Place = FIRST, others: tuple[str, ...] = ()) -> MountView:
    """Return where and within which limits the endpoint is offered."""
    settings = api.graphql
    if settings is None:
        raise ValueError(f"{api.name} offers no GraphQL")
    return MountView(
        settings.path,
        settings.depth,
        settings.cost,
        settings.introspection,
        "bulk" in task_kinds(schema),
        settings.persisted,
        place,
        others,
    )
