"""How an action is asked for over REST and GraphQL."""

from collections.abc import Iterator
from typing import Any

from bdc.ir import Api, ArrayType, Entity, Hook, Operation, SqlBody, SystemIR
from bdc.ir.restoring import restores
from bdc.surface import Endpoint, Kind, address_members, endpoints, input_members, parameter_members
from bdc.surface.gates import gates
from bdc.surface.relay import seen_by
from bdc.surface.requests import request_of
from bdc.surface.wire import is_shown
from bdc_emitters.tests.graphql_calls import mutation_call, query_call
from bdc_emitters.tests.paths import around_values, filled, has_own_path
from bdc_emitters.tests.unborn import NewRows

Data = dict[str, Any]


class Calls:
    """The calls of one system. Of several apis that offer an action, the first is asked."""

    def __init__(self, system: SystemIR, new: NewRows) -> None:
        self.system = system
        self.new = new
        self.endpoints = endpoints(system)
        self._by_entity: dict[str, list[Endpoint]] = {
            entity.name: [] for entity in (*system.entities, *system.projections)
        }
        for endpoint in self.endpoints:
            if endpoint.single:
                continue
            if endpoint.entity is not None and endpoint.entity.name in self._by_entity:
                self._by_entity[endpoint.entity.name].append(endpoint)

    def rest(self, entity: Entity) -> Data:
        """Return action → call."""
        found: Data = {}
        for endpoint in self._by_entity[entity.name]:
            action = endpoint.action if endpoint.kind is not Kind.GET else "read"
            if endpoint.operation is not None and restores(endpoint.operation):
                continue  # the rows of the matrix are not deleted
            if endpoint.kind is not Kind.LIST and action not in found:
                call = self._rest_call(endpoint)
                if call is not None:
                    found[action] = call | self._of(entity)
        return found

    def collection(self, entity: Entity) -> Data | None:
        """Return the call that lists the rows of an entity; None where no api does."""
        for endpoint in self._by_entity[entity.name]:
            if endpoint.kind is Kind.LIST and endpoint.own is None and self._tells(entity):
                call = {"method": endpoint.method, "path": endpoint.path, **self._credential(endpoint.api)}
                call |= self._of(entity)
                return call if "{" not in endpoint.path else self._under_a_row(entity, endpoint, call)
        return None

    def _of(self, entity: Entity) -> Data:
        """Return what a call says where its path takes other values than that of the entity whose rows it is about."""
        return {"of": entity.name} if has_own_path(self.system, entity) else {}

    def _tells(self, entity: Entity) -> bool:
        """Whether rows of a list show what tells them apart."""
        members = address_members(self.system, entity)
        return all(is_shown(self.system, entity.name, "list", each.name) for each in members)

    def _under_a_row(self, entity: Entity, endpoint: Endpoint, call: Data) -> Data | None:
        """Return the call under the rows that some row stands under; `template`: the path as it is declared."""
        row = next(iter(self.new.world.of(entity.name)), None)
        path = filled(endpoint.path, around_values(self.new.world, entity, row)) if row else endpoint.path
        return None if "{" in path else {**call, "path": path, "template": endpoint.path}

    def graphql(self, entity: Entity) -> Data:
        """Return action → call, for what is offered over REST too."""
        api = next(
            (
                api
                for api in self.system.apis
                if api.graphql and any(resource.entity == entity.name for resource in api.resources)
            ),
            None,
        )
        if api is None or api.graphql is None:
            return {}
        offered = [each for each in self._by_entity[entity.name] if each.api.name == api.name]
        return {
            action: {
                **self._graphql_call(api, entity, action, call),
                "at": api.graphql.path,
                **self._credential(api),
                **self._of(entity),
            }
            for action, call in self.rest(entity).items()
            if any(self._does(endpoint, action) for endpoint in offered)
        }

    def of_the_caller(self) -> Iterator[tuple[Endpoint, Data]]:
        """Yield what is offered on the row of the caller, whose path names no key, with its calls."""
        for endpoint in self.endpoints:
            if endpoint.single:
                call = {"method": endpoint.method, "path": endpoint.path, **self._credential(endpoint.api)}
                yield endpoint, call | ({"body": {}} if endpoint.kind is Kind.UPDATE else {})

    def free(self) -> Iterator[tuple[Operation, Data]]:
        """Yield the operations outside resources with their calls."""
        for endpoint in self.endpoints:
            operation = endpoint.operation
            if operation is not None and endpoint.entity is None:
                sent = request_of(operation, endpoint.path, self.arguments(operation, every=True))
                yield (
                    operation,
                    {
                        "method": endpoint.method,
                        "path": sent.path,
                        "headers": dict(sent.headers),
                        "body": sent.body,
                        "errors": self._errors(operation),
                        **_named(operation),
                        **self._credential(endpoint.api),
                    },
                )

    def arguments(self, operation: Operation, *, every: bool = False) -> Data:
        """Return examples for the parameters that must be given, or (`every`) for all."""
        rows = {each.name: each.refers for each in operation.parameters if each.refers is not None}
        return {
            member.name: self._key(rows[member.name])
            if member.name in rows
            else self.new.world.examples.value(member.type, member.name)
            for member in parameter_members(operation)
            if (every or member.required) and member.type is not None
        }

    def _key(self, entity: str) -> Any:
        """Return the key of a row that is there, if there is one."""
        found = self.new.world.of(entity)
        return self.new.world.key_of(found[0])[0] if found else None

    def usual_credential(self) -> str:
        """Return what callers show where nothing else is said: a token, unless only API keys are taken; what the first of apis takes that
        differ."""
        if gates(self.system):
            return str(self._credential(self.system.apis[0])["credential"])
        auth = {kind for api in self.system.apis for kind in api.auth}
        if self._header is not None and auth == {"api_key"}:
            return self._header if self._main_shows_keys else ""
        return "bearer"

    def by_path(self) -> Data:
        """Return what callers show at the paths of each api (`apis`), and all that they may show there (`taken`); nothing where all apis take
        the same."""
        found = [(path, gate) for gate in gates(self.system) for path in gate.paths]
        header = self._header or ""
        taken = {
            path: [kind for kind, is_taken in (("bearer", gate.bearer), (header, gate.api_key)) if is_taken]
            for path, gate in found
        }
        shown = {"bearer", header} if self._main_shows_keys else {"bearer"}
        first = {path: next((kind for kind in kinds if kind in shown), "") for path, kinds in taken.items()}
        return {"apis": first, "taken": taken} if found else {}

    def of_others(self) -> Data:
        """Return what tells the claims of callers beside the main identity (a member of their keys), and the header of the keys."""
        identity = self.system.identity
        if identity is None or not identity.others:
            return {}
        members = [
            claim.source for claim in identity.claims if claim.name in {each.key for each in identity.others}
        ]
        return {"others": dict.fromkeys(members, self._header)}

    @property
    def _header(self) -> str | None:
        return self.system.identity.key_header if self.system.identity else None

    @property
    def _main_shows_keys(self) -> bool:
        identity = self.system.identity
        return identity is None or not identity.others or identity.api_key_header is not None

    def _does(self, endpoint: Endpoint, action: str) -> bool:
        return (
            endpoint.action if endpoint.kind is not Kind.GET else "read"
        ) == action and endpoint.kind is not Kind.LIST

    def _graphql_call(self, api: Api, entity: Entity, action: str, call: Data) -> Data:
        system = seen_by(self.system, api)
        entity = system.entity(entity.name)
        if action == "read":
            return query_call(system, entity)
        operation = self._operation(entity, action)
        given = call.get("body") if operation is None else self.arguments(operation)
        around = self._around(entity) if action == "create" else {}
        made = mutation_call(system, entity, action, given, operation, around)
        return made | {"nullable": True} if operation is not None and operation.returns_nullable else made

    def _operation(self, entity: Entity, action: str) -> Operation | None:
        return next(
            (
                endpoint.operation
                for endpoint in self._by_entity[entity.name]
                if endpoint.action == action and endpoint.operation
            ),
            None,
        )

    def _rest_call(self, endpoint: Endpoint) -> Data | None:
        call: Data = {"method": endpoint.method, "path": endpoint.path, **self._credential(endpoint.api)}
        if endpoint.operation is not None:
            call |= {"errors": self._errors(endpoint.operation), **_named(endpoint.operation)}
        elif endpoint.hook is not None:
            call |= {"errors": self._errors(endpoint.hook)}
        if (
            endpoint.kind is Kind.CREATE
            and endpoint.resource
            and endpoint.entity
            and endpoint.resource.create
        ):
            members = input_members(self.system, endpoint.entity, endpoint.resource.create)
            body = self.new.body(endpoint.entity, members)
            if "{" in endpoint.path:
                call["path"] = filled(endpoint.path, self._around(endpoint.entity))
            return None if body is None or "{" in call["path"] else call | {"body": body}
        if endpoint.kind is Kind.UPDATE:
            return call | {"body": {}}
        if endpoint.operation is not None:
            sent = request_of(endpoint.operation, endpoint.path, self.arguments(endpoint.operation))
            return call | {"path": sent.path, "headers": dict(sent.headers), "body": sent.body}
        return call

    def _around(self, entity: Entity) -> Data:
        """Return what names the rows that a new row is to stand under."""
        row = self.new.of(entity, "a")
        return around_values(self.new.world, entity, row) if row is not None else {}

    def _errors(self, operation: Operation | Hook) -> list[str]:
        """Return the codes of the errors that an operation may raise."""
        known = {error.name: error.code for error in self.system.errors}
        return sorted({known[raised.error] for raised in operation.errors})

    def _credential(self, api: Api) -> Data:
        """What callers of an api show: a token, an API key in a header (`credential`), or nothing at all."""
        keys = bool(self._header) and "api_key" in api.auth
        taken = {"api_key": keys} if self.system.identity is not None and self.system.identity.others else {}
        if "bearer" in api.auth:
            return {"credential": "bearer", **taken}
        return {"credential": self._header if keys and self._main_shows_keys else "", **taken}


def _named(operation: Operation) -> Data:
    """Say that arguments name rows: which of them a caller may name is asked after the policy of the operation. And that there may be
    nothing to answer with: what SQL finds is not known beforehand."""
    found: Data = {"names_rows": True} if any(each.refers for each in operation.parameters) else {}
    one = operation.returns is not None and not isinstance(operation.returns, ArrayType)
    if isinstance(operation.body, SqlBody) and one and not operation.returns_nullable:
        found["may_find_nothing"] = True
    return found
