"""The permission matrix as data: every role, action and row class with its verdict, and what the tests need to try it.

The verdicts come from `judge`, which reads the rules; the SQL of the service comes from `bdc.query`. Two ways from one
specification to the same answer, and the emitted tests hold them against each other on every surface.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from bdc.ir import (
    ArrayType,
    CollectionField,
    Entity,
    ReferenceField,
    Resource,
    ScalarField,
    SystemIR,
)
from bdc.query.names import relation
from bdc.query.relations import address_parts, key_parts
from bdc.surface.addresses import is_by_key, own_caller
from bdc.surface.issued_keys import key_operations
from bdc_emitters.tests.attacks import Attacks
from bdc_emitters.tests.calls import Calls
from bdc_emitters.tests.exact import plain
from bdc_emitters.tests.field_cells import field_cells
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.interpret import Caller
from bdc_emitters.tests.judge import Judge, try_judge
from bdc_emitters.tests.paths import around_values, has_own_path
from bdc_emitters.tests.plan import is_tenanted
from bdc_emitters.tests.rows import WorldRow, tried
from bdc_emitters.tests.sealed import sealed_columns
from bdc_emitters.tests.surfaces import Surfaces
from bdc_emitters.tests.unborn import NewRows

Data = dict[str, Any]
ROW_ACTIONS = ("read", "create", "update", "delete")
NIL = "00000000-0000-0000-0000-000000000000"


class Cells:
    """Builds the document `tests/security/matrix.json`."""

    def __init__(self, system: SystemIR) -> None:
        self.system = system
        self.world = Fixture(system)
        self.new = NewRows(self.world)
        self.judge = Judge(self.world)
        self.calls = Calls(system, self.new)
        self.surfaces = Surfaces(self.world, self.new, self.judge)

    def document(self) -> Data:
        cells, skipped = self._judged()
        entities = {entity.name: self._entity(entity) for entity in tried(self.system)}
        fields = list(field_cells(self.world, self.judge, self.callers))
        attacks = Attacks(self.system, self.world, self.new)
        singles = list(self._of_the_caller())
        return {
            "system": self.system.name,
            "audience": (self.system.identity.audience if self.system.identity else None) or self.system.name,
            "credential": self.calls.usual_credential(),
            "graphql": next((api.graphql.path for api in self.system.apis if api.graphql), ""),
            "identity": self._identity_settings(),
            "callers": {name: self._claims(caller) for name, caller in self.callers.items()},
            "tables": [relation(entity) for entity in self.system.entities],
            "rows": [self._row(row) for row in self.world.rows.values()],
            "entities": entities,
            "unguarded": [entity.table for entity in self.system.entities if entity.unguarded],
            "cells": cells,
            "fields": fields,
            "attacks": attacks.document(entities, cells, fields),
            "operations": list(self._free_operations()),
            "skipped": skipped,
            **({"singles": singles} if singles else {}),
            **self._graphqls(),
            **({"makes_keys": making} if (making := list(self._making_keys())) else {}),
            **self.calls.by_path(),
            **self.calls.of_others(),
        }

    def _graphqls(self) -> Data:
        """Return where GraphQL is, where it is in several places."""
        found = [api.graphql.path for api in self.system.apis if api.graphql]
        return {"graphqls": found} if len(found) > 1 else {}

    def _making_keys(self) -> Iterator[Data]:
        """Yield the operations that make API keys for rows."""
        for verb, operation in key_operations(self.system):
            if verb == "make":
                yield {"entity": operation.entity, "action": operation.name}

    def _of_the_caller(self) -> Iterator[Data]:
        """What each caller meets where its own row has a path without a key; `row` is None where it has none."""
        for endpoint, call in self.calls.of_the_caller():
            entity, resource = endpoint.entity, endpoint.resource
            assert entity is not None and resource is not None
            for name, caller in self.callers.items():
                row = self._row_of(caller, entity, resource)
                allowed, _ = (
                    try_judge(self.judge, caller, entity.name, endpoint.action, row) if row else (False, "")
                )
                if allowed is not None:
                    about = {"entity": entity.name, "action": endpoint.action, "caller": name}
                    yield {**about, "row": row.name if row else None, "allowed": allowed, **call}

    def _row_of(self, caller: Caller, entity: Entity, resource: Resource) -> WorldRow | None:
        """Return the row of a caller."""
        identity = self.system.identity
        if caller.row is None or identity is None or caller.row.entity != own_caller(self.system, resource):
            return None
        if resource.by is None or resource.operations:
            return caller.row
        rows = (
            row for row in self.world.of(entity.name) if row.references.get(resource.by) == caller.row.name
        )
        return next((row for row in rows if row.tenant == caller.row.tenant), None)

    @cached_property
    def callers(self) -> dict[str, Caller]:
        """One without a token, one without a role, and one per claim role."""
        row, identity = self.world.caller, self.system.identity
        if row is None or identity is None:
            return {"anonymous": Caller(None, ())}
        claimed = [
            role.name for role in self.system.roles if role.entity is None and role.name != "anonymous"
        ]
        main = [name for name in claimed if identity.of_role(name) is None]
        return {
            "anonymous": Caller(None, ()),
            **dict(self._other_callers(claimed)),
            "(no role)": Caller(row, ()),
            **{name: Caller(row, (name,)) for name in main},
        }

    def _other_callers(self, claimed: list[str]) -> Iterator[tuple[str, Caller]]:
        """Yield callers of the identities beside the main one: one without a role, and one per role."""
        for other in self.system.identity.others if self.system.identity is not None else ():
            row = self.world.caller_in(other.entity)
            if row is not None:
                yield f"({other.entity})", Caller(row, ())
                yield from ((name, Caller(row, (name,))) for name in claimed if name in other.roles)

    @property
    def takes_tokens(self) -> bool:
        return any("bearer" in api.auth for api in self.system.apis)

    def _identity_settings(self) -> list[Data]:
        """How a session as the runtime role is bound to a caller: settings, by claim."""
        identity = self.system.identity
        found: list[Data] = []
        for claim in identity.claims if identity else ():
            is_roles = identity is not None and claim.name == identity.roles_claim
            setting = "app.actor_roles" if is_roles else f"app.actor_{claim.name}"
            nil = NIL if getattr(claim.type, "scalar", "") == "uuid" else ""
            anonymous = "anonymous" if is_roles else nil
            array = not is_roles and isinstance(claim.type, ArrayType)
            found.append({"setting": setting, "claim": claim.source, "anonymous": anonymous, "array": array})
        return found

    def _claims(self, caller: Caller) -> Data | None:
        """The members of the caller's token; None: no token."""
        if caller.row is None or self.system.identity is None:
            return None
        identity, entity, found = self.system.identity, caller.row.entity, {}
        other, values = identity.other(entity), self.world.claims_of(entity)
        for claim in identity.claims:
            if claim.name == identity.roles_claim:
                found[claim.source] = list(caller.roles)
            elif claim.name == identity.key_of(entity):
                found[claim.source] = self.world.key_of(caller.row)[0]
            elif claim.name in other.claims if other is not None else claim.of is None:
                found[claim.source] = plain(claim.type, values.get(claim.name))
        return found

    def _row(self, row: WorldRow) -> Data:
        entity = self.system.entity(row.entity)
        key = dict(zip(self._key_columns(entity), self.world.key_of(row), strict=True))
        columns = self.world.columns(row)
        path = dict(zip((part.member for part in key_parts(entity)), key.values(), strict=True))
        if not is_by_key(self.system, entity):
            path = {each.member: columns.get(each.column) for each in address_parts(self.system, entity)}
        path = around_values(self.world, entity, row) | path
        for each in self.system.projections:
            if each.projects == entity.name and not has_own_path(self.system, each):
                path = self._projected_path(each, row, columns) | path
        paths = {
            each.name: self._projected_path(each, row, columns)
            for each in self.system.projections
            if each.projects == entity.name and has_own_path(self.system, each)
        }
        found = {
            "name": row.name,
            "entity": row.entity,
            "table": relation(entity),
            "tenant": row.tenant,
            "key": key,
            "path": path,
            "columns": columns,
        }
        sealed = sealed_columns(self.system, entity, columns)
        found |= {"sealed": sealed} if sealed else {}
        found |= {"paths": paths} if paths else {}
        if self.world.uncertain:
            found["refers"] = sorted(name for name in row.references.values() if name)
        return found

    def _projected_path(self, entity: Entity, row: WorldRow, columns: Data) -> Data:
        """Return what names a row in the paths of another resource that offers it."""
        own = {each.member: columns.get(each.column) for each in address_parts(self.system, entity)}
        return around_values(self.world, entity, row) | own

    def _key_columns(self, entity: Entity) -> list[str]:
        return [getattr(entity.field(name), "column", name) for name in entity.key]

    def _entity(self, entity: Entity) -> Data:
        """Table, and for each action how REST and GraphQL are asked to do it."""
        return {
            **({"stored": entity.projects} if entity.projects else {}),
            "table": relation(entity),
            "neutral": self._neutral(entity),
            "soft_delete": self._soft_delete(entity),
            "becomes": self._becomes(entity),
            "rest": self.calls.rest(entity),
            "list": self.calls.collection(entity),
            "update_members": self._update_members(entity),
            "graphql": self.calls.graphql(entity),
            "new": {
                tenant: self.world.columns(row)
                for tenant in self._tenants(entity)
                if (row := self.new.of(entity, tenant)) is not None
            },
        }

    def _neutral(self, entity: Entity) -> str | None:
        """Return a column that can be written again as it is; None where no column of a row ever changes."""
        fixed = {*entity.key, entity.tenant}
        return next(
            (
                each.column
                for each in entity.fields
                if isinstance(each, ScalarField | ReferenceField)
                and each.name not in fixed
                and not each.immutable
                and not getattr(each, "stamp", None)
                and not getattr(each, "numbered", False)
                and not getattr(each, "carriers", ())
                and not any(each.name in getattr(other, "carriers", ()) for other in entity.fields)
            ),
            None,
        )

    def _becomes(self, entity: Entity) -> dict[str, Data]:
        """What each operation of the machine sets."""
        machine = self.system.machine(entity.name)
        column = getattr(entity.field(machine.field), "column", "") if machine else ""
        return {
            transition.operation: {"column": column, "value": transition.target}
            for transition in (machine.transitions if machine else ())
            if transition.operation is not None
        }

    @cached_property
    def _resources(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for api in self.system.apis:
            for resource in api.resources:
                found.setdefault(resource.entity, []).append(resource)
        return found

    def _update_members(self, entity: Entity) -> list[str]:
        """The fields that an update may carry."""
        return [
            member.field
            for resource in self._resources.get(entity.name, ())
            if resource.update
            for member in resource.update.members
            if not isinstance(entity.field(member.field), CollectionField)
        ]

    def _tenants(self, entity: Entity) -> tuple[str, ...]:
        return ("a", "b") if is_tenanted(entity) else ("a",)

    def _soft_delete(self, entity: Entity) -> str | None:
        return getattr(entity.field(entity.soft_delete), "column", None) if entity.soft_delete else None

    def _actions(self, entity: Entity) -> tuple[str, ...]:
        custom = [
            operation.name
            for resource in self._resources.get(entity.name, ())
            for operation in resource.custom
        ]
        return (*ROW_ACTIONS, *dict.fromkeys(custom))

    def _judged(self) -> tuple[list[Data], list[Data]]:
        """Every cell with its verdict, and those that have none, with the reason."""
        cells: list[Data] = []
        skipped: list[Data] = []
        for entity in tried(self.system):
            for action in self._actions(entity):
                for name, caller in self.callers.items():
                    for cell in self._cells(entity, action, name, caller):
                        (skipped if "reason" in cell else cells).append(cell)
        return cells, skipped

    def _cells(self, entity: Entity, action: str, name: str, caller: Caller) -> Iterator[Data]:
        place = {"entity": entity.name, "action": action, "caller": name}
        for row, label in self._subjects(entity, action):
            cell: Data = {**place, "row": label}
            allowed, reason = try_judge(self.judge, caller, entity.name, action, row)
            if allowed is None:
                yield {**cell, "reason": f"{entity.name}: {reason} is not known beforehand"}
                continue
            cell["allowed"] = allowed
            named = self.new.named(entity, row.tenant) if action == "create" else frozenset()
            if uncertain := sorted(self.world.in_doubt(self.judge.seen | named)):
                cell["uncertain"] = uncertain
            cell |= self.surfaces.beyond(entity, caller, row)
            if action == "create":
                cell = self.surfaces.over_http(entity, caller, row) | cell
                cell |= {"in_sql": self.surfaces.in_sql(entity, caller, row)} if allowed else {}
            yield cell
        for label, reason in self._missing(entity, action):
            yield {**place, "row": label, "reason": reason}

    def _missing(self, entity: Entity, action: str) -> Iterator[tuple[str, str]]:
        """Rows that could not be found, with entity and constraint."""
        if action == "create":
            for tenant in self._tenants(entity):
                if self.new.of(entity, tenant) is None:
                    yield (
                        tenant,
                        f"{entity.name}: no new row satisfies {self.new.missing[entity.name, tenant]}",
                    )
            return
        for name, (owner, constraint) in self.world.missing.items():
            if owner == entity.stored:
                yield name, f"{entity.name}: no row satisfies {constraint}"

    def _subjects(self, entity: Entity, action: str) -> Iterator[tuple[WorldRow, str]]:
        """The rows an action is tried on; for `create` the rows to be, by tenant."""
        if action != "create":
            yield from ((row, row.name) for row in self.world.of(entity.name))
            return
        for tenant in self._tenants(entity):
            row = self.new.of(entity, tenant)
            if row is not None:
                yield row, tenant

    def _free_operations(self) -> Iterator[Data]:
        """Operations outside resources: who may call them at all."""
        for operation, call in self.calls.free():
            for name, caller in self.callers.items():
                carried = [
                    grant
                    for grant in operation.allows
                    if any(self._carries(caller, role) for role in grant.roles)
                ]
                allowed = any(grant.condition is None for grant in carried)
                if allowed or not carried:  # what a condition decides depends on the arguments
                    yield {"operation": operation.name, **call, "caller": name, "allowed": allowed}

    def _carries(self, caller: Caller, name: str) -> bool:
        if name == "anonymous":
            return caller.row is None
        role = self.system.role(name)
        return any(carried in (role.granted_by or (name,)) for carried in caller.roles)
