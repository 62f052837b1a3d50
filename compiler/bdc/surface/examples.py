"""Examples that satisfy every constraint: taken from the seeds where they say something, else made from the types."""

import re
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from bdc.ir import (
    ArrayType,
    CollectionField,
    ComputedField,
    Entity,
    EntityType,
    EnumType,
    Expr,
    ListLiteral,
    Literal,
    Machine,
    Operation,
    Scalar,
    ScalarField,
    ScalarType,
    Stamp,
    StructType,
    SystemIR,
    Type,
    label_of,
    vector_length,
)
from bdc.ir.decimals import with_places
from bdc.ir.physical import base_name
from bdc.surface.addresses import around_fields
from bdc.surface.members import Member, address_members, around_members, parameter_members, read_members
from bdc.surface.patterns import text_matching
from bdc.surface.seed_keys import row_key

_FIXED: dict[Scalar, Any] = {
    Scalar.BOOL: True,
    Scalar.DATE: "2026-01-31",
    Scalar.TIME: "09:30:00",
    Scalar.TIMESTAMP: "2026-01-31T09:30:00+00:00",
    Scalar.DURATION: "PT15M",
    Scalar.JSON: {"note": "any JSON"},
    Scalar.BYTES: "YmRz",
}
_FORMATS = {
    "email": "ann@example.test",
    "uri": "https://example.test/",
    "hostname": "example.test",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


class Examples:
    """Examples of one system. All are deterministic; rows that refer to each other carry each other's keys."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        self._seeded = _seed_values(system)
        self._types: dict[tuple[Type, str], Any] = {}
        self._keys: dict[str, str] = {}
        self._fields: dict[tuple[str, str | None, str], tuple[Entity, Type, Any]] = {}

    def row(self, entity: Entity) -> dict[str, Any]:
        """Return the body of an answer about one row."""
        return {member.name: self.member(entity, member) for member in read_members(self._system, entity)}

    def key(self, entity: Entity) -> dict[str, Any]:
        """Return the path parameters of that row."""
        own = {member.name: self.member(entity, member) for member in address_members(self._system, entity)}
        return self.around(entity) | own

    def around(self, entity: Entity) -> dict[str, Any]:
        """Return the path parameters of the rows that it stands under."""
        named = zip(around_fields(self._system, entity), around_members(self._system, entity), strict=True)
        return {
            name: self.member(owner, replace(member, name=member.field)) for (name, owner, _), member in named
        }

    def body(self, entity: Entity | None, members: tuple[Member, ...]) -> dict[str, Any]:
        """Return a body that a caller may send."""
        return {member.name: self.member(entity, member) for member in members}

    def arguments(self, operation: Operation) -> dict[str, Any]:
        return self.body(None, parameter_members(operation))

    def result(self, operation: Operation) -> Any:
        """Return the body of the answer to `operation`: a row it moves along is in its new state."""
        body = self.answer(operation.returns)
        machine = self._system.machine(operation.entity) if operation.entity else None
        for step in machine.transitions if machine else ():
            returned = operation.returns.name if isinstance(operation.returns, EntityType) else None
            if machine and step.operation == operation.name and returned == machine.entity:
                body[machine.field] = step.target
        return body

    def answer(self, logical: Type | None) -> Any:
        """Return the body of an answer of type `logical`."""
        if isinstance(logical, EntityType):
            return self.row(self._system.entity(logical.name))
        if isinstance(logical, ArrayType):
            return [self.answer(logical.item)]
        return None if logical is None else self.value(logical, "result")

    def member(self, entity: Entity | None, member: Member) -> Any:
        """Return an example of one member of a body about `entity` (None: an argument)."""
        if member.nested is not None:
            return [self.body(self._nested_entity(entity, member), member.nested)]
        if member.type is None:
            raise TypeError(f"member `{member.name}` has neither a type nor rows")
        if entity is None:
            return self.value(member.type, member.name)
        return self._of_field(entity, member, member.type)

    def _of_field(self, entity: Entity, member: Member, logical: Type) -> Any:
        """Documents and tests ask for the same value a dozen times; one that cannot be changed is kept, with the type that it is of."""
        place = entity.name, member.field, member.name
        kept = self._fields.get(place)
        if kept is not None and kept[0] is entity and kept[1] is logical:
            return kept[2]
        known = self._known(entity, member)
        found = self.value(logical, member.name) if known is None else known
        if isinstance(found, str | int | float):
            self._fields[place] = entity, logical, found
        return found

    def value(self, logical: Type, name: str) -> Any:
        """Return an example of a type; `name` makes one uuid or text differ from another."""
        if isinstance(logical, EnumType):
            return label_of(self._system.enum(logical.name).values[0])
        if isinstance(logical, StructType):
            fields = self._system.struct(logical.name).fields
            return {field.name: self.value(field.type, field.name) for field in fields}
        if isinstance(logical, EntityType):
            return self.row(self._system.entity(logical.name))
        if isinstance(logical, ArrayType):
            return [self.value(logical.item, name)] * (vector_length(logical) or 1)
        return self._scalar(logical, name)

    def _scalar(self, logical: ScalarType, name: str) -> Any:
        key = (logical, name)
        found = self._types.get(key)
        if found is None:
            found = self._types[key] = scalar_example(logical, name)
        return found

    def _nested_entity(self, entity: Entity | None, member: Member) -> Entity | None:
        target = getattr(entity.field(member.field), "target", None) if entity else None
        return self._system.entity(target) if target else None

    def _known(self, entity: Entity, member: Member) -> Any:
        """A value that says something about this row: its key, a key it refers to, its state, what a seed gives it."""
        field = entity.field(member.field)
        target = getattr(field, "target", None)
        if isinstance(field, CollectionField):
            return self._linked(field, member)
        if target is not None:
            return self._key_value(target, member)
        if member.field in entity.key and _is_uuid(member.type):
            return self._uuid(entity.name)
        if isinstance(field, ScalarField) and field.stamp is Stamp.VERSION:
            return 1
        if isinstance(field, ScalarField) and field.examples:
            return constant(field.examples[0], member.type)
        machine = self._system.machine(entity.name)
        if machine and machine.field == member.field:
            return machine.initial or _first_state(machine)
        return self._from_seed(entity, member, field)

    def _linked(self, field: CollectionField, member: Member) -> list[Any]:
        """Values that name rows of the far side: of a key, that of the row in examples."""
        assert isinstance(member.type, ArrayType)
        if _is_uuid(member.type.item):
            return [self._uuid(field.target)]
        return [self.value(member.type.item, member.name)]

    def _from_seed(self, entity: Entity, member: Member, field: object) -> Any:
        if isinstance(field, ComputedField):
            return None
        value = self._seeded.get((entity.name, member.field))
        if value is None and isinstance(field, ScalarField) and isinstance(field.default, Literal):
            value = field.default.plain
        return None if value is None else _as_json(value, member.type)

    def _key_value(self, target: str, member: Member) -> Any:
        if _is_uuid(member.type):
            return self._uuid(target)
        return self.value(member.type, member.name) if member.type else None

    def _uuid(self, entity: str) -> str:
        if entity not in self._keys:
            self._keys[entity] = self._key_of(entity)
        return self._keys[entity]

    def _key_of(self, entity: str) -> str:
        for seed in self._system.seeds:
            for row in seed.rows:
                if row.entity == entity:
                    return str(row_key(self._system, seed.name, row))
        return uuid_example(entity)


def constant(expr: Expr, logical: Type | None) -> Any:
    """Return an example of the specification as JSON."""
    if isinstance(expr, ListLiteral):
        item = logical.item if isinstance(logical, ArrayType) else None
        return [constant(each, item) for each in expr.items]
    return _as_json(expr.plain, logical) if isinstance(expr, Literal) else None


def scalar_example(logical: ScalarType, name: str) -> Any:
    """Return an example of a scalar that its constraints accept."""
    if logical.scalar in _FIXED:
        return _FIXED[logical.scalar]
    if logical.scalar is Scalar.UUID:
        return uuid_example(name)
    if logical.scalar in (Scalar.INT, Scalar.BIGINT):
        return int(_within(Decimal(1), logical))
    if logical.scalar is Scalar.FLOAT:
        return float(_within(Decimal("1.5"), logical))
    if logical.scalar is Scalar.DECIMAL:
        return decimal_text(_within(Decimal("12.5"), logical), logical.scale or 0)
    return _text(logical, name)


def uuid_example(name: str) -> str:
    """Return a uuid of version 7 that stands for `name`."""
    digest = bytearray(sha256(name.encode()).digest()[:16])
    digest[0:6] = bytes.fromhex("019b76da8000")
    digest[6] = 0x70 | (digest[6] & 0x0F)
    digest[8] = 0x80 | (digest[8] & 0x3F)
    return str(UUID(bytes=bytes(digest)))


def decimal_text(value: Decimal, scale: int) -> str:
    """Return a decimal as it stands in an answer: all its places, no exponent."""
    return f"{with_places(value, scale):f}"


def _within(value: Decimal, logical: ScalarType) -> Decimal:
    if logical.minimum is not None:
        value = max(value, logical.minimum)
    if logical.maximum is not None:
        value = min(value, logical.maximum)
    if logical.precision is not None:
        value = min(value, Decimal(10) ** (logical.precision - (logical.scale or 0)) - 1)
    return value


def address(logical: ScalarType, number: int) -> str | None:
    """Return the `number`th value of a column that is written as a text and is none to PostgreSQL; None for every other type."""
    octets = [number >> 16 & 255, number >> 8 & 255, number & 255]
    match base_name(logical.db or ""):
        case "inet":
            return ".".join(map(str, (10, *octets)))
        case "cidr":
            return f"10.{octets[1]}.{octets[2]}.0/24"
        case "macaddr":
            return ":".join(["08", "00", "2b", *(f"{octet:02x}" for octet in octets)])
        case "vector" | "halfvec":
            return _vector(logical.db or "", number)
        case "xml":
            return f"<n>{number}</n>"
    return None


def _vector(db: str, number: int) -> str:
    """Return the `number`th vector of as many numbers as the type of its column says; half precision holds those below 2,048 exactly."""
    length = re.search(r"\((\d+)\)", db)
    parts = (number % 2_000 + 1, number // 2_000 % 2_000 + 1, number // 4_000_000 % 2_000 + 1)
    filled = [*parts, *([1] * ((int(length[1]) if length else 3) - 3))]
    return f"[{','.join(map(str, filled[: int(length[1]) if length else 3]))}]"


def _text(logical: ScalarType, name: str) -> str:
    if (found := address(logical, 1)) is not None:
        return found
    least, most = logical.min_length or 0, logical.max_length
    if logical.format in _FORMATS:
        return _FORMATS[logical.format]
    if logical.pattern:
        return text_matching(logical.pattern, max(least, 1), most) or ""
    words = name.replace("_", " ")
    words = words if len(words) >= least else words + "x" * (least - len(words))
    return words if most is None else words[:most]


def _is_uuid(logical: Type | None) -> bool:
    return isinstance(logical, ScalarType) and logical.scalar is Scalar.UUID


def _first_state(machine: Machine) -> str:
    return machine.transitions[0].sources[0]


def _as_json(value: Any, logical: Type | None) -> Any:
    if isinstance(logical, ScalarType) and logical.scalar is Scalar.DECIMAL:
        return decimal_text(Decimal(str(value)), logical.scale or 0)
    return value


def _seed_values(system: SystemIR) -> dict[tuple[str, str], Any]:
    """The first literal that a seed gives to each field."""
    found: dict[tuple[str, str], Any] = {}
    for seed in system.seeds:
        for row in seed.rows:
            for given in row.values:
                if isinstance(given.value, Literal) and given.value.value is not None:
                    found.setdefault((row.entity, given.field), given.value.plain)
    return found
