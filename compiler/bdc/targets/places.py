"""Where things of the IR are written."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.model import Model
from bdc.model.nodes.api import Operation, Resource
from bdc.source import Span


class Places:
    """Looks up the spans of one model."""

    def __init__(self, model: Model, system: SystemIR) -> None:
        self._model = model
        self._stored = {each.name: each.stored for each in system.projections}
        self._resources: dict[str, list[Resource]] = {}
        for entity, resource in self._all_resources(system):
            self._resources.setdefault(entity, []).append(resource)
        self._free = {
            offered.name: each
            for written, api in zip(model.apis, system.apis, strict=True)
            for each, offered in zip(written.operations, api.operations, strict=True)
        }

    def _all_resources(self, system: SystemIR) -> Iterator[tuple[str, Resource]]:
        for written, api in zip(self._model.apis, system.apis, strict=True):
            for offered in api.resources:
                entity = self._stored.get(offered.entity, offered.entity)
                # The row of the caller may be offered beside the rows of its entity.
                paths = {offered.path, *((offered.single.path,) if offered.single is not None else ())}
                found = (each for each in written.resources if each.entity == entity and each.path in paths)
                yield from ((offered.entity, each) for each in found)

    def resource(self, entity: str) -> Span:
        """Return where the resource of `entity` is offered."""
        return self._resources[entity][0].span

    def path(self, entity: str) -> Span:
        """Return where the path of a resource is written."""
        return self._resources[entity][0].path_span

    def operation(self, entity: str | None, name: str) -> Operation:
        """Return a custom operation."""
        if entity is None:
            return self._free[name]
        found = (each for resource in self._resources[entity] for each in resource.custom)
        return next(each for each in found if each.name == name)

    def api(self, name: str) -> Span:
        return next(each.span for each in self._model.apis if each.name == name)

    def type(self, name: str) -> Span:
        """Return where an entity, enum or struct is declared."""
        name = self._stored.get(name, name)
        for table in (self._model.entities, self._model.enums, self._model.structs):
            if name in table:
                return table[name].span
        raise KeyError(name)

    def member(self, type_: str, source: str) -> Span:
        """Return where a field of an entity or struct is declared: by its name, or the member of a reference (`customer_id`)."""
        type_ = self._stored.get(type_, type_)
        owner = self._model.entities.get(type_) or self._model.structs[type_]
        for name in (source, source.removesuffix("_id")):
            found = owner.find(name)
            if found is not None:
                return found.span
        return owner.span
