"""A schema → what it means: one kind of value with its rules, with references, `allOf`, `oneOf` and null taken in."""

from dataclasses import dataclass, field
from typing import Any

from bdc.importing.openapi.place import Place

_SCHEMAS = "components/schemas/"
_DEPTH = 12
# What says something about a value wherever it stands; taken from the schema itself and from what it is made of.
_RULES = [
    "format",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "enum",
    "const",
    "default",
    "readOnly",
    "writeOnly",
    "deprecated",
    "description",
    "title",
    "example",
    "examples",
    "additionalProperties",
]
_BY_KEYWORD = (
    ("properties", "object"),
    ("additionalProperties", "object"),
    ("items", "array"),
    ("pattern", "string"),
    ("maxLength", "string"),
    ("minLength", "string"),
    ("multipleOf", "number"),
    ("minimum", "number"),
    ("maximum", "number"),
)


@dataclass(slots=True)
class Shape:
    """`kind`: a type of JSON Schema, `any` or `never`; `rules`: keyword → where it stands; `says`: what has been read to know it; `name`: the
    component that it is, `base`: the one that it adds members to; `variants`: objects of which it is one, `discriminator`: the member that says which."""

    kind: str = "any"
    nullable: bool = False
    rules: dict[str, Place] = field(default_factory=dict)
    properties: dict[str, Place] = field(default_factory=dict)
    required: dict[str, str] = field(default_factory=dict)
    items: Place | None = None
    name: str | None = None
    says: list[str] = field(default_factory=list)
    base: str | None = None
    variants: tuple[str, ...] = ()
    discriminator: str | None = None
    lost: list[tuple[str, str]] = field(default_factory=list)

    def value(self, rule: str) -> Any:
        found = self.rules.get(rule)
        return None if found is None else found.value

    def whole(self, rule: str) -> int | None:
        """Return a rule that is a whole number, 0 or more."""
        found = self.value(rule)
        return (
            found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**31 else None
        )

    def number(self, rule: str) -> int | float | None:
        found = self.value(rule)
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None

    def flag(self, rule: str) -> bool:
        return self.value(rule) is True

    @property
    def format(self) -> str:
        found = self.value("format")
        return found if isinstance(found, str) else ""

    @property
    def labels(self) -> list[str]:
        """The values of an enum of texts."""
        found = self.value("enum")
        listed = found if isinstance(found, list) else [self.value("const")] if "const" in self.rules else []
        texts = [each for each in listed if isinstance(each, str)]
        return (
            list(dict.fromkeys(texts))
            if len(texts) == len([each for each in listed if each is not None])
            else []
        )


def shape_of(place: Place, depth: int = 0) -> Shape:
    """Return what the schema at a place means."""
    value = place.value
    if value is None or value is True or value == {}:
        return Shape("any", says=[place.path])
    if not isinstance(value, dict):
        return Shape("never" if value is False else "any", says=[place.path])
    if depth > _DEPTH:
        return Shape("any", lost=[(place.path, "it is nested too deeply, or refers to itself")])
    if "$ref" in value:
        return _referred(place, depth)
    shape = _own(place)
    _combined(place, shape, depth)
    _composed(place, shape, depth)
    _kind(place, shape)
    return shape


def _referred(place: Place, depth: int) -> Shape:
    target, says = place.followed()
    if target is place or not says:
        return Shape("any", lost=[(f"{place.path}/$ref", "it leads nowhere")])
    shape = shape_of(target, depth + 1)
    inner = target.path.removeprefix(_SCHEMAS)
    if target.path.startswith(_SCHEMAS) and "/" not in inner:
        shape.name = inner.replace("~1", "/").replace("~0", "~")
    own = _own(place)
    shape.says = [*says, *own.says]
    shape.lost = list(own.lost)
    shape.nullable = shape.nullable or own.nullable
    shape.rules = shape.rules | own.rules
    return shape


def _own(place: Place) -> Shape:
    """What the schema says by itself."""
    shape = Shape()
    for rule in _RULES:
        if place.has(rule):
            shape.rules[rule] = place / rule
    shape.properties = dict((place / "properties").members())
    required = (place / "required").value
    if isinstance(required, list):
        shape.required = {str(name): f"{place.path}/required" for name in required}
    if place.has("items"):
        shape.items = place / "items"
    if place.flag("nullable"):
        shape.nullable = True
    if place.has("nullable"):
        shape.says.append(f"{place.path}/nullable")
    return shape


def _combined(place: Place, shape: Shape, depth: int) -> None:
    """Take in the parts of `allOf`: all of them hold."""
    parts = [(each, shape_of(each, depth + 1)) for each in (place / "allOf").items()]
    named = [part for _, part in parts if part.name is not None]
    if (
        len(named) == 1
        and not shape.properties
        and all(part is named[0] or not part.properties for _, part in parts)
    ):
        shape.name = named[0].name
    elif len(named) == 1:
        shape.base = named[0].name
    nullable = [part.nullable for _, part in parts]
    own, shape.properties = shape.properties, {}
    for _, part in parts:
        shape.kind = part.kind if shape.kind == "any" else shape.kind
        shape.rules = part.rules | shape.rules
        shape.properties |= part.properties
        shape.required |= part.required
        shape.items = shape.items or part.items
        shape.says += part.says
        shape.lost += part.lost
        shape.variants = shape.variants or part.variants
        shape.discriminator = shape.discriminator or part.discriminator
    shape.properties |= own
    shape.nullable = shape.nullable or (bool(nullable) and all(nullable))


def _composed(place: Place, shape: Shape, depth: int) -> None:
    """Take in `oneOf` and `anyOf`: a value or null, one of several objects, or values of one kind."""
    for word in ("oneOf", "anyOf"):
        parts = [shape_of(each, depth + 1) for each in (place / word).items()]
        if not parts:
            continue
        rest = [part for part in parts if part.kind != "null"]
        shape.nullable = shape.nullable or len(rest) < len(parts) or any(part.nullable for part in rest)
        says = [path for part in parts for path in part.says]
        if len(rest) == 1:
            _take(shape, rest[0])
        elif rest and all(part.kind == "object" for part in rest):
            _union(place, shape, rest)
        elif rest and len({part.kind for part in rest}) == 1 and all(part.labels for part in rest):
            shape.kind = rest[0].kind
            shape.rules.setdefault(
                "enum",
                Place(f"{place.path}/{word}", [label for part in rest for label in part.labels], place.root),
            )
        else:
            shape.kind = "any" if len({part.kind for part in rest}) != 1 else rest[0].kind
            shape.items = shape.items or next((part.items for part in rest if part.items is not None), None)
            shape.lost.append(
                (
                    f"{place.path}/{word}",
                    "the language has no choice between values; what all have in common is checked",
                )
            )
            continue
        shape.says += says
        shape.lost += [each for part in rest for each in part.lost]


def _take(shape: Shape, only: Shape) -> None:
    shape.kind = only.kind if shape.kind == "any" else shape.kind
    shape.name = shape.name or only.name
    shape.rules = only.rules | shape.rules
    shape.properties = only.properties | shape.properties
    shape.required |= only.required
    shape.items = shape.items or only.items
    shape.variants = shape.variants or only.variants
    shape.discriminator = shape.discriminator or only.discriminator


def _union(place: Place, shape: Shape, parts: list[Shape]) -> None:
    """One object with the members of all; those that not all require are optional."""
    shape.kind = "object"
    shape.variants = tuple(part.name for part in parts if part.name is not None)
    for part in parts:
        shape.properties = shape.properties | {
            name: each for name, each in part.properties.items() if name not in shape.properties
        }
    common = set.intersection(*(set(part.required) for part in parts))
    shape.required |= {name: path for name, path in parts[0].required.items() if name in common}
    found = place / "discriminator"
    shape.discriminator = found.text("propertyName")
    if shape.discriminator:
        _told_apart(shape, parts, found)
        shape.says += [f"{found.path}/{key}" for key in ("propertyName", "mapping") if found.has(key)]


def _told_apart(shape: Shape, parts: list[Shape], found: Place) -> None:
    """Let the member that tells variants apart be an enum of the values of all of them."""
    name = shape.discriminator or ""
    own = [part.properties[name] for part in parts if name in part.properties]
    shapes = [shape_of(place) for place in own]
    labels = [label for each in shapes for label in each.labels] or [
        key for key, _ in (found / "mapping").members()
    ]
    labels = labels or [part.name for part in parts if part.name is not None]
    if own and labels and len({tuple(each.labels) for each in shapes}) > 1:
        value = {"type": "string", "enum": list(dict.fromkeys(labels))}
        shape.properties[name] = Place(own[0].path, value, own[0].root)
        shape.says += [
            path
            for place in own[1:]
            for path in (place.path, f"{place.path}/type", f"{place.path}/enum", f"{place.path}/const")
        ]


def _kind(place: Place, shape: Shape) -> None:
    found = place.value.get("type")
    if "type" in place.value:
        shape.says.append(f"{place.path}/type")
    kinds = (
        [found]
        if isinstance(found, str)
        else [str(each) for each in found]
        if isinstance(found, list)
        else []
    )
    shape.nullable = shape.nullable or ("null" in kinds and len(kinds) > 1)
    plain = [kind for kind in kinds if kind != "null"] or kinds
    known = ("string", "integer", "number", "boolean", "array", "object", "null")
    if sorted(plain) == ["integer", "number"]:
        plain = ["number"]
    if len(plain) == 1 and plain[0] in known:
        shape.kind = plain[0]
    elif len(plain) > 1:
        shape.kind = "any"
    elif shape.kind == "any":
        shape.kind = _guessed(place, shape)


def _guessed(place: Place, shape: Shape) -> str:
    """The kind that keywords without a `type` suppose."""
    if shape.lost:
        return "any"
    listed = (
        shape.value("enum")
        if isinstance(shape.value("enum"), list)
        else [shape.value("const")]
        if "const" in shape.rules
        else []
    )
    kinds = {type(each) for each in listed if each is not None}
    if kinds and kinds <= {str}:
        return "string"
    if kinds and kinds <= {int}:
        return "integer"
    for keyword, kind in _BY_KEYWORD:
        if place.has(keyword):
            return kind
    return "object" if shape.properties else "array" if shape.items is not None else "any"
