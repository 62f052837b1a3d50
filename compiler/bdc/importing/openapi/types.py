"""What a schema means → a type of the language, with what stands beside it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bdc.importing.draft import Part, Unit
from bdc.importing.names import Unique
from bdc.importing.openapi.context import ImportContext, value_name
from bdc.importing.openapi.shapes import Shape, shape_of
from bdc.importing.text import quoted

_FORMATS = {
    "uuid": "uuid",
    "date": "date",
    "date-time": "timestamp",
    "time": "time",
    "duration": "duration",
    "byte": "bytes",
    "binary": "bytes",
}
_HINTS = {
    "email": "email",
    "idn-email": "email",
    "uri": "uri",
    "url": "uri",
    "iri": "uri",
    "hostname": "hostname",
    "ipv4": "ipv4",
    "ipv6": "ipv6",
}
_INT = (-(2**31), 2**31 - 1)


@dataclass(slots=True)
class Typed:
    """`text`: the type without `?`; `says`: what it carries; `many`: whether it is a list; `attributes`: what stands behind; `plain`: what
    the type is when rules are left out; `lost`: what it does not say."""

    text: str
    says: list[str]
    plain: str
    scalar: str = ""
    many: bool = False
    attributes: list[Part] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)

    def part(self, optional: bool, *says: str) -> Part:
        """Return the part of a line that says the type."""
        mark = "?" if optional else ""
        plain = Part(self.plain + mark, says, needed=True)
        if self.text == self.plain:
            return Part(
                self.text + mark,
                (*says, *self.says),
                needed=True,
                instead=Part(f"json{mark}", says, needed=True),
            )
        return Part(self.text + mark, (*says, *self.says), needed=True, instead=plain)


def typed(context: ImportContext, shape: Shape, hint: tuple[str, ...]) -> Typed:
    """Return the type that a schema is. `hint`: names of which one for a type without a name is made."""
    found = _typed(context, shape, hint)
    found.lost += shape.lost
    return found


def _typed(context: ImportContext, shape: Shape, hint: tuple[str, ...]) -> Typed:
    role = context.roles.get(shape.name or "")
    if role == "entity" and shape.name is not None:
        return _named(value_struct(context, shape.name), shape)
    if role in ("struct", "enum", "alias") and shape.name is not None:
        if role == "alias" and _narrowed(shape, context):
            return _scalar(context, shape, hint)
        return _named(context.said[shape.name], shape)
    if shape.kind == "array":
        return _list(context, shape, hint)
    if shape.kind == "object" and shape.properties:
        return _named(_struct(context, shape, hint), shape)
    if shape.kind == "string" and shape.labels:
        return _named(enum_type(context, shape, hint), shape, "enum", "const")
    return _scalar(context, shape, hint)


def _narrowed(shape: Shape, context: ImportContext) -> bool:
    """Whether a use of a named value says more about it than the name."""
    own = context.shapes[shape.name or ""]
    return any(
        shape.rules.get(rule) != own.rules.get(rule)
        for rule in ("minLength", "maxLength", "pattern", "minimum", "maximum")
    )


def _named(name: str, shape: Shape, *rules: str) -> Typed:
    says = [*shape.says, *(shape.rules[rule].path for rule in rules if rule in shape.rules)]
    return Typed(name, says, name, name)


def _list(context: ImportContext, shape: Shape, hint: tuple[str, ...]) -> Typed:
    if shape.items is None:
        return Typed("json", list(shape.says), "json", "json")
    items = shape_of(shape.items)
    inner = typed(context, items, hint)
    says = [*shape.says, *inner.says]
    if inner.many or inner.text == "json" or items.nullable:
        reason = "lists hold values of one kind, no lists and no null: it is kept as JSON"
        return Typed("json", [*shape.says], "json", "json", lost=[*inner.lost, (shape.items.path, reason)])
    lost = [
        *inner.lost,
        *(
            (path, "an item of a list has a type, and no further rules")
            for part in inner.attributes
            for path in part.says
        ),
    ]
    lost += [
        (items.rules[rule].path, "items of a list have no documentation or defaults")
        for rule in _BESIDE
        if rule in items.rules and items.name is None
    ]
    return Typed(f"{inner.text}[]", says, f"{inner.plain}[]", inner.scalar, True, [], lost)


_BESIDE = ("default", "description", "title", "example", "examples", "deprecated", "readOnly", "writeOnly")


def _scalar(context: ImportContext, shape: Shape, hint: tuple[str, ...]) -> Typed:
    match shape.kind:
        case "string":
            return _text(shape)
        case "integer":
            return _integer(shape)
        case "number":
            found = Typed("float", list(shape.says), "float", "float")
            _format_of_number(shape, found, ("float", "double"))
            _bounds(shape, found)
            return found
        case "boolean":
            return Typed("bool", list(shape.says), "bool", "bool")
        case "object":
            says = list(shape.says)
            if "additionalProperties" in shape.rules and not isinstance(
                shape.value("additionalProperties"), dict
            ):
                says.append(shape.rules["additionalProperties"].path)
            return Typed("json", says, "json", "json")
    return Typed("json", list(shape.says), "json", "json")


def _text(shape: Shape) -> Typed:
    form, says = shape.format, list(shape.says)
    if form in _FORMATS:
        made = _FORMATS[form]
        return Typed(
            made,
            [*says, shape.rules["format"].path],
            made,
            made,
            attributes=_pattern(shape) if made == "bytes" else [],
        )
    low, high = shape.whole("minLength"), shape.whole("maxLength")
    lengths = [shape.rules[rule].path for rule in ("minLength", "maxLength") if shape.whole(rule) is not None]
    text = (
        "text"
        if low is None and high is None
        else f"string({low if low is not None else ''}..{high if high is not None else ''})"
    )
    found = Typed(text, [*says, *lengths], "text", "string", attributes=_pattern(shape))
    if form in _HINTS:
        found.attributes.append(Part(f'@format("{_HINTS[form]}")', (shape.rules["format"].path,)))
    elif form:
        found.lost.append(
            (shape.rules["format"].path, f"the language has no format `{form}`: the value is a text")
        )
    return found


def _pattern(shape: Shape) -> list[Part]:
    pattern = shape.value("pattern")
    return (
        [Part(f"@pattern({quoted(pattern)})", (shape.rules["pattern"].path,))]
        if isinstance(pattern, str)
        else []
    )


def _integer(shape: Shape) -> Typed:
    low, high = shape.number("minimum"), shape.number("maximum")
    wide = shape.format == "int64" or any(
        not _INT[0] <= each <= _INT[1] for each in (low, high) if each is not None
    )
    base = "bigint" if wide else "int"
    found = Typed(base, list(shape.says), base, base)
    _format_of_number(shape, found, ("int32", "int64"))
    _bounds(shape, found)
    return found


def _format_of_number(shape: Shape, found: Typed, known: tuple[str, ...]) -> None:
    if shape.format in known:
        found.says.append(shape.rules["format"].path)
    elif shape.format:
        found.lost.append(
            (shape.rules["format"].path, f"the language has no format `{shape.format}` for numbers")
        )


def _bounds(shape: Shape, found: Typed) -> None:
    """The bounds that `@min` and `@max` say; what is excluded of whole numbers is one more or less."""
    for rule, strict, word, step in (
        ("minimum", "exclusiveMinimum", "min", 1),
        ("maximum", "exclusiveMaximum", "max", -1),
    ):
        value, excluded = shape.number(rule), shape.number(strict)
        says = [shape.rules[each].path for each in (rule, strict) if each in shape.rules]
        if shape.flag(strict) and value is not None:
            excluded = value
        if excluded is not None and found.scalar != "float":
            edge: Any = int(excluded) + step if float(excluded).is_integer() else excluded
            value = edge if value is None or shape.flag(strict) or (edge - value) * step > 0 else value
        elif excluded is not None:
            continue  # a check says it
        if value is not None:
            found.attributes.append(Part(f"@{word}({number_text(value)})", tuple(says)))


def number_text(value: int | float) -> str:
    """Return a number as the language writes it: without an exponent."""
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def enum_type(context: ImportContext, shape: Shape, hint: tuple[str, ...], name: str | None = None) -> str:
    """Declare an enum, and return its name."""
    place = shape.rules["enum" if "enum" in shape.rules else "const"].path
    if name is None and place in context.by_place:
        return context.by_place[place]
    said = name or context.new_type(*hint)
    context.by_place.setdefault(place, said)
    names = Unique()
    unit = Unit([Part(f"enum {said}", (place,), needed=True)]).block()
    for label in shape.labels:
        value = names.take(value_name(label))
        unit.put(Unit([Part(value if value == label else f"{value} @value({quoted(label)})", needed=True)]))
    context.made.append(unit)
    return said


def _struct(context: ImportContext, shape: Shape, hint: tuple[str, ...]) -> str:
    from bdc.importing.openapi.schemas import struct_unit

    first = next(iter(shape.properties.values())).path
    place = first.rpartition("/")[0]
    if place not in context.by_place:
        context.by_place[place] = said = context.new_type(*hint)
        context.made.append(struct_unit(context, shape, said, hint))
    return context.by_place[place]


def value_struct(context: ImportContext, component: str) -> str:
    """Return the struct with the members of an entity, for operations that take or give one as a value."""
    from bdc.importing.openapi.schemas import struct_unit

    if component not in context.values:
        context.values[component] = said = context.new_type(context.said[component], "value")
        context.made.append(struct_unit(context, context.shapes[component], said, (said,)))
    return context.values[component]
