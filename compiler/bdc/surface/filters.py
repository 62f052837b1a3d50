"""Filters as requests name them: the name, the field behind it, and the type of the values."""

from bdc.ir import ArrayType, CollectionField, Entity, EntityField, Filter, Resource, SystemIR, Type
from bdc.ir.entity import ReferenceField
from bdc.source.records import dataclass
from bdc.surface.logical import member_type
from bdc.surface.parameters import filter_parameter, related_parameter


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter of a list. `name`: what stands in a query string before the operator. `field` belongs to `entity`, which relations
    lead to where the filter has any. `type`: of one value."""

    declared: Filter
    entity: Entity
    field: EntityField
    name: str
    type: Type

    @property
    def operators(self) -> tuple[str, ...]:
        """What a query string can ask; of a relation to many one thing, whatever is declared."""
        return ("in",) if isinstance(self.field, CollectionField) else self.declared.operators

    def parameter(self, resource: Resource, operator: str) -> str:
        """Return the parameter as it stands in a query string."""
        if isinstance(self.field, CollectionField):
            return related_parameter(resource, self.name)
        return filter_parameter(resource, self.name, operator)


def asked(system: SystemIR, resource: Resource, declared: Filter) -> Asked:
    """Return what a declared filter of `resource` is in requests."""
    entity = at_end(system, resource.entity, declared.path)
    field = entity.field(declared.field)
    name = declared.called or ".".join((*declared.via, field.member))
    found = member_type(system, field)
    return Asked(declared, entity, field, name, found.item if isinstance(found, ArrayType) else found)


def at_end(system: SystemIR, entity: str, path: str) -> Entity:
    """Return the entity whose field stands at the end of the path of a filter or sort (`author.name`)."""
    here = system.entity(entity)
    for name in path.split(".")[:-1]:
        relation = here.field(name)
        assert isinstance(relation, ReferenceField | CollectionField)
        here = system.entity(relation.target)
    return here
