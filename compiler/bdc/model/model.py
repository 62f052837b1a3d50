"""The resolved system."""

from collections.abc import Mapping
from dataclasses import field

from bdc.model.nodes.api import Api
from bdc.model.nodes.behaviour import ErrorDecl, Event, Machine, Scenario, Seed
from bdc.model.nodes.deploy import Deploy, LoadEntry
from bdc.model.nodes.domain import Domain
from bdc.model.nodes.entity import Entity, Sql, SqlExpression
from bdc.model.nodes.evolution import Removal
from bdc.model.nodes.external import External
from bdc.model.nodes.job import Job
from bdc.model.nodes.policy import Identity, Policy, Role
from bdc.model.nodes.values import Enum, Struct
from bdc.model.nodes.webhooks import Audit, Consumer, Receiver, Source, Stream, Webhooks
from bdc.source import SourceFile
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """Everything a specification says, names followed and expressions typed. Mappings are by name, in order of declaration.

    `complete` is false where part of the text could not be read: rules that judge what is absent hold back then.
    """

    name: str
    files: Mapping[str, SourceFile]
    enums: Mapping[str, Enum]
    domains: Mapping[str, Domain]
    structs: Mapping[str, Struct]
    entities: Mapping[str, Entity]
    errors: Mapping[str, ErrorDecl]
    events: Mapping[str, Event]
    machines: tuple[Machine, ...]
    identity: Identity | None
    roles: Mapping[str, Role]
    policies: tuple[Policy, ...]
    apis: tuple[Api, ...]
    jobs: tuple[Job, ...]
    load: tuple[LoadEntry, ...]
    deploys: tuple[Deploy, ...]
    seeds: Mapping[str, Seed]
    scenarios: tuple[Scenario, ...]
    sql: tuple[Sql, ...]
    sql_expressions: tuple[SqlExpression, ...]
    dropped: tuple[Removal, ...]
    complete: bool
    webhooks: Webhooks | None = None
    audit: Audit | None = None
    stream: Stream | None = None
    sources: tuple[Source, ...] = ()
    externals: Mapping[str, External] = field(default_factory=dict)
    receivers: tuple[Receiver, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    others: tuple[Identity, ...] = ()
    _policies: dict[str, Policy] = field(default_factory=dict, init=False, compare=False, repr=False)

    def policy(self, entity: str) -> Policy | None:
        if len(self._policies) != len(self.policies):
            self._policies.update((policy.entity, policy) for policy in reversed(self.policies))
        return self._policies.get(entity)

    def machine(self, entity: str) -> Machine | None:
        for machine in self.machines:
            if machine.entity == entity:
                return machine
        return None
