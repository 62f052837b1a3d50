"""Entities, and what leads from one to another."""

from tests.evolution.texts.edits.fields import fresh, put
from tests.evolution.texts.model import Entity, Field, Member, Struct
from tests.evolution.texts.writing import Writing

__all__ = [
    "add_choice",
    "add_embedded",
    "add_entity",
    "add_many",
    "add_mixin",
    "add_partitioned",
    "add_reference",
    "add_struct",
    "change_deletion",
    "comment_entity",
    "drop_entity",
    "loosen_reference",
    "offer_entity",
    "rename_entity",
]

_WORDS = ("Customer", "Invoice", "Item", "Note", "Parcel", "Team", "Visit")
_RULES = "allow read, create, update, delete to staff"


def add_entity(draft: Writing) -> bool:
    name = draft.numbered(*_WORDS)
    key = draft.random.choice(("uuid = uuid7()", "uuid = uuid7()", "bigint @identity", "string(1..40)"))
    kind, _, rest = key.partition(" ")
    made = Entity(name, [Field(fresh(draft), kind, marks=(f"{rest} @id",))])
    made.fields.append(Field(fresh(draft), "text", optional=draft.maybe(0.5)))
    made.fields.append(Field(fresh(draft), "int"))
    if draft.maybe(0.8):
        made.rules.append(_RULES)
        made.offered = draft.maybe(0.5)
    if draft.maybe(0.15):
        made.marks.append(f'@table("kept_{name.lower()}")')
    draft.spec.entities.append(made)
    return True


def add_partitioned(draft: Writing) -> bool:
    """Parts by time, by value, by hash; nothing refers to it."""
    name, key, way = draft.numbered(*_WORDS), fresh(draft), draft.random.choice(("range", "list", "hash"))
    kind = {"range": "timestamp", "list": "string(1..40)", "hash": "bigint"}[way]
    parts = {
        "range": ('from ("2026-01-01T00:00:00Z") to ("2026-01-02T00:00:00Z")', "default"),
        "list": ('in ("97", "194")', "default"),
        "hash": ("modulus 2 remainder 0", "modulus 2 remainder 1"),
    }[way]
    house = "house, " if draft.spec.tenanted else ""
    made = Entity(name, [Field(key, kind), Field(fresh(draft), "int")], marks=[f"@partition({way}, {key})"])
    made.members = [
        Member("key", f"id ({house}{key})"),
        *(
            Member("part", f"partition {part} {bound}", part)
            for part, bound in ((draft.numbered("part"), bound) for bound in parts)
        ),
    ]
    made.rules = [_RULES]
    draft.spec.entities.append(made)
    return True


def _whole(entity: Entity) -> bool:
    return not any("@partition" in mark for mark in entity.marks)


def add_reference(draft: Writing) -> bool:
    """To another entity, to itself, or to people."""
    source, target = draft.entity(_whole), draft.entity(_whole)
    if source is None or target is None or _related(target, source):
        return False
    name = "Person" if draft.maybe(0.25) else target.name
    optional = (draft.begun and source.was is not None) or draft.maybe(0.4) or name == source.name
    ways = ("cascade", "restrict", *(("set_null",) if optional else ()))
    way = draft.random.choice(ways)
    marks = (f"@on_delete({way})",) if way != "set_null" or not draft.spec.tenanted or optional else ()
    return put(source, Field(draft.numbered("owner", "parent"), name, optional, marks=marks))


def _references(draft: Writing) -> list[tuple[Entity, Field]]:
    names = {each.name for each in draft.spec.entities} | {"Person"}
    return [found for found in draft.fields() if found[1].type in names]


def change_deletion(draft: Writing) -> bool:
    found = draft.pick(_references(draft))
    if found is None:
        return False
    offered = ["@on_delete(cascade)", "@on_delete(restrict)", "@deferrable"]
    found[1].marks = (draft.random.choice([each for each in offered if each not in found[1].marks]),)
    return True


def loosen_reference(draft: Writing) -> bool:
    found = draft.pick(each for each in _references(draft) if not each[1].optional and draft.alone(each[1]))
    if found is None:
        return False
    found[1].optional = True
    return True


def add_many(draft: Writing) -> bool:
    """Many to many without an entity: once between two that are nothing else to each other."""
    source = draft.entity(_whole)
    target = draft.entity(lambda each: _whole(each) and each is not source)
    if source is None or target is None or _related(source, target) or _related(target, source):
        return False
    return put(source, Field(draft.numbered("all", "many"), f"{target.name}[]"))


def _related(one: Entity, other: Entity) -> bool:
    return any(each.type.startswith(other.name) or f"| {other.name}" in each.type for each in one.fields)


def add_choice(draft: Writing) -> bool:
    source, one = draft.entity(_whole), draft.entity(_whole)
    other = draft.entity(lambda each: _whole(each) and each is not one)
    if source is None or one is None or other is None:
        return False
    if _related(one, source) or _related(other, source):
        return False
    optional = draft.begun or draft.maybe(0.5)
    return put(source, Field(draft.numbered("about"), f"{one.name} | {other.name}", optional))


def _struct(draft: Writing) -> Struct:
    made = Struct(
        draft.numbered("Address"),
        [Field(fresh(draft), "string(1..80)"), Field(fresh(draft), "int", optional=True)],
    )
    draft.spec.structs.append(made)
    return made


def add_struct(draft: Writing) -> bool:
    return put(draft.entity(), Field(draft.numbered("at"), _struct(draft).name, optional=True))


def add_embedded(draft: Writing) -> bool:
    return put(
        draft.entity(), Field(draft.numbered("at"), _struct(draft).name, optional=True, marks=("@embed",))
    )


def add_mixin(draft: Writing) -> bool:
    entity = draft.entity(lambda each: _whole(each) and len(each.mixins) < 2)
    if entity is None:
        return False
    entity.mixins.append(next(each for each in ("Timestamps", "SoftDelete") if each not in entity.mixins))
    return True


def comment_entity(draft: Writing) -> bool:
    entity = draft.entity()
    if entity is None:
        return False
    entity.comment = "" if entity.comment else f"What it's for, {draft.count}."
    return True


def drop_entity(draft: Writing) -> bool:
    own = lambda each: draft.spoken(each.name) == 1 + bool(each.rules) + (each.offered and bool(each.rules))  # noqa: E731
    gone = draft.entity(lambda each: own(each) and not _many(draft, each) and len(draft.spec.entities) > 1)
    if gone is None:
        return False
    draft.spec.entities.remove(gone)
    if gone.was is not None:
        table = next((f" {mark}" for mark in gone.marks if mark.startswith("@table")), "")
        draft.spec.dropped.append(draft.dropped("entity ", gone.was) + table)
    return True


def _many(draft: Writing, entity: Entity) -> bool:
    names = {f"{each.name}[]" for each in draft.spec.entities}
    return any(each.type in names for each in entity.fields)


def rename_entity(draft: Writing) -> bool:
    entity = draft.entity()
    return entity is not None and draft.rename(entity.name, draft.numbered(*_WORDS))


def offer_entity(draft: Writing) -> bool:
    """In the API or not."""
    entity = draft.entity(lambda each: bool(each.rules))
    if entity is None:
        return False
    entity.offered = not entity.offered
    return True
