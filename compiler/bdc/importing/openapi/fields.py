"""A property of a schema → a member of an entity or a struct, with checks for rules that types have no words for."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bdc.importing.draft import Part, Unit
from bdc.importing.names import value_name
from bdc.importing.openapi.context import ImportContext, field_name, member_name
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.shapes import Shape, shape_of
from bdc.importing.openapi.types import Typed, number_text, typed
from bdc.importing.text import quoted, sql
from bdc.source.records import dataclass

_CREATED = ("created", "created_at", "created_on", "create_time", "creation_date", "inserted_at", "added_at")
_TOUCHED = ("updated", "updated_at", "updated_on", "update_time", "modified", "modified_at", "last_modified")


@dataclass(frozen=True, slots=True)
class Member:
    """A property on its way. `where`: `entity` or `struct`; `owner`: the name of that in the specification; `is_given`: whether
    callers give it for a new row."""

    wire: str
    place: Place
    shape: Shape
    required: bool
    where: str
    owner: str
    is_given: bool = True


def members(
    context: ImportContext, shape: Shape, where: str, owner: str, given: set[str] | None = None
) -> Iterator[Member]:
    """Yield the properties that can be members; the others are left out by name."""
    for wire, place in shape.properties.items():
        found = shape_of(place)
        if member_name(wire) is None:
            context.ledger.leave(place.path, "its name is not a valid member name")
        elif found.kind == "never":
            context.ledger.leave(place.path, "no value is allowed for it")
        else:
            required = wire in shape.required and not found.nullable
            yield Member(wire, place, found, required, where, owner, given is None or wire in given)


def member_units(context: ImportContext, member: Member) -> list[Unit]:
    """Return the line of a member, and the checks that go with it."""
    shape = member.shape
    kind = typed(context, shape, (member.owner, field_name(member.wire)))
    if member.where == "struct" and context.closes_circle(member.owner, kind.scalar):
        reason = "a struct cannot hold itself: it is kept as JSON"
        kind = Typed("json", [], "json", "json", lost=[(path, reason) for path in kind.says])
    for path, reason in kind.lost:
        context.ledger.leave(path, reason)
    read_only = shape.flag("readOnly") and member.where == "entity"
    stamp = _stamp(member, kind, read_only)
    default = _default(member, kind) or stamp
    if member.required and default is None and not member.is_given:
        default = (
            Part(f"= {value_name(shape.labels[0])}") if len(shape.labels) == 1 and not kind.many else None
        )
        member = replace(member, required=default is not None)
        if default is None:
            context.unset.setdefault(member.owner, []).append(member.wire)
    optional = stamp is None and (not member.required or (read_only and default is None))
    unit = Unit([Part(f"{member.wire}:", (member.place.path,), needed=True)])
    unit.parts.append(kind.part(optional))
    if default is not None:
        unit.parts.append(default)
    unit.parts += kind.attributes
    _document(context, unit, shape)
    if member.where == "entity":
        _behaviour(unit, member, kind)
    else:
        _of_structs(context, shape)
    checks = list(_checks(member, kind))
    if member.where == "entity":
        return [unit, *checks]
    for check in checks:
        for path in check.says():
            context.ledger.leave(path, "a struct has no checks")
    return [unit]


def _document(context: ImportContext, unit: Unit, shape: Shape) -> None:
    rules = [
        rule
        for rule in ("title", "description")
        if isinstance(shape.value(rule), str) and shape.value(rule).strip()
    ]
    unit.doc = tuple(line for rule in rules for line in shape.value(rule).strip().split("\n"))
    unit.doc_says = tuple(shape.rules[rule].path for rule in rules)


def _of_structs(context: ImportContext, shape: Shape) -> None:
    for rule, reason in (
        ("deprecated", "a member of a struct cannot be deprecated"),
        ("readOnly", "a struct is one value: it is given as a whole"),
        ("writeOnly", "a struct is one value: it is shown as a whole"),
        ("example", "a member of a struct has no examples"),
        ("examples", "a member of a struct has no examples"),
    ):
        if rule in shape.rules:
            context.ledger.leave(shape.rules[rule].path, reason)


def _behaviour(unit: Unit, member: Member, kind: Typed) -> None:
    shape = member.shape
    if shape.flag("readOnly"):
        unit.add("@readonly", shape.rules["readOnly"].path)
    if shape.flag("deprecated"):
        unit.add('@deprecated("the document says so")', shape.rules["deprecated"].path)
    for rule in ("example", "examples"):
        values = shape.value(rule) if rule == "examples" else [shape.value(rule)]
        if rule in shape.rules and isinstance(values, list):
            said = [literal(value, kind, shape.labels) for value in values]
            if said and all(each is not None for each in said):
                unit.add(f"@example({', '.join(each for each in said if each)})", shape.rules[rule].path)


def _default(member: Member, kind: Typed) -> Part | None:
    if "default" not in member.shape.rules:
        return None
    value = member.shape.value("default")
    path = member.shape.rules["default"].path
    if value is None:
        return Part("", (path,))
    said = literal(value, kind, member.shape.labels)
    return None if said is None else Part(f"= {said}", (path,))


def _stamp(member: Member, kind: Typed, read_only: bool) -> Part | None:
    """What fills a time that callers only read."""
    name = field_name(member.wire)
    if not read_only or kind.text != "timestamp" or name not in (*_CREATED, *_TOUCHED):
        return None
    return Part(f"= now() @stamp({'created' if name in _CREATED else 'touched'})")


def literal(value: Any, kind: Typed, labels: list[str] | None = None) -> str | None:
    """Return a value of the document as the language writes it; None where it has no words for it."""
    match value:
        case list() if kind.many:
            items = [
                literal(each, Typed(kind.scalar, [], kind.scalar, kind.scalar), labels) for each in value
            ]
            return None if None in items else f"[{', '.join(each for each in items if each)}]"
        case bool():
            return str(value).lower() if kind.scalar == "bool" else None
        case int() | float():
            return number_text(value) if kind.scalar in ("int", "bigint", "float") else None
        case str() if labels is not None and value in labels and kind.scalar not in ("string", "text"):
            return value_name(value)
        case str() if (
            kind.scalar in ("string", "text", "uuid", "date", "timestamp", "time") or labels is None
        ):
            return quoted(value)
    return None


def _checks(member: Member, kind: Typed) -> Iterator[Unit]:
    shape, name = member.shape, member.wire
    column = f'"{name}"'
    if kind.scalar == "float":
        for rule, bound, sign in (("exclusiveMinimum", "minimum", ">"), ("exclusiveMaximum", "maximum", "<")):
            value = shape.number(bound) if shape.flag(rule) else shape.number(rule)
            if value is not None and rule in shape.rules:
                says = [
                    shape.rules[each].path
                    for each in (rule, bound)
                    if each in shape.rules and (each == rule or shape.flag(rule))
                ]
                yield _check(f"{name}_{field_name(rule)}", f"{name} {sign} {number_text(value)}", *says)
    step = shape.number("multipleOf")
    if step and kind.scalar in ("int", "bigint", "float"):
        condition = sql(f"mod({column}::numeric, {number_text(step)}) = 0")
        yield _check(f"{name}_step", condition, shape.rules["multipleOf"].path)
    values = (
        shape.value("enum")
        if isinstance(shape.value("enum"), list)
        else [shape.value("const")]
        if "const" in shape.rules
        else []
    )
    said = [literal(each, kind) for each in values if each is not None]
    if (
        said
        and not shape.labels
        and kind.scalar in ("int", "bigint", "float", "bool", "string")
        and None not in said
    ):
        rule = "enum" if "enum" in shape.rules else "const"
        yield _check(
            f"{name}_values",
            f"{name} in [{', '.join(each for each in said if each)}]",
            shape.rules[rule].path,
        )
    yield from _sizes(member, kind, column)


def _sizes(member: Member, kind: Typed, column: str) -> Iterator[Unit]:
    shape, name = member.shape, member.wire
    plain = kind.scalar in (
        "string",
        "text",
        "int",
        "bigint",
        "float",
        "bool",
        "uuid",
        "date",
        "timestamp",
        "time",
    )
    if kind.many:
        size = f"cardinality({column})" if plain else f"jsonb_array_length({column})"
        for rule, sign in (("minItems", ">="), ("maxItems", "<=")):
            if shape.whole(rule) is not None:
                yield _check(
                    f"{name}_{field_name(rule)}",
                    sql(f"{size} {sign} {shape.whole(rule)}"),
                    shape.rules[rule].path,
                )
    elif kind.scalar == "bytes":
        for rule, sign in (("minLength", ">="), ("maxLength", "<=")):
            if shape.whole(rule) is not None and shape.format == "binary":
                yield _check(
                    f"{name}_{field_name(rule)}",
                    sql(f"octet_length({column}) {sign} {shape.whole(rule)}"),
                    shape.rules[rule].path,
                )


def _check(name: str, condition: str, *says: str) -> Unit:
    return Unit([Part(f"check {name} ({condition})", says)])


def examples_text(value: Any) -> str:
    """Return an example as JSON, for a comment."""
    return json.dumps(value, ensure_ascii=False)
