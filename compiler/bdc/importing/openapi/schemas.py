"""Schemas of components → entities, structs, enums and named types."""

from collections.abc import Mapping

from bdc.importing.draft import Part, Unit
from bdc.importing.openapi.context import ImportContext, field_name, member_name
from bdc.importing.openapi.fields import Member, member_units, members
from bdc.importing.openapi.shapes import Shape
from bdc.importing.openapi.types import enum_type, typed
from bdc.importing.text import quoted
from bdc.naming.casing import snake

_WHOLE = "components/schemas"
_SCALARS = ("string", "integer", "number", "boolean")


def assign_roles(context: ImportContext, served: Mapping[str, str], has_operations: bool) -> None:
    """Say what each component becomes, and under which name. `served`: entities that operations read and write, with the member that their
    paths name."""
    for name, shape in context.shapes.items():
        context.roles[name] = _role(name, shape, served, has_operations)
        key = served.get(name) or key_of(name, shape)
        if context.roles[name] == "entity" and key is not None:
            context.keys[name] = key
    for role in ("entity", "struct", "enum", "alias"):
        for name, found in context.roles.items():
            if found == role:
                context.said[name] = context.new_type(name)


def _role(name: str, shape: Shape, served: Mapping[str, str], has_operations: bool) -> str:
    if name in served:
        return "entity"
    if shape.name is not None:
        return ""  # another name of a component: it is said where it is used
    if shape.kind == "object" and shape.properties:
        kept = not has_operations and not passes_by(name) and key_of(name, shape) is not None
        return "entity" if kept else "struct"
    if shape.kind == "string" and shape.labels:
        return "enum"
    return "alias" if shape.kind in _SCALARS and not shape.nullable else ""


# What stands for a request, an answer or an error, not for a thing that is kept.
_PASSING = (
    "create",
    "update",
    "patch",
    "request",
    "input",
    "response",
    "list",
    "page",
    "error",
    "problem",
    "payload",
    "dto",
)


def passes_by(name: str) -> bool:
    own = field_name(name)
    return own.rpartition("_")[2] in _PASSING or own.startswith(("new_", "create_", "update_"))


def key_of(name: str, shape: Shape) -> str | None:
    """Return the member that tells one from another."""
    own = field_name(name)
    for wanted in ("id", "uuid", f"{own}_id"):
        for member in shape.properties:
            if field_name(member) == wanted and member_name(member) is not None:
                return member
    return None


def component_units(context: ImportContext) -> list[Unit]:
    """Return the declarations of all components, in the order of the document."""
    units = []
    for name, shape in context.shapes.items():
        role, path = context.roles[name], f"{_WHOLE}/{name.replace('~', '~0').replace('/', '~1')}"
        made: Unit | None = None
        if role == "entity":
            made = entity_unit(context, name, shape)
        elif role == "struct":
            made = struct_unit(context, shape, context.said[name], (name,))
        elif role == "enum":
            enum_type(context, shape, (name,), context.said[name])
            made = context.made.pop()
        elif role == "alias":
            made = _alias(context, name, shape)
        if made is not None:
            made.parts[0].says += (path,)
            _head(context, made, shape)
            units.append(made)
        else:
            context.ledger.leave(path, "it has no declaration of its own: each use says it")
    return units


def _head(context: ImportContext, unit: Unit, shape: Shape) -> None:
    says = [*shape.says, *dict.fromkeys(shape.required.values())]
    unit.parts[0].says += tuple(says)
    rules = [
        rule
        for rule in ("title", "description")
        if isinstance(shape.value(rule), str) and shape.value(rule).strip()
    ]
    unit.doc = tuple(line for rule in rules for line in shape.value(rule).strip().split("\n"))
    unit.doc_says = tuple(shape.rules[rule].path for rule in rules)
    for path, reason in shape.lost:
        context.ledger.leave(path, reason)


def entity_unit(context: ImportContext, name: str, shape: Shape) -> Unit:
    """Return an entity; members of other entities are references."""
    said = context.said[name]
    unit = Unit([Part(f"entity {said}", needed=True)]).block()
    for member in members(context, shape, "entity", said, context.given.get(name)):
        if member.wire == context.keys[name]:
            for made in _key(context, member):
                unit.put(made)
        else:
            for made in _referring(context, name, member) or member_units(context, member):
                unit.put(made)
    return unit


def _key(context: ImportContext, member: Member) -> list[Unit]:
    units = member_units(
        context, Member(member.wire, member.place, member.shape, True, "entity", member.owner)
    )
    line = units[0]
    kind = line.parts[1]
    line.parts = [part for part in line.parts if not part.text.startswith(("= ", "@readonly"))]
    text = kind.text.rstrip("?")
    numbered = text in ("int", "bigint")
    default = "= uuid7()" if text == "uuid" else "@identity(by_default)" if numbered else ""
    given = member.is_given and not member.shape.flag("readOnly")
    if not default and not given and text.startswith(("text", "string")):
        default = '= sql("(gen_random_uuid())::text")'
    if default:
        told = f"`{member.owner}.{member.wire}`: a key that the database makes where a caller gives none"
        context.added.append(told)
    says = tuple(
        member.shape.rules[rule].path
        for rule in ("readOnly", "default")
        if rule in member.shape.rules and default
    )
    line.parts[1] = Part(text, kind.says, needed=True)
    if default:
        line.parts.insert(2, Part(default, says))
        if numbered:
            line.parts = [part for part in line.parts if not part.text.startswith(("@min", "@max"))]
    line.parts.append(Part("@id", needed=True))
    return units


def _referring(context: ImportContext, name: str, member: Member) -> list[Unit]:
    """A member that is an entity, or the key of one."""
    shape = member.shape
    if shape.name is not None and context.roles.get(shape.name) == "entity":
        context.related.setdefault(name, {})[member.wire] = False
        context.refers.setdefault(name, {})[shape.name] = None
        mark = "" if member.required else "?"
        unit = Unit(
            [
                Part(
                    f"{member.wire}: {context.said[shape.name]}{mark}",
                    (member.place.path, *shape.says),
                    needed=True,
                )
            ]
        )
        return [unit]
    if shape.kind == "array" and shape.items is not None:
        return _collection(context, name, member)
    found = _owners(context).get(field_name(member.wire))
    if found is not None and found[0] != name and _fits(context, member, *found):
        return _by_key(context, name, member, found[0])
    return []


def _owners(context: ImportContext) -> dict[str, tuple[str, str]]:
    """Map `customer_id` to the entity and the key that a member of that name leads to."""
    if not context.owners:
        for other, key in reversed(context.keys.items()):
            context.owners[f"{field_name(other)}_{field_name(key)}"] = (other, key)
    return context.owners


def _collection(context: ImportContext, name: str, member: Member) -> list[Unit]:
    from bdc.importing.openapi.shapes import shape_of

    assert member.shape.items is not None
    of = shape_of(member.shape.items)
    if of.name is None or context.roles.get(of.name) != "entity":
        return []
    says = (member.place.path, *member.shape.says, *of.says)
    back = [
        wire for wire, place in context.shapes[of.name].properties.items() if shape_of(place).name == name
    ]
    context.related.setdefault(name, {})[member.wire] = True
    how = f"@inverse({back[0]})" if len(back) == 1 else "@through"
    return [Unit([Part(f"{member.wire}: {context.said[of.name]}[] {how}", says, needed=True)])]


def _fits(context: ImportContext, member: Member, other: str, key: str) -> bool:
    from bdc.importing.openapi.shapes import shape_of

    target = typed(context, shape_of(context.shapes[other].properties[key]), (other, key))
    return typed(context, member.shape, (other, key)).plain == target.plain


def _by_key(context: ImportContext, name: str, member: Member, other: str) -> list[Unit]:
    """The member stays, and a reference over it is added."""
    units = member_units(context, member)
    own = field_name(other)
    if own != member.wire:
        context.refers.setdefault(name, {})[other] = None
        mark = "" if member.required else "?"
        units.append(Unit([Part(f"{own}: {context.said[other]}{mark} @fields({member.wire})")]))
        told = f"`{member.owner}.{own}`: a reference over `{member.wire}`, the key of `{context.said[other]}`"
        context.added.append(told)
    return units


def struct_unit(context: ImportContext, shape: Shape, said: str, hint: tuple[str, ...]) -> Unit:
    """Return a struct with the properties of a schema."""
    unit = Unit([Part(f"struct {said}", tuple(dict.fromkeys(shape.required.values())), needed=True)]).block()
    for member in members(context, shape, "struct", said):
        for made in member_units(context, member):
            unit.put(made)
    return unit


def _alias(context: ImportContext, name: str, shape: Shape) -> Unit:
    kind = typed(context, shape, (name,))
    for path, reason in kind.lost:
        context.ledger.leave(path, reason)
    unit = Unit([Part(f"type {context.said[name]} =", needed=True), kind.part(False), *kind.attributes])
    for rule in ("default", "example", "examples", "deprecated", "readOnly", "writeOnly"):
        if rule in shape.rules:
            context.ledger.leave(shape.rules[rule].path, "each use of the type says it")
    return unit


__all__ = [
    "assign_roles",
    "component_units",
    "entity_unit",
    "key_of",
    "passes_by",
    "quoted",
    "snake",
    "struct_unit",
]
