"""Fragments of reads: for every entity that an api can reach, what the composer chooses from."""

from collections import Counter
from collections.abc import Iterator

from bdc.ir import (
    ArrayType,
    CollectionField,
    Entity,
    EntityField,
    EntityType,
    ReferenceField,
    Resource,
    ScalarType,
    Stamp,
    SystemIR,
    Type,
)
from bdc.ir.compiled import (
    ALIAS,
    EntityRead,
    ReadKey,
    ReadMember,
    ReadParent,
    ReadRelation,
    ReadRule,
)
from bdc.policy import PolicyClause
from bdc.query.aggregates import SharedAggregates
from bdc.query.can import can_member
from bdc.query.claims import claim_placeholder, placeholder_role_test
from bdc.query.filters import Filters
from bdc.query.joins import Joins
from bdc.query.members import member_sources
from bdc.query.names import column_text, quote, relation
from bdc.query.nearest import nearest
from bdc.query.policy import Policies
from bdc.query.read_guard import ReadGuard
from bdc.query.relations import address_parts, deletion_column, key_parts, tenant_column
from bdc.query.rowjson import mask_text
from bdc.query.scope import Names, Scope
from bdc.query.searches import Searches
from bdc.query.trees import equal, is_constant, print_sql
from bdc.query.types import compared_type
from bdc.source.records import replace
from bdc.surface.addresses import Around, around, is_by_key
from bdc.surface.relay import NODE, has_node

NEVER = (ReadRule(None, "false"),)


def compile_reads(
    system: SystemIR, policies: Policies, searches: Searches, *, inline: bool
) -> tuple[EntityRead, ...]:
    """Return the fragments of every entity in reach of an api, in the order of declaration."""
    reached = _reached(system)
    every = (*system.entities, *(view.entity for view in system.views), *system.projections)
    reads = Reads(system, policies, searches, inline=inline)
    return tuple(reads.entity(entity) for entity in every if entity.name in reached)


def _key(member: str, column: str, logical: Type) -> ReadKey:
    kind = logical.scalar.value if isinstance(logical, ScalarType) else "string"
    return ReadKey(member, quote(column), compared_type(logical), kind)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _reached(system: SystemIR) -> set[str]:
    """Entities that resources and operations name, and all that relations lead to from there."""
    waiting = [resource.entity for api in system.apis for resource in api.resources]
    waiting += [resource.parent for api in system.apis for resource in api.resources if resource.parent]
    waiting.extend(
        name
        for api in system.apis
        for operation in (*api.operations, *(each for found in api.resources for each in found.custom))
        for name in _entities_in(operation.returns)
    )
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            shown = (field for field in system.entity(name).fields if not field.hidden)
            waiting.extend(target for field in shown for target in _targets(field))
    return reached


def _targets(field: EntityField) -> Iterator[str]:
    if isinstance(field, ReferenceField | CollectionField):
        yield field.target
    if isinstance(field, CollectionField) and field.through is not None:
        yield field.through


def _entities_in(logical: Type | None) -> Iterator[str]:
    if isinstance(logical, EntityType):
        yield logical.name
    elif isinstance(logical, ArrayType):
        yield from _entities_in(logical.item)


def _looks(scope: Scope, sight: ReadGuard | None) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the members whose aggregates are over the same rows as those of another: `look` and `looked` of each."""
    assert scope.row is not None
    shared = SharedAggregates(scope.row.alias, inner="r")
    found = [(member, shared.asked()) for member in member_sources(replace(scope, aggregate=shared), sight)]
    alone = [(member, min(asked)) for member, asked in found if len(asked) == 1]
    uses = Counter(position for _, position in alone)
    for member, position in alone:
        if uses[position] > 1:
            yield member.name, {"look": shared.source(position), "looked": member.json.text}


class Reads:
    """Makes the fragments of one entity after another."""

    def __init__(self, system: SystemIR, policies: Policies, searches: Searches, *, inline: bool) -> None:
        self._system = system
        self._policies = policies
        self._searches = searches
        self._inline = inline
        self._role_test = placeholder_role_test(system)
        self._sight = ReadGuard(policies) if inline else None
        self._filters = Filters(system, policies, inline=inline)
        self._resources: dict[str, list[Resource]] = {}
        for api in system.apis:
            for resource in api.resources:
                self._resources.setdefault(resource.entity, []).append(resource)
        self._telling = {
            resource.entity: [each for each in api.resources if self._are_alike(each, resource)]
            for api in system.apis
            for resource in api.resources
        }
        self._joins = Joins(system, policies, inline=inline)

    def _are_alike(self, first: Resource, second: Resource) -> bool:
        """Whether two resources of one api show the same rows: what one says of them, `_can`, is a member of both."""
        return self._system.stored(first.entity) == self._system.stored(second.entity)

    def entity(self, entity: Entity) -> EntityRead:
        scope = self._scope(entity)
        resources = self._resources.get(entity.name, [])
        table = self._system.table(entity.table)
        fuzzy = any(resource.search_fuzzy for resource in resources)
        searched = tuple(dict.fromkeys(name for resource in resources for name in resource.search))
        return EntityRead(
            entity=entity.name,
            table=relation(entity),
            keys=tuple(
                _key(part.member, part.column, table.column(part.column).type) for part in key_parts(entity)
            ),
            address=self._address(entity),
            parents=tuple(map(self._parent, around(self._system, entity))),
            base=self._base(entity),
            scope=self._row_scope(scope, entity) if self._inline else "",
            allow=self._allow(scope, entity),
            deny=self._rules(replace(scope, denying=True), self._policies.clauses.deny(entity.name, "read"))
            if self._inline
            else (),
            members=(
                *self._members(scope, entity),
                *self._can(scope, entity, self._telling.get(entity.name, [])),
                *self._node(entity),
            ),
            relations=tuple(self._relations(scope, entity)),
            filters=self._filters.filters(scope, entity, resources),
            sorts=self._filters.sorts(scope, entity, resources),
            search=self._searches.condition(entity, searched, fuzzy=fuzzy) if searched else None,
            search_fields=searched,
            **self._searching(entity, resources, searched),
            nearest=tuple(nearest(entity, resources)),
            version=self._version(entity),
        )

    def _address(self, entity: Entity) -> tuple[ReadKey, ...]:
        if is_by_key(self._system, entity):
            return ()
        table = self._system.table(entity.table)
        parts = address_parts(self._system, entity)
        return tuple(_key(part.member, part.column, table.column(part.column).type) for part in parts)

    def _parent(self, parent: Around) -> ReadParent:
        table = self._system.table_of(parent.entity.name)
        join = self._joins.reference(parent.child, parent.reference).join
        parts = address_parts(self._system, parent.entity)
        keys = (
            _key(name, part.column, table.column(part.column).type)
            for name, part in zip(parent.names, parts, strict=True)
        )
        return ReadParent(parent.entity.name, join, tuple(keys))

    def _searching(
        self, entity: Entity, resources: list[Resource], fields: tuple[str, ...]
    ) -> dict[str, str]:
        """Return the fragments that only some searches need."""
        found: dict[str, str] = {}
        for resource in resources:
            if resource.search and resource.search_prefix:
                fuzzy = resource.search_fuzzy
                found["search_prefix"] = self._searches.condition(entity, fields, prefix=True, fuzzy=fuzzy)
            if resource.search and resource.search_rank:
                prefix = resource.search_prefix
                name = "rank_prefix" if prefix else "rank"
                found[name] = self._searches.rank(entity, fields, prefix=prefix, fuzzy=resource.search_fuzzy)
        return found

    def _scope(self, entity: Entity) -> Scope:
        return Scope(
            self._system,
            claim=claim_placeholder,
            role_test=self._role_test,
            own=self._policies.terms.own,
            names=Names("r"),
        ).at(entity.name, ALIAS)

    def _base(self, entity: Entity) -> str:
        column = deletion_column(entity)
        return f"{column_text(ALIAS, column)} is null" if column else ""

    def _row_scope(self, scope: Scope, entity: Entity) -> str:
        """The scope, or the tenant where no scope is written."""
        policy = self._system.policy(entity.name)
        if policy is not None and policy.scope is not None:
            return print_sql(self._policies.scope_of(scope, entity.name))
        column, identity = tenant_column(self._system, entity), self._system.identity
        if column is None or identity is None or identity.tenant_claim is None:
            return ""
        assert scope.row is not None
        return print_sql(
            equal(scope.row.column(column), claim_placeholder(self._system, identity.tenant_claim))
        )

    def _allow(self, scope: Scope, entity: Entity) -> tuple[ReadRule, ...]:
        if not self._inline:
            return (ReadRule(None),)
        return self._rules(scope, self._policies.clauses.allow(entity.name, "read")) or NEVER

    def _rules(self, scope: Scope, clauses: tuple[PolicyClause, ...]) -> tuple[ReadRule, ...]:
        found: dict[ReadRule, None] = {}
        for clause in clauses:
            tree = self._policies.condition(clause, scope, "read")
            if not is_constant(tree, False):
                found[ReadRule(clause.roles, "" if is_constant(tree, True) else print_sql(tree))] = None
        return tuple(found)

    def _members(self, scope: Scope, entity: Entity) -> Iterator[ReadMember]:
        looks = dict(_looks(scope, self._sight))
        for member in member_sources(scope, self._sight):
            visible = self._visible(scope, entity, member.field)
            mask = (
                "'null'" if visible is None else mask_text(self._policies, scope, entity.name, member.field)
            )
            json = member.json
            yield ReadMember(
                name=member.name,
                field=member.field,
                sql=member.sql,
                sql_type=member.sql_type,
                json=member.kind,
                prefix=json.prefix,
                text=json.text,
                suffix=json.suffix,
                nullable=member.nullable,
                encrypted=member.encrypted,
                computed=member.computed,
                visible=visible,
                mask=mask,
                **looks.get(member.name, {}),
            )

    def _can(self, scope: Scope, entity: Entity, resources: list[Resource]) -> Iterator[ReadMember]:
        member = can_member(self._system, self._policies, scope, entity, resources)
        if member is not None:
            yield member

    def _node(self, entity: Entity) -> Iterator[ReadMember]:
        """Yield the global id, where rows have one."""
        if has_node(self._system, entity):
            keys = "".join(f", «a».{quote(part.column)}" for part in key_parts(entity))
            listed = f"jsonb_build_array({_literal(entity.stored)}{keys})::text"
            sql = f"translate(encode(convert_to({listed}, 'UTF8'), 'base64'), '+/=' || chr(10), '-_')"
            yield ReadMember(NODE, NODE, sql, "text", "plain", '"', sql, '"', nullable=False)

    def _visible(self, scope: Scope, entity: Entity, field: str) -> tuple[ReadRule, ...] | None:
        """Return the condition to see a field; None when every reader of the row does."""
        rule = self._policies.clauses.field_rule(entity.name, field)
        if rule is None or rule.read is None:
            return None
        label = f"{entity.name}_{field}_read".lower()
        return self._rules(scope, self._policies.clauses.of_grant(entity.name, rule.read, label))

    def _relations(self, scope: Scope, entity: Entity) -> Iterator[ReadRelation]:
        for field in entity.fields:
            if field.hidden:
                continue
            match field:
                case ReferenceField():
                    found = self._joins.reference(entity, field)
                case CollectionField():
                    found = self._joins.collection(entity, field)
                case _:
                    continue
            yield replace(found, visible=self._visible(scope, entity, field.name))

    def _version(self, entity: Entity) -> str | None:
        for field in entity.fields:
            if field.kind == "scalar" and field.stamp is Stamp.VERSION:
                return field.column
        return None
