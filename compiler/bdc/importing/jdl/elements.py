"""What there is in a JDL: the path of each element, from the declarations alone."""

from collections import Counter
from collections.abc import Iterator

from bdc.importing.draft import under
from bdc.importing.jdl.nodes import Annotations, EntityNode, EnumNode, FieldNode, Jdl, RelationNode, Side

LEFT, RIGHT = "left side", "right side"


def elements(jdl: Jdl) -> Iterator[str]:
    """Yield the path of every element, in the order of declarations by kind."""
    for setting in jdl.settings:
        yield under(*setting)
    for name in jdl.constants:
        yield under(f"constant {name}")
    for enum in jdl.enums:
        yield from _enum(enum)
    for entity in jdl.entities:
        yield from _entity(entity)
    for relation, path in relations(jdl):
        yield path
        yield from _side(f"{path}/{LEFT}", relation.left)
        yield from _side(f"{path}/{RIGHT}", relation.right)
        yield from (f"{path}/with {option}" for option in relation.options)
    for option in jdl.options:
        yield option_path(option.text)


def _enum(enum: EnumNode) -> Iterator[str]:
    path = enum_path(enum.name)
    yield path
    if enum.doc:
        yield f"{path}/comment"
    for name, label, doc in enum.values:
        yield f"{path}/{name}"
        if label:
            yield f"{path}/{name}/label"
        if doc:
            yield f"{path}/{name}/comment"


def _entity(entity: EntityNode) -> Iterator[str]:
    path = entity_path(entity.name)
    yield path
    if entity.table:
        yield f"{path}/table"
    if entity.doc:
        yield f"{path}/comment"
    yield from annotations(path, entity.annotations)
    for field in entity.fields:
        yield from _field(f"{path}/{field.name}", field)


def _field(path: str, field: FieldNode) -> Iterator[str]:
    yield path
    for rule in field.rules:
        yield f"{path}/{rule}"
    if field.doc:
        yield f"{path}/comment"
    yield from annotations(path, field.annotations)


def _side(path: str, side: Side) -> Iterator[str]:
    if side.member:
        yield path
    for what, there in (("shown", side.shown), ("required", side.required), ("comment", side.doc)):
        if there:
            yield f"{path}/{what}"
    yield from annotations(path, side.annotations)


def annotations(path: str, found: Annotations) -> Iterator[str]:
    for name, _ in found:
        yield f"{path}/@{name}"


def entity_path(name: str) -> str:
    return under(f"entity {name}")


def enum_path(name: str) -> str:
    return under(f"enum {name}")


def option_path(text: str) -> str:
    return under(text)


def relations(jdl: Jdl) -> Iterator[tuple[RelationNode, str]]:
    """Yield the relationships with their paths; a second one between the same sides has a number."""
    seen: Counter[str] = Counter()
    for relation in jdl.relations:
        sides = (
            f"{side.entity}{{{side.member}}}" if side.member else side.entity
            for side in (relation.left, relation.right)
        )
        path = under(f"{relation.kind} {' to '.join(sides)}")
        seen[path] += 1
        yield relation, path if seen[path] == 1 else f"{path} ({seen[path]})"
