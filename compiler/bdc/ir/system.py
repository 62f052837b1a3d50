"""The root of the IR."""

from functools import cached_property
from typing import TypeVar

from pydantic import Field

from bdc.ir.api import Api
from bdc.ir.audit import Audit
from bdc.ir.base import IR_VERSION, Node
from bdc.ir.behaviour import ErrorDecl, Event, Machine, Scenario, Seed
from bdc.ir.deploy import Deploy, Load
from bdc.ir.entity import Entity, EnumDecl, ReferenceField, StructDecl
from bdc.ir.evolution import Removal
from bdc.ir.external import External
from bdc.ir.job import Job
from bdc.ir.policy import Identity, Policy, Role
from bdc.ir.schema import DomainDecl, SqlBlock, Table
from bdc.ir.view import View
from bdc.ir.webhooks import Consumer, Receiver, Source, Stream, Webhooks

_Rules = TypeVar("_Rules", Policy, Machine)


class SystemIR(Node):
    """One whole specification. `name` is the snake_case system name (the root module): it prefixes database roles,
    metric names and images. `entity` and `table` find those of views too, which are not among `entities` and `tables`.
    `projections`: entities that several apis offer, as each but the first does, under names of their own; `entity`, `policy` and `machine`
    find them."""

    ir_version: int = IR_VERSION
    name: str
    title: str
    doc: str = ""
    enums: tuple[EnumDecl, ...] = ()
    domains: tuple[DomainDecl, ...] = ()
    structs: tuple[StructDecl, ...] = ()
    entities: tuple[Entity, ...] = ()
    tables: tuple[Table, ...] = ()
    views: tuple[View, ...] = ()
    projections: tuple[Entity, ...] = ()
    sql_blocks: tuple[SqlBlock, ...] = ()
    machines: tuple[Machine, ...] = ()
    errors: tuple[ErrorDecl, ...] = ()
    events: tuple[Event, ...] = ()
    identity: Identity | None = None
    roles: tuple[Role, ...] = ()
    policies: tuple[Policy, ...] = ()
    apis: tuple[Api, ...] = ()
    jobs: tuple[Job, ...] = ()
    load: Load = Field(default_factory=Load)
    deploys: tuple[Deploy, ...] = ()
    seeds: tuple[Seed, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    webhooks: Webhooks | None = None
    stream: Stream | None = None
    sources: tuple[Source, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    audit: Audit | None = None
    externals: tuple[External, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    dropped: tuple[Removal, ...] = ()

    @cached_property
    def _entities(self) -> dict[str, Entity]:
        declared = (*self.entities, *(view.entity for view in self.views))
        return {entity.name: entity for entity in (*declared, *self.projections)}

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.name: table for table in (*self.tables, *(view.table for view in self.views))}

    @cached_property
    def _enums(self) -> dict[str, EnumDecl]:
        return {enum.name: enum for enum in self.enums}

    @cached_property
    def _domains(self) -> dict[str, DomainDecl]:
        return {domain.name: domain for domain in self.domains}

    @cached_property
    def _structs(self) -> dict[str, StructDecl]:
        return {struct.name: struct for struct in self.structs}

    @cached_property
    def _policies(self) -> dict[str, Policy]:
        return self._of_projections({policy.entity: policy for policy in self.policies})

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {role.name: role for role in self.roles}

    @cached_property
    def _machines(self) -> dict[str, Machine]:
        return self._of_projections({machine.entity: machine for machine in self.machines})

    def _of_projections(self, declared: dict[str, _Rules]) -> dict[str, _Rules]:
        """Return what entities have, by their names, and the same for each projection of one."""
        projected = ((each, declared.get(each.stored)) for each in self.projections)
        return declared | {
            each.name: found.model_copy(update={"entity": each.name})
            for each, found in projected
            if found is not None
        }

    def entity(self, name: str) -> Entity:
        return self._entities[name]

    def stored(self, entity: str) -> str:
        """Return the name of the entity that has the table: of a projection, the entity that it projects."""
        found = self._entities.get(entity)
        return found.stored if found is not None else entity

    def shown_as(self, entity: str) -> str:
        """Return the entity that rows of a resource are shown as in GraphQL: the one that has the table, or in an api that leaves members out
        its main projection there."""
        if entity not in self._partial:
            return self.stored(entity)
        found = self._entities[entity]
        main = self._entities[found.stored]
        suffix = found.plural.removeprefix(main.plural) if found.again else ""
        return found.name.removesuffix(suffix)

    @cached_property
    def _partial(self) -> frozenset[str]:
        """The projections that leave members out, and those whose relations lead to such a one."""
        found = {each.name for each in self.projections if _hides(each, self._entities[each.stored])}
        while True:
            more = {
                each.name
                for each in self.projections
                if each.name not in found
                and any(getattr(field, "target", None) in found for field in each.fields)
            }
            if not more:
                return frozenset(found)
            found |= more

    def table(self, name: str) -> Table:
        return self._tables[name]

    def table_of(self, entity: str) -> Table:
        return self._tables[self._entities[entity].table]

    def enum(self, name: str) -> EnumDecl:
        return self._enums[name]

    def domain(self, name: str) -> DomainDecl:
        return self._domains[name]

    def struct(self, name: str) -> StructDecl:
        return self._structs[name]

    def role(self, name: str) -> Role:
        return self._roles[name]

    def policy(self, entity: str) -> Policy | None:
        """Return the policy of an entity; None means that no role may do anything with it."""
        return self._policies.get(entity)

    def target_of(self, entity: str, field: str) -> str:
        """Return the entity that a reference leads to. TypeError when the field is not a reference."""
        found = self.entity(entity).field(field)
        if not isinstance(found, ReferenceField):
            raise TypeError(f"{entity}.{field} is not a reference")
        return found.target

    def refers(self, entity: str) -> bool:
        """Whether a rule of `entity` is about `refer`: pointing at its rows. An operation of that name takes the word away."""
        policy = self.policy(entity)
        named = policy is not None and any("refer" in rule.actions for rule in policy.rules)
        resources = (each for api in self.apis for each in api.resources) if named else ()
        return named and not any(
            operation.name == "refer"
            for each in resources
            if each.entity == entity
            for operation in each.custom
        )

    @property
    def relays(self) -> bool:
        """Whether events leave the system."""
        return self.webhooks is not None or self.stream is not None

    @property
    def all_consumers(self) -> tuple[Consumer, ...]:
        """What is done with the events that come in, from streams and by webhooks."""
        return (*self.consumers, *(each for receiver in self.receivers for each in receiver.consumers))

    @property
    def has_relay(self) -> bool:
        """Whether events leave the system or come in."""
        return self.relays or bool(self.consumers)

    @property
    def shares_limits(self) -> bool:
        """Whether some deploy has a Valkey that all processes of the service count calls in."""
        return any(deploy.valkey is not None for deploy in self.deploys)

    @cached_property
    def sharded(self) -> bool:
        """Whether some deploy keeps the rows of tenants on shards: then the schema is one that Citus takes."""
        return any(deploy.database.engine == "citus" for deploy in self.deploys)

    @cached_property
    def reads_replica(self) -> bool:
        """Whether some operation may read a replica of the database."""
        return any(
            each.replica
            or (each.single is not None and each.single.replica)
            or any(op.replica for op in each.custom)
            for api in self.apis
            for each in api.resources
        ) or any(each.replica for api in self.apis for each in api.operations)

    def external(self, name: str) -> External:
        return next(each for each in self.externals if each.name == name)

    @property
    def mails(self) -> tuple[Job, ...]:
        """The jobs that send a message."""
        return tuple(job for job in self.jobs if job.mail is not None)

    @property
    def calling_jobs(self) -> bool:
        """Whether jobs call other services."""
        return any(job.calls or job.called for job in self.jobs)

    @property
    def undoing_jobs(self) -> bool:
        """Whether jobs undo what they did, where a later step fails."""
        return any(job.undoing for job in self.jobs)

    @property
    def calling_operations(self) -> bool:
        """Whether handlers of operations call other services."""
        return any(each.calls for api in self.apis for each in api.operations)

    def machine(self, entity: str) -> Machine | None:
        return self._machines.get(entity)


def _hides(entity: Entity, whole: Entity) -> bool:
    return [each.hidden for each in entity.fields] != [each.hidden for each in whole.fields]
