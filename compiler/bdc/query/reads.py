"""Fragments of reads: for every entity that an api can reach, what the composer chooses from."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.ir import (
    ArrayType,
    CollectionField,
    Entity,
    EntityField,
    EntityType,
    ExpandNode,
    ReferenceField,
    Resource,
    Stamp,
    SystemIR,
    Type,
)
from bdc.query.claims import claim_placeholder, placeholder_role_test
from bdc.query.compiled import (
    ALIAS,
    RELATED,
    EntityRead,
    ReadKey,
    ReadMember,
    ReadRelation,
    ReadRule,
)
from bdc.query.filters import Filters
from bdc.query.members import member_sources
from bdc.query.names import column_text, quote
from bdc.query.openings import Opening
from bdc.query.policy import Policies
from bdc.query.relations import deletion_column, key_columns, key_parts, tenant_column
from bdc.query.rowjson import mask_text
from bdc.query.scope import Names, Scope
from bdc.query.searches import Searches
from bdc.query.trees import equal, is_constant, print_sql
from bdc.query.types import sql_type

THROUGH = "«t»"
Pairs = tuple[tuple[str, str], ...]
NEVER = (ReadRule(None, "false"),)


def compile_reads(
    system: SystemIR, policies: Policies, searches: Searches, *, inline: bool
) -> tuple[EntityRead, ...]:
    """Return the fragments of every entity in reach of an api, in the order of declaration."""
    reached = _reached(system)
    reads = Reads(system, policies, searches, inline=inline)
    return tuple(reads.entity(entity) for entity in system.entities if entity.name in reached)


def _reached(system: SystemIR) -> set[str]:
    """Entities that resources and operations name, and all that relations lead to from there."""
    waiting = [resource.entity for api in system.apis for resource in api.resources]
    waiting.extend(
        name
        for api in system.apis
        for operation in api.operations
        for name in _entities_in(operation.returns)
    )
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(target for field in system.entity(name).fields for target in _targets(field))
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


class Reads:
    """Makes the fragments of one entity after another."""

    def __init__(self, system: SystemIR, policies: Policies, searches: Searches, *, inline: bool) -> None:
        self._system = system
        self._policies = policies
        self._searches = searches
        self._inline = inline
        self._role_test = placeholder_role_test(system)
        self._filters = Filters(system, policies, inline=inline)
        self._resources: dict[str, list[Resource]] = {}
        for api in system.apis:
            for resource in api.resources:
                self._resources.setdefault(resource.entity, []).append(resource)
        self._expands = self._bounds()

    def entity(self, entity: Entity) -> EntityRead:
        scope = self._scope(entity)
        resources = self._resources.get(entity.name, [])
        table = self._system.table(entity.table)
        searched = tuple(dict.fromkeys(name for resource in resources for name in resource.search))
        return EntityRead(
            entity=entity.name,
            table=quote(entity.table),
            keys=tuple(
                ReadKey(part.member, part.column, sql_type(table.column(part.column).type))
                for part in key_parts(entity)
            ),
            base=self._base(entity),
            scope=self._row_scope(scope, entity) if self._inline else "",
            allow=self._allow(scope, entity),
            deny=self._rules(scope, self._policies.openings.deny(entity.name, "read"))
            if self._inline
            else (),
            members=tuple(self._members(scope, entity)),
            relations=tuple(self._relations(scope, entity)),
            filters=self._filters.filters(scope, entity, resources),
            sorts=self._filters.sorts(scope, entity, resources),
            search=self._searches.condition(entity, searched) if searched else None,
            search_fields=searched,
            version=self._version(entity),
        )

    def _scope(self, entity: Entity) -> Scope:
        return Scope(self._system, claim=claim_placeholder, role_test=self._role_test, names=Names("r")).at(
            entity.name, ALIAS
        )

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
        return self._rules(scope, self._policies.openings.allow(entity.name, "read")) or NEVER

    def _rules(self, scope: Scope, openings: tuple[Opening, ...]) -> tuple[ReadRule, ...]:
        found: dict[ReadRule, None] = {}
        for opening in openings:
            tree = self._policies.condition(opening, scope, "read")
            if not is_constant(tree, False):
                found[ReadRule(opening.roles, "" if is_constant(tree, True) else print_sql(tree))] = None
        return tuple(found)

    def _members(self, scope: Scope, entity: Entity) -> Iterator[ReadMember]:
        for member in member_sources(scope):
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
            )

    def _visible(self, scope: Scope, entity: Entity, field: str) -> tuple[ReadRule, ...] | None:
        """Return who sees a field; None when every reader of the row does."""
        rule = self._policies.openings.field_rule(entity.name, field)
        if rule is None or rule.read is None:
            return None
        label = f"{entity.name}_{field}_read".lower()
        return self._rules(scope, self._policies.openings.of_grant(entity.name, rule.read, label))

    def _relations(self, scope: Scope, entity: Entity) -> Iterator[ReadRelation]:
        for field in entity.fields:
            match field:
                case ReferenceField():
                    found = self._reference(entity, field)
                case CollectionField():
                    found = self._collection(entity, field)
                case _:
                    continue
            yield replace(found, visible=self._visible(scope, entity, field.name))

    def _reference(self, entity: Entity, field: ReferenceField) -> ReadRelation:
        pairs = tuple(zip(field.columns, field.target_columns, strict=True))
        return ReadRelation(
            name=field.name,
            target=field.target,
            many=False,
            join=_matches(ALIAS, pairs, RELATED),
            nullable=True,
            implied=self._follows(entity.name, field.target, pairs),
        )

    def _collection(self, entity: Entity, field: CollectionField) -> ReadRelation:
        target = self._system.entity(field.target)
        order = ", ".join(column_text(RELATED, name) for name in key_columns(target))
        made = ReadRelation(
            field.name,
            target.name,
            many=True,
            join="",
            nullable=False,
            max=self._expands.get((entity.name, field.name)),
            order=order,
        )
        if field.through is not None:
            return self._through(entity, field, made, self._system.entity(field.through))
        back = _pairs(target.field(field.inverse), flipped=True)
        return replace(
            made,
            join=_matches(ALIAS, back, RELATED),
            guarded_by_parent=self._inline and self._guarded(entity, target, field.inverse, back),
            implied=self._follows(entity.name, target.name, back),
        )

    def _through(
        self, entity: Entity, field: CollectionField, made: ReadRelation, link: Entity
    ) -> ReadRelation:
        near, far = _pairs(link.field(field.inverse), flipped=True), _pairs(link.field(field.far or ""))
        implied = self._follows(entity.name, link.name, near) and self._follows(link.name, field.target, far)
        return replace(
            made,
            join=f"{_matches(ALIAS, near, THROUGH)} and {_matches(THROUGH, far, RELATED)}",
            through=f"{quote(link.table)} as {THROUGH}",
            through_entity=link.name,
            implied=implied,
        )

    def _follows(self, source: str, target: str, pairs: Pairs) -> bool:
        return self._inline and self._policies.scope_follows(source, target, pairs)

    def _guarded(self, parent: Entity, child: Entity, inverse: str, pairs: Pairs) -> bool:
        """Whether being in a readable parent's collection is all that the child's rules ask."""
        openings = self._policies.openings
        if openings.deny(child.name, "read") or not self._policies.scope_follows(
            parent.name, child.name, pairs
        ):
            return False
        policy = self._system.policy(child.name)
        return policy is not None and any(
            rule.effect == "allow"
            and "read" in rule.actions
            and rule.via == inverse
            and (rule.via_action or "read") == "read"
            and rule.condition is None
            for rule in policy.rules
        )

    def _version(self, entity: Entity) -> str | None:
        for field in entity.fields:
            if field.kind == "scalar" and field.stamp is Stamp.VERSION:
                return field.column
        return None

    def _bounds(self) -> dict[tuple[str, str], int]:
        """The largest bound that any expand declares for a collection."""
        found: dict[tuple[str, str], int] = {}

        def walk(entity: str, nodes: tuple[ExpandNode, ...]) -> None:
            for node in nodes:
                field = self._system.entity(entity).field(node.field)
                if isinstance(field, ReferenceField | CollectionField):
                    if node.max is not None:
                        found[entity, node.field] = max(node.max, found.get((entity, node.field), 0))
                    walk(field.target, node.children)

        for name, resources in self._resources.items():
            for resource in resources:
                walk(name, resource.expand)
        return found


def _matches(left: str, pairs: Pairs, right: str) -> str:
    return " and ".join(f"{column_text(right, theirs)} = {column_text(left, ours)}" for ours, theirs in pairs)


def _pairs(field: EntityField, *, flipped: bool = False) -> Pairs:
    """Return the columns of a reference beside those they refer to, or the other way round."""
    if not isinstance(field, ReferenceField):
        raise TypeError(f"{field.name} is not a reference")
    ours, theirs = field.columns, field.target_columns
    return tuple(zip(theirs, ours, strict=True) if flipped else zip(ours, theirs, strict=True))
