"""Types of the schema as annotations of the emitted Python."""

from bdc_emitters.graphql.names import snake
from bdc_emitters.graphql.scalars import CUSTOM
from bdc_emitters.graphql.tree import ListOf, TypeRef

_BUILT_IN = {"ID": "strawberry.ID", "String": "str", "Int": "int", "Float": "float", "Boolean": "bool"}
# Scalars that are Python's own types; the others are names in `api.graphql.scalars`.
_MODULES = {"decimal.Decimal": "decimal", "uuid.UUID": "uuid"}
TYPES_PACKAGE = "api.graphql.types"


class Annotations:
    """Writes annotations for one module and remembers what it must import. `entities` are types with a module of their
    own: `local` ones stand in the module itself, the others are lazy, because modules of types refer to one another."""

    def __init__(self, entities: frozenset[str], local: frozenset[str] = frozenset()) -> None:
        self._entities = entities
        self._local = local
        self.lazy: dict[str, str] = {}

    def is_separate(self, name: str) -> bool:
        """Say whether a type has a module of its own."""
        return name in self._entities

    def of(self, type_: TypeRef) -> str:
        """Return the annotation of `type_`."""
        written = f"list[{self.of(type_.item)}]" if isinstance(type_, ListOf) else self._named(type_.name)
        return f"{written} | None" if type_.nullable else written

    def _named(self, name: str) -> str:
        if name in _BUILT_IN:
            return _BUILT_IN[name]
        if name in CUSTOM:
            return CUSTOM[name].python
        if name in self._entities and name not in self._local:
            self.lazy[name] = module_of(name)
            return f'Annotated[{name}, strawberry.lazy("{module_of(name)}")]'
        return name


def module_of(name: str) -> str:
    """Return the module that holds the type of an entity, or its edge or connection."""
    for suffix in ("Connection", "Edge"):
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    return f"{TYPES_PACKAGE}.{snake(name)}"
