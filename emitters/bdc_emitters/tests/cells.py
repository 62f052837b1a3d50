"""The permission matrix as data: every role, action and row class with its verdict, and what the tests need to try it.

The verdicts come from `judge`, which reads the rules; the SQL of the service comes from `bdc.query`. Two ways from one
specification to the same answer, and the emitted tests hold them against each other on every surface.
"""

from collections.abc import Iterator
from typing import Any

from bdc.ir import (
    CollectionField,
    ComputedField,
    Entity,
    EntityField,
    Operation,
    ReferenceField,
    ScalarField,
    SystemIR,
)
from bdc.query.names import relation
from bdc.query.relations import key_parts
from bdc.query.surface import Endpoint, Kind, Member, endpoints, input_members, parameter_members
from bdc.query.surface.examples import Examples
from bdc.query.surface.requests import request_of
from bdc_emitters.tests.distinct import distinct
from bdc_emitters.tests.graphql_calls import mutation_call, query_call
from bdc_emitters.tests.interpret import Caller, NotJudged
from bdc_emitters.tests.judge import Judge, try_judge
from bdc_emitters.tests.world import World, WorldRow, tried

Data = dict[str, Any]
ROW_ACTIONS = ("read", "create", "update", "delete")


class Cells:
    """Builds the document `tests/security/matrix.json`."""

    def __init__(self, system: SystemIR) -> None:
        self.system = system
        self.world = World(system)
        self.judge = Judge(self.world)
        self.examples = Examples(system)
        self.endpoints = endpoints(system)
        self._by_entity: dict[str, list[Endpoint]] = {entity.name: [] for entity in system.entities}
        for endpoint in self.endpoints:
            if endpoint.entity is not None and endpoint.entity.name in self._by_entity:
                self._by_entity[endpoint.entity.name].append(endpoint)

    def document(self) -> Data:
        return {
            "system": self.system.name,
            "audience": (self.system.identity.audience if self.system.identity else None) or self.system.name,
            "credential": self._credential(),
            "graphql": next((api.graphql.path for api in self.system.apis if api.graphql), ""),
            "identity": self._identity_settings(),
            "callers": {name: self._claims(caller) for name, caller in self._callers().items()},
            "rows": [self._row(row) for row in self.world.rows.values()],
            "entities": {entity.name: self._entity(entity) for entity in tried(self.system)},
            "unguarded": [entity.table for entity in self.system.entities if entity.unguarded],
            "cells": list(self._cells()),
            "fields": list(self._field_cells()),
            "operations": list(self._free_operations()),
        }

    def _callers(self) -> dict[str, Caller]:
        """Nobody, somebody without a role, and one caller per claim role."""
        if self.system.identity is None:
            return {"anonymous": Caller(None, ())}
        row = self.world.caller
        claimed = [
            role.name for role in self.system.roles if role.entity is None and role.name != "anonymous"
        ]
        return {
            "anonymous": Caller(None, ()),
            "(no role)": Caller(row, ()),
            **{name: Caller(row, (name,)) for name in claimed},
        }

    @property
    def takes_tokens(self) -> bool:
        return any("bearer" in api.auth for api in self.system.apis)

    def _credential(self) -> str:
        """What callers show: `bearer`, or the header that an API key stands in."""
        auth = {kind for api in self.system.apis for kind in api.auth}
        header = self.system.identity.api_key_header if self.system.identity else None
        return header if header and auth == {"api_key"} else "bearer"

    def _identity_settings(self) -> list[Data]:
        """How a session as the runtime role is bound to a caller: settings, by claim."""
        identity = self.system.identity
        found: list[Data] = []
        for claim in identity.claims if identity else ():
            is_roles = identity is not None and claim.name == identity.roles_claim
            setting = "app.actor_roles" if is_roles else f"app.actor_{claim.name}"
            nil = (
                "00000000-0000-0000-0000-000000000000" if getattr(claim.type, "scalar", "") == "uuid" else ""
            )
            anonymous = "anonymous" if is_roles else nil
            found.append({"setting": setting, "claim": claim.source, "anonymous": anonymous})
        return found

    def _claims(self, caller: Caller) -> Data | None:
        """The members of the caller's token; None: no token."""
        if caller.row is None or self.system.identity is None:
            return None
        found: Data = {}
        for claim in self.system.identity.claims:
            if claim.name == self.system.identity.roles_claim:
                found[claim.source] = list(caller.roles)
            elif claim.name == "id":
                found[claim.source] = self.world.key_of(caller.row)[0]
            else:
                found[claim.source] = self._claim_value(caller.row, claim.name)
        return found

    def _claim_value(self, row: WorldRow, name: str) -> Any:
        named = row.references.get(name)
        return self.world.key_of(self.world.rows[named])[0] if named else row.values.get(name)

    def _row(self, row: WorldRow) -> Data:
        entity = self.system.entity(row.entity)
        key = dict(zip(self._key_columns(entity), self.world.key_of(row), strict=True))
        return {
            "name": row.name,
            "entity": row.entity,
            "tenant": row.tenant,
            "key": key,
            "path": dict(zip([part.member for part in key_parts(entity)], key.values(), strict=True)),
            "columns": self.world.columns(row),
        }

    def _key_columns(self, entity: Entity) -> list[str]:
        return [getattr(entity.field(name), "column", name) for name in entity.key]

    def _entity(self, entity: Entity) -> Data:
        """Table, and for each action how REST and GraphQL are asked to do it."""
        neutral = next(
            (
                each.column
                for each in entity.fields
                if isinstance(each, ScalarField)
                and each.name not in entity.key
                and each.stamp is None
                and not each.immutable
            ),
            self._key_columns(entity)[0],
        )
        return {
            "table": relation(entity),
            "neutral": neutral,
            "soft_delete": self._soft_delete(entity),
            "becomes": self._becomes(entity),
            "rest": self._rest(entity),
            "update_members": self._update_members(entity),
            "graphql": self._graphql(entity),
            "new": {
                tenant: self._new_row(entity, tenant)
                for tenant in ("a", "b")
                if self._has_tenant(entity, tenant)
            },
        }

    def _becomes(self, entity: Entity) -> dict[str, Data]:
        """What each operation of the machine sets."""
        machine = self.system.machine(entity.name)
        column = getattr(entity.field(machine.field), "column", "") if machine else ""
        return {
            transition.operation: {"column": column, "value": transition.target}
            for transition in (machine.transitions if machine else ())
            if transition.operation is not None
        }

    def _update_members(self, entity: Entity) -> list[str]:
        """The fields that an update may carry."""
        return [
            member.field
            for api in self.system.apis
            for resource in api.resources
            if resource.entity == entity.name and resource.update
            for member in resource.update.members
        ]

    def _has_tenant(self, entity: Entity, tenant: str) -> bool:
        return tenant == "a" or entity.tenant is not None or entity.tenant_root

    def _soft_delete(self, entity: Entity) -> str | None:
        return getattr(entity.field(entity.soft_delete), "column", None) if entity.soft_delete else None

    def _new_row(self, entity: Entity, tenant: str) -> Data:
        """Columns of a row that is not there yet."""
        return self.world.columns(self._new(entity, tenant))

    def _new(self, entity: Entity, tenant: str) -> WorldRow:
        machine = self.system.machine(entity.name)
        return self.world.unborn(entity, tenant, machine.initial if machine else None)

    def _rest(self, entity: Entity) -> Data:
        return {
            endpoint.action if endpoint.kind is not Kind.GET else "read": self._rest_call(endpoint)
            for endpoint in self._by_entity[entity.name]
            if endpoint.kind is not Kind.LIST
        }

    def _rest_call(self, endpoint: Endpoint) -> Data:
        call: Data = {"method": endpoint.method, "path": endpoint.path}
        body = self._body(endpoint)
        if endpoint.operation is not None:
            sent = request_of(endpoint.operation, endpoint.path, self.arguments(endpoint.operation))
            call |= {"path": sent.path, **({"headers": dict(sent.headers)} if sent.headers else {})}
            body = sent.body
        if endpoint.operation is not None and endpoint.operation.errors:
            known = {error.name: error.status for error in self.system.errors}
            call["errors"] = sorted({known[raised.error] for raised in endpoint.operation.errors})
        return call if body is None else call | {"body": body}

    def _body(self, endpoint: Endpoint) -> Data | None:
        if (
            endpoint.kind is Kind.CREATE
            and endpoint.resource
            and endpoint.entity
            and endpoint.resource.create
        ):
            return self._create_body(
                endpoint.entity, input_members(self.system, endpoint.entity, endpoint.resource.create)
            )
        if endpoint.kind is Kind.UPDATE:
            return {}
        return None

    def arguments(self, operation: Operation) -> Data:
        return {
            member.name: self.examples.value(member.type, member.name)
            for member in parameter_members(operation)
            if member.required and member.type is not None
        }

    def _create_body(self, entity: Entity, members: tuple[Member, ...]) -> Data:
        """Required members, references to the caller's own rows, texts that no row has yet."""
        new = self._new(entity, "a") if entity.arcs else None
        chosen = {name for arc in entity.arcs for name in arc.fields if new and new.references[name]}
        return {
            member.name: self._given(entity, member)
            for member in members
            if member.required or member.field in chosen
        }

    def _given(self, entity: Entity, member: Member) -> Any:
        field = entity.field(member.field)
        if isinstance(field, CollectionField):
            return [self._create_body(self.system.entity(field.target), member.nested or ())]
        if isinstance(field, ReferenceField):
            named = self._new(entity, "a").references[field.name]
            return self.world.key_of(self.world.rows[named])[0] if named else None
        if any(isinstance(each, ReferenceField) and field.name in each.carriers for each in entity.fields):
            return self._new(entity, "a").values[field.name]
        value = self.examples.member(entity, member)
        if not isinstance(field, ScalarField):
            return value
        return distinct(field, value, "unborn", key=self.world.is_peculiar(entity, field))

    def _graphql(self, entity: Entity) -> Data:
        found: Data = {}
        if not any(
            api.graphql and any(resource.entity == entity.name for resource in api.resources)
            for api in self.system.apis
        ):
            return found
        for action, call in self._rest(entity).items():
            found[action] = (
                query_call(self.system, entity)
                if action == "read"
                else mutation_call(self.system, entity, action, *self._given_to(entity, action, call))
            )
        return found

    def _given_to(self, entity: Entity, action: str, call: Data) -> tuple[Data | None, Operation | None]:
        """What a mutation is given: the body of REST, or the arguments wherever REST carries them."""
        operation = self._operation(entity, action)
        return (call.get("body"), None) if operation is None else (self.arguments(operation), operation)

    def _operation(self, entity: Entity, action: str) -> Operation | None:
        return next(
            (
                endpoint.operation
                for endpoint in self._by_entity[entity.name]
                if endpoint.action == action and endpoint.operation
            ),
            None,
        )

    def _actions(self, entity: Entity) -> tuple[str, ...]:
        custom = [
            operation.name
            for api in self.system.apis
            for resource in api.resources
            if resource.entity == entity.name
            for operation in resource.custom
        ]
        return (*ROW_ACTIONS, *dict.fromkeys(custom))

    def _cells(self) -> Iterator[Data]:
        for entity in tried(self.system):
            for action in self._actions(entity):
                for name, caller in self._callers().items():
                    for row, label in self._subjects(entity, action):
                        allowed = try_judge(self.judge, caller, entity.name, action, row)
                        if allowed is not None:
                            yield {
                                "entity": entity.name,
                                "action": action,
                                "caller": name,
                                "row": label,
                                "allowed": allowed,
                            }

    def _subjects(self, entity: Entity, action: str) -> Iterator[tuple[WorldRow, str]]:
        """The rows an action is tried on; for `create` the rows to be, by tenant."""
        if action != "create":
            yield from ((row, row.name) for row in self.world.of(entity.name))
            return
        for tenant in ("a", "b"):
            if self._has_tenant(entity, tenant):
                yield self._new(entity, tenant), tenant

    def _field_cells(self) -> Iterator[Data]:
        """Fields with rules of their own: what each caller gets to see, and whether he may write it."""
        for policy in self.system.policies:
            if policy.entity not in self._by_entity:
                continue  # what a view shows follows from other rows
            entity = self.system.entity(policy.entity)
            for rule in policy.fields:
                for name, caller in self._callers().items():
                    for row in self.world.of(entity.name):
                        try:
                            seen = self.judge.may_see(caller, rule, row) if rule.read else None
                            written = self.judge.may_write(caller, rule, row) if rule.write else None
                            readable = self.judge.may(caller, entity.name, "read", row)
                            changeable = self.judge.may(caller, entity.name, "update", row)
                        except NotJudged:
                            continue
                        if readable:
                            stored = _is_stored(entity.field(rule.field))
                            yield {
                                "entity": entity.name,
                                "field": rule.field,
                                "caller": name,
                                "row": row.name,
                                "seen": seen if stored or not seen else None,
                                "written": written if changeable else None,
                                "mask": getattr(rule.mask, "value", None),
                                "example": self._field_example(entity, rule.field),
                            }

    def _field_example(self, entity: Entity, name: str) -> Any:
        field = entity.field(name)
        if not isinstance(field, ScalarField):
            return None
        return self.examples.member(entity, Member(name, field.type, field.nullable, field=name))

    def _free_operations(self) -> Iterator[Data]:
        """Operations outside resources: who may call them at all."""
        for endpoint in self.endpoints:
            operation = endpoint.operation
            if operation is None or endpoint.entity is not None:
                continue
            given = {
                member.name: self.examples.value(member.type, member.name)
                for member in parameter_members(operation)
                if member.type is not None
            }
            sent = request_of(operation, endpoint.path, given)
            for name, caller in self._callers().items():
                if operation.condition is None:
                    allowed = any(self._carries(caller, role) for role in operation.roles)
                    yield {
                        "operation": operation.name,
                        "method": endpoint.method,
                        "path": sent.path,
                        "headers": dict(sent.headers),
                        "body": sent.body,
                        "caller": name,
                        "allowed": allowed,
                    }

    def _carries(self, caller: Caller, name: str) -> bool:
        if name == "anonymous":
            return caller.row is None
        role = self.system.role(name)
        return any(carried in (role.granted_by or (name,)) for carried in caller.roles)


def _is_stored(field: EntityField) -> bool:
    """Whether one column of the row holds what an answer shows of the field."""
    return not isinstance(field, ComputedField) and not (isinstance(field, ScalarField) and field.embedded)
