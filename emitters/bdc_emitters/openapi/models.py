"""Schemas of bodies: a Read model per entity, Create and Update models per resource, structs, enums, pages."""

from collections.abc import Iterable
from typing import Any

from bdc.ir import (
    Api,
    CollectionField,
    Entity,
    EnumDecl,
    ExpandNode,
    FieldRule,
    Literal,
    ReferenceField,
    Resource,
    ScalarField,
    StructDecl,
    SystemIR,
    label_of,
)
from bdc.naming.distinct import aside
from bdc.policy.expression_text import in_words
from bdc.surface import (
    Endpoint,
    Kind,
    Member,
    bound_members,
    has_body,
    input_members,
    key_members,
    members_in,
    read_members,
    whole_body,
)
from bdc.surface.can import CAN, can_of
from bdc.surface.examples import constant
from bdc.surface.nearest import DISTANCE, tells_distance
from bdc_emitters.openapi.types import JSON_SCHEMA, NO_NUL, SEGMENT, Mode, Schema, nullable, ref, schema

NESTED_LIMIT = 200  # rows written together with their parent
EXPAND_LIMIT = 100  # related rows where the spec does not say


class Models:
    """Component schemas of one system. Names come out sorted, so that a new entity moves nothing else."""

    def __init__(
        self, system: SystemIR, endpoints: Iterable[Endpoint], payloads: dict[str, Schema] | None = None
    ) -> None:
        """`payloads`: of events, by name; what they hold of rows is never expanded, and encrypted values are null."""
        self._system = system
        self._in_events = payloads is not None
        self._expansions = {} if payloads is not None else _expansions(system)
        declared = {each.name for each in system.entities} | {each.name for each in system.structs}
        declared |= {each.name for each in system.enums}
        declared |= {each.entity.name for each in system.views} | {each.name for each in system.projections}
        rows = (*system.entities, *(each.entity for each in system.views), *system.projections)
        self._chosen = {each.name: aside(f"{each.name}Part", declared) for each in rows}
        self._cans = {each.name: aside(f"{each.name}Can", declared) for each in system.entities}
        self.schemas: dict[str, Schema] = dict(payloads or {})
        self._bodies(endpoints)
        self._follow()

    def page(self, resource: Resource, api: Api) -> str:
        """Return the name of the envelope of a list, adding it when it is new."""
        return f"{resource.entity}Page" + self._suffix(api)

    def row(self, endpoint: Endpoint) -> str:
        """Return the name of the schema of the rows that `endpoint` answers with; where callers choose members, none is required."""
        assert endpoint.entity is not None
        return self._chosen[endpoint.entity.name] if endpoint.selectable else endpoint.entity.name

    def body(self, endpoint: Endpoint) -> str | None:
        """Return the name of the schema of a request's body; None when the operation takes none."""
        suffix = self._suffix(endpoint.api)
        if endpoint.operation is not None:
            if not has_body(endpoint.operation):
                return None
            return f"{_pascal(endpoint.id)}Body"
        named = {Kind.CREATE: "Create", Kind.UPDATE: "Update"}.get(endpoint.kind)
        return f"{endpoint.tag}{named}{suffix}" if named else None

    def members(self, endpoint: Endpoint) -> tuple[Member, ...]:
        """Return what the body of `endpoint` may hold."""
        if endpoint.operation is not None:
            return members_in(endpoint.operation, "body")
        assert endpoint.resource is not None and endpoint.entity is not None
        partial = endpoint.kind is Kind.UPDATE
        shape = endpoint.resource.update if partial else endpoint.resource.create
        return input_members(self._system, endpoint.entity, shape, partial=partial) if shape else ()

    def _suffix(self, api: Api) -> str:
        return "" if api is self._system.apis[0] else _pascal(api.version)

    def _bodies(self, endpoints: Iterable[Endpoint]) -> None:
        for endpoint in endpoints:
            name = self.body(endpoint)
            if name:
                self.schemas[name] = self._body(endpoint)
            if endpoint.kind is Kind.LIST and endpoint.resource:
                name = self.page(endpoint.resource, endpoint.api)
                self.schemas[name] = _page(endpoint.resource, self.row(endpoint))
            if endpoint.operation is None and endpoint.kind is not Kind.DELETE and endpoint.entity:
                self.schemas.setdefault(self.row(endpoint), {})
            if endpoint.operation and endpoint.operation.returns:
                _note(self.schemas, schema(endpoint.operation.returns, Mode.READ))
            for bound in bound_members(endpoint.operation) if endpoint.operation else ():
                _note(self.schemas, schema(bound.type, Mode.WRITE))

    def _body(self, endpoint: Endpoint) -> Schema:
        whole = whole_body(endpoint.operation) if endpoint.operation else None
        return self._sent(whole) if whole is not None else self._input(endpoint, self.members(endpoint))

    def _input(self, endpoint: Endpoint, members: tuple[Member, ...]) -> Schema:
        made = _object(
            members, lambda member: self._sent(member, keep_default=endpoint.kind is not Kind.UPDATE)
        )
        if endpoint.entity and endpoint.operation is None:
            verb = (
                "is created from"
                if endpoint.kind is Kind.CREATE
                else "can change: members left out stay as they are"
            )
            made["description"] = f"What a row of {endpoint.entity.name} {verb}."
        if endpoint.entity and endpoint.kind is Kind.CREATE:
            for part in key_members(self._system, endpoint.entity):
                _in_address(made["properties"].get(part.name, {}))
        return made

    def _sent(self, member: Member, *, keep_default: bool = True) -> Schema:
        if member.nested is not None:
            least = {"minItems": 1} if member.required else {}
            rows = _object(member.nested, self._sent)
            return _described({"type": "array", **least, "maxItems": NESTED_LIMIT, "items": rows}, member)
        assert member.type is not None
        made = schema(member.type, Mode.WRITE)
        if member.linked:
            made = _beside(made, "maxItems", NESTED_LIMIT)
        made = nullable(made) if member.nullable else made
        if keep_default and isinstance(member.default, Literal) and member.default.value is not None:
            made = _beside(made, "default", member.default.plain)
        written = member.rule.write if member.rule else None
        note = f"Written by {', '.join(written.roles)}." if written else ""
        return _described(made, member, note)

    def sent(self, members: Iterable[Member]) -> Schema:
        """Return the schema of a body with `members`, and add what it refers to."""
        made = _object(members, self._sent)
        _note(self.schemas, made)
        self._follow()
        return made

    def _follow(self) -> None:
        """Fill in every schema that is referred to and not there yet, until nothing is missing."""
        waiting = list(self.schemas)
        _note(self.schemas, *(self.schemas[name] for name in waiting))
        while waiting := [name for name, found in self.schemas.items() if not found]:
            for name in waiting:
                self.schemas[name] = self._named(name)
                _note(self.schemas, self.schemas[name])

    def _named(self, name: str) -> Schema:
        if name == "Json":
            return JSON_SCHEMA
        for enum in self._system.enums:
            if enum.name == name:
                return _enum(enum)
        for struct in self._system.structs:
            if name in (struct.name, f"{struct.name}Input"):
                return self._struct(struct, Mode.READ if name == struct.name else Mode.WRITE)
        for entity, chosen in self._chosen.items():
            if name == chosen:
                made = self._entity(self._system.entity(entity))
                del made["required"]
                made["description"] = (
                    f"The members of a row of {entity} that were asked for: all without `fields`."
                )
                return made
        for entity, can in self._cans.items():
            if name == can:
                return self._can(entity)
        return self._entity(self._system.entity(name))

    def _can(self, entity: str) -> Schema:
        names = can_of(self._system, entity)
        made: Schema = {"type": "object", "description": f"What the caller may do with a row of {entity}."}
        made["properties"] = {name: {"type": "boolean"} for name in names}
        return made | {"required": list(names)}

    def _struct(self, struct: StructDecl, mode: Mode) -> Schema:
        members = tuple(
            Member(
                field.name,
                field.type,
                field.nullable,
                not field.nullable and field.default is None,
                field.doc,
            )
            for field in struct.fields
        )

        def one(member: Member) -> Schema:
            made = schema(member.type, mode) if member.type else {}
            return _described(nullable(made) if member.nullable else made, member)

        return _described_by(struct.doc, _object(members, one))

    def _entity(self, entity: Entity) -> Schema:
        members = read_members(self._system, entity)
        made = _object(members, _shown)
        made["required"] = [member.name for member in members]
        for name in _sealed(entity) if self._in_events else ():
            made["properties"][name] = nullable(made["properties"][name])
        for node in self._expansions.get(entity.name, ()):
            made["properties"][node.field] = self._expanded(entity, node)
        if tells_distance(self._system, entity.name) and not self._in_events:
            text = "There when asked for (`_distance`)."
            made["properties"][DISTANCE] = {"description": text, "type": ["number", "null"]}
        if can_of(self._system, entity.name) and not self._in_events:
            text = "There when asked for (`_can`)."
            made["properties"][CAN] = {"description": text, "allOf": [ref(self._cans[entity.name])]}
        return _described_by(entity.doc, made)

    def _expanded(self, entity: Entity, node: ExpandNode) -> Schema:
        field = entity.field(node.field)
        if isinstance(field, ReferenceField):
            text = "There when asked for (`expand`); null when the caller may not see it."
            return {"description": text, "anyOf": [ref(field.target), {"type": "null"}]}
        assert isinstance(field, CollectionField)
        text = "There when asked for (`expand`)."
        most = node.max or EXPAND_LIMIT
        return {"description": text, "type": "array", "maxItems": most, "items": ref(field.target)}


def _sealed(entity: Entity) -> tuple[str, ...]:
    return tuple(
        each.name
        for each in entity.fields
        if isinstance(each, ScalarField) and each.encrypted and not each.hidden
    )


def _in_address(made: Schema) -> None:
    """Narrow a text that is part of a row's address: it is not empty, `.` or `..`."""
    if made.get("pattern") == NO_NUL:
        made["pattern"] = SEGMENT
        made.setdefault("minLength", 1)


def _page(resource: Resource, row: str) -> Schema:
    cursor = {
        "type": ["string", "null"],
        "maxLength": 2048,
        "description": "Give it as `cursor` to get the next page; null on the last one.",
    }
    rows = {"type": "array", "maxItems": resource.page.max, "items": ref(row)}
    by_offset = resource.page.kind == "offset"
    total = {
        "type": "integer",
        "format": "int64",
        "minimum": 0,
        "description": "Rows on all pages." if by_offset else "Rows on all pages; with `?total=true`.",
    }
    totals = {"total": total} if resource.page.total else {}
    members = {"items": rows} if by_offset else {"items": rows, "next_cursor": cursor}
    return {
        "type": "object",
        "description": f"A page of {resource.entity}.",
        "additionalProperties": False,
        "required": [*members, *(totals if by_offset else ())],
        "properties": members | totals,
    }


def _enum(enum: EnumDecl) -> Schema:
    notes = [
        f"- `{label_of(value)}`: {value.doc or value.deprecated}"
        for value in enum.values
        if value.doc or value.deprecated
    ]
    labels = [label_of(value) for value in enum.values]
    made: Schema = {"type": "string", "enum": labels}
    if not all(map(_can_be_spelled, labels)):
        made["x-enum-varnames"] = _constants(enum)
    return _described_by("\n".join([*([enum.doc] if enum.doc else []), *notes]), made)


def _can_be_spelled(label: str) -> bool:
    """Whether client generators make a constant of a label: they spell ASCII out and keep what a name may hold."""
    return all(char.isascii() or f"a{char}".isidentifier() for char in label)


def _constants(enum: EnumDecl) -> list[str]:
    """Return what clients call the values: the names they have in the specification."""
    upper = [value.name.upper() for value in enum.values]
    return upper if len({*upper}) == len(upper) else [value.name for value in enum.values]


def _object(members: Iterable[Member], one: Any) -> Schema:
    members = tuple(members)
    made: Schema = {"type": "object", "additionalProperties": False}
    required = [member.name for member in members if member.required]
    if required:
        made["required"] = required
    made["properties"] = {member.name: one(member) for member in members}
    return made


def _shown(member: Member) -> Schema:
    assert member.type is not None
    made = schema(member.type, Mode.READ)
    made = nullable(made) if member.nullable else made
    note = ""
    if member.rule and member.rule.read:
        made, note = _masked(made, member.rule)
    return _described(made, member, note)


def _masked(made: Schema, rule: FieldRule) -> tuple[Schema, str]:
    """Return the schema with room for what a reader without the grant sees, and a note that says so."""
    assert rule.read is not None
    readers = ", ".join(rule.read.roles)
    if rule.mask is None:
        return nullable(made), f"Seen by {readers}; others get null."
    note = f"Seen by {readers}; others get {in_words(rule.mask)}."
    if not isinstance(rule.mask, Literal) or _fits(made, rule.mask.value):
        return made, note
    return {"anyOf": [made, {"const": rule.mask.value}]}, note


def _fits(made: Schema, value: object) -> bool:
    kinds = made.get("type", ())
    if not isinstance(value, str) or "string" not in ([kinds] if isinstance(kinds, str) else kinds):
        return False
    if "pattern" in made or "format" in made or "enum" in made:
        return False
    return bool(made.get("minLength", 0) <= len(value) <= made.get("maxLength", len(value)))


def _described(made: Schema, member: Member, note: str = "") -> Schema:
    text = " ".join(part for part in (member.doc, note, _gone(member)) if part)
    if text:
        made = _beside(made, "description", text)
    if member.deprecated:
        made = _beside(made, "deprecated", True)
    if member.examples:
        made = _beside(made, "examples", [constant(each, member.type) for each in member.examples])
    return made


def _gone(member: Member) -> str:
    return f"Deprecated: {member.deprecated}." if member.deprecated else ""


def _beside(made: Schema, keyword: str, value: Any) -> Schema:
    """JSON Schema 2020-12 lets keywords stand beside a `$ref`."""
    return {**made, keyword: value}


def _described_by(text: str, made: Schema) -> Schema:
    return {"description": text, **made} if text else made


def _note(schemas: dict[str, Schema], *found: Any) -> None:
    """Enter every component that `found` refers to."""
    for part in found:
        if isinstance(part, dict):
            target = part.get("$ref")
            if isinstance(target, str):
                schemas.setdefault(target.rsplit("/", 1)[1], {})
            _note(schemas, *part.values())
        elif isinstance(part, list):
            _note(schemas, *part)


def _expansions(system: SystemIR) -> dict[str, tuple[ExpandNode, ...]]:
    """Which relations can appear inside each entity's rows: a row looks the same wherever it stands."""
    found: dict[str, dict[str, ExpandNode]] = {}

    def enter(entity: str, nodes: Iterable[ExpandNode]) -> None:
        for node in nodes:
            known = found.setdefault(entity, {}).get(node.field)
            most = max(node.max or 0, known.max or 0 if known else 0) or None
            found[entity][node.field] = ExpandNode(field=node.field, max=most)
            field = system.entity(entity).field(node.field)
            enter(getattr(field, "target", entity), node.children)

    for api in system.apis:
        for resource in api.resources:
            enter(resource.entity, resource.expand)
    return {entity: tuple(nodes[name] for name in sorted(nodes)) for entity, nodes in found.items()}


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))
