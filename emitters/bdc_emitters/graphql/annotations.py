"""Types of the schema as annotations of the emitted Python."""

from collections.abc import Mapping

from bdc.surface.graphql.python_names import class_name
from bdc.surface.graphql.scalars import CUSTOM
from bdc.surface.graphql.tree import ListOf, TypeRef

_BUILT_IN = {"ID": "strawberry.ID", "String": "str", "Int": "int", "Float": "float", "Boolean": "bool"}
# Scalars that are Python's own types; the others are names in `api.graphql.scalars`.
_MODULES = {"decimal.Decimal": "decimal", "uuid.UUID": "uuid"}


class Annotations:
    """Writes annotations for one module and remembers what it must import. `modules`: types with a module of their own, and
    that: `local` ones stand in the module itself, the others are lazy, because modules of types refer to one another."""

    def __init__(self, modules: Mapping[str, str], local: frozenset[str] = frozenset()) -> None:
        self._modules = modules
        self._local = local
        self.lazy: dict[str, str] = {}

    def module_of(self, name: str) -> str:
        """Return the module that holds the type of an entity, or its edge or connection."""
        return self._modules[name]

    def of(self, type_: TypeRef) -> str:
        """Return the annotation of `type_`."""
        written = f"list[{self.of(type_.item)}]" if isinstance(type_, ListOf) else self._named(type_.name)
        return f"{written} | None" if type_.nullable else written

    def _named(self, name: str) -> str:
        if name in _BUILT_IN:
            return _BUILT_IN[name]
        if name in CUSTOM:
            return CUSTOM[name].python
        class_ = class_name(name)
        if name in self._modules and name not in self._local:
            self.lazy[class_] = self._modules[name]
            return f'Annotated[{class_}, strawberry.lazy("{self._modules[name]}")]'
        return class_
