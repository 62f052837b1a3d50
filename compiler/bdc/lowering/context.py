"""What every part of lowering asks: where something was written, what a field's columns are."""

from dataclasses import field

from bdc import ir
from bdc.model import Model
from bdc.model.nodes.entity import ComputedField, Entity, ReferenceField, ScalarField
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """`_relations`: the names of tables and indexes in each schema, as far as they were given."""

    model: Model
    _relations: dict[str, set[str]] = field(default_factory=dict)

    def relations(self, schema: str | None) -> set[str]:
        """Return the names that relations of a schema have so far: first those of its tables."""
        name = schema or "public"
        if name not in self._relations:
            tables = (each for each in self.model.entities.values() if (each.schema or "public") == name)
            self._relations[name] = {each.table for each in tables}
        return self._relations[name]

    def origin(self, span: Span) -> ir.Origin:
        position = self.model.files[span.file].position(span.start)
        return ir.Origin(file=span.file, line=position.line, column=position.column)

    def column(self, entity: Entity, field: str) -> str:
        """Return the column of a scalar field, or the one that carries a relation."""
        found = entity.find(field)
        assert isinstance(found, ScalarField | ReferenceField | ComputedField)
        return found.column

    def columns(self, entity: Entity, field: str) -> tuple[str, ...]:
        """Return the columns of a field: several for a reference that others carry."""
        found = entity.find(field)
        carriers = found.carriers if isinstance(found, ReferenceField) else ()
        return tuple(self.column(entity, name) for name in carriers or (field,))

    def key_columns(self, entity: Entity) -> tuple[str, ...]:
        """Return the primary key: the tenant's column first, then the key's own."""
        own = tuple(self.column(entity, name) for name in entity.key)
        return own if entity.tenant is None else (self.column(entity, entity.tenant), *own)

    def tenant_column(self, entity: Entity) -> str | None:
        """Return the column that says whose a row is: on the tenant root its key."""
        if entity.tenant_root:
            return self.column(entity, entity.key[0])
        return None if entity.tenant is None else self.column(entity, entity.tenant)

    def target(self, field: ReferenceField) -> Entity:
        return self.model.entities[field.target]

    def link(self, entity: Entity, field: ReferenceField) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns of a reference and those it refers to: with tenants on both sides, the tenant comes first,
        so that a row can never point into another tenant."""
        target = self.target(field)
        columns = tuple(self.column(entity, name) for name in field.carriers) or (field.column,)
        goals = field.goals or (self.column(target, target.key[0]),)
        tenant = self.tenant_column(entity)
        if target.tenant is None or tenant is None or self.column(target, target.tenant) in goals:
            return columns, goals
        return (tenant, *columns), (self.column(target, target.tenant), *goals)

    def nullable_columns(self, entity: Entity, field: ReferenceField) -> tuple[str, ...]:
        """Return the columns of a reference that are null where it leads nowhere."""
        own = (entity.find(name) for name in field.carriers or (field.name,))
        return tuple(
            each.column for each in own if isinstance(each, ScalarField | ReferenceField) and each.nullable
        )

    def key_type(self, entity: Entity) -> ir.Type:
        """Return the type of an entity's key column, through keys that are references themselves."""
        field = entity.find(entity.key[0])
        if isinstance(field, ReferenceField):
            return self.key_type(self.target(field))
        assert isinstance(field, ScalarField)
        return field.type
