"""Indexes, uniques, checks, policies."""

from tests.evolution.texts.edits.fields import plain
from tests.evolution.texts.model import Entity, Field, Member
from tests.evolution.texts.writing import NUMBERS, TEXTS, Writing

__all__ = [
    "add_allow",
    "add_check",
    "add_deny",
    "add_index",
    "add_policy",
    "add_unique",
    "change_allow",
    "change_check",
    "drop_member",
    "drop_rule",
    "rename_check",
]

_KEYS = (*TEXTS, *NUMBERS, "timestamp", "date", "uuid")


def _keyed(draft: Writing) -> tuple[Entity, Field] | None:
    return draft.field(lambda _, each: each.type in _KEYS and plain(each))


def _where(draft: Writing, entity: Entity) -> str:
    other = draft.pick(each for each in entity.fields if plain(each) and each.type in ("int", "bool"))
    if other is None or draft.maybe(0.7):
        return ""
    return f" where {other.name} > 3" if other.type == "int" else f" where {other.name}"


def add_index(draft: Writing) -> bool:
    found = _keyed(draft)
    if found is None:
        return False
    entity, field = found
    key = field.name
    if field.type in TEXTS and draft.maybe(0.2):
        key = f"lower({key})"
    elif draft.maybe(0.2):
        key = f"{key} desc"
    hashed = key == field.name and draft.maybe(0.1)
    if f"({key})" in " ".join(each.text for each in entity.members):
        return False
    entity.members.append(
        Member(
            "index",
            f"index {'using hash ' if hashed else ''}({key}){'' if hashed else _where(draft, entity)}",
        )
    )
    return True


def add_unique(draft: Writing) -> bool:
    found = _keyed(draft)
    if (
        found is None
        or any("@partition" in mark for mark in found[0].marks)
        or "SoftDelete" in found[0].mixins
    ):
        return False
    entity, field = found
    if any(f"({field.name})" in each.text for each in entity.members):
        return False
    entity.members.append(Member("unique", f"unique ({field.name}){_where(draft, entity)}"))
    return True


def add_check(draft: Writing) -> bool:
    found = draft.field(lambda _, each: each.type in (*TEXTS, *NUMBERS) and plain(each))
    if found is None:
        return False
    entity, field = found
    name = draft.numbered("rule")
    condition = f"length({field.name}) < 40" if field.type in TEXTS else f"{field.name} >= {_least(draft)}"
    entity.members.append(Member("check", f"check {name} ({condition})", name))
    return True


def _least(draft: Writing) -> int:
    """One in ten does not hold in the rows that are there."""
    return 100 if draft.begun and draft.maybe(0.1) else 0


def _checked(draft: Writing) -> tuple[Entity, Member] | None:
    return draft.pick(
        (entity, each) for entity in draft.spec.entities for each in entity.members if each.kind == "check"
    )


def change_check(draft: Writing) -> bool:
    found = _checked(draft)
    if found is None:
        return False
    found[1].text = found[1].text.replace(" < 40", " < 60").replace(">= 0", ">= -5")
    return True


def rename_check(draft: Writing) -> bool:
    found = _checked(draft)
    return found is not None and draft.rename(found[1].name, draft.numbered("rule"))


def drop_member(draft: Writing) -> bool:
    found = draft.pick(
        (entity, each)
        for entity in draft.spec.entities
        for each in entity.members
        if each.kind in ("index", "unique", "check", "exclude")
    )
    if found is None:
        return False
    found[0].members.remove(found[1])
    return True


def _condition(draft: Writing, entity: Entity) -> str:
    field = draft.pick(
        each
        for each in entity.fields
        if (plain(each) and each.type in (*NUMBERS, *TEXTS)) or each.type == "Person"
    )
    if field is None or draft.maybe(0.2):
        return ""
    if field.type == "Person":
        return f" when {field.name} == actor"
    if field.type in TEXTS:
        return f" when length({field.name}) < {draft.random.randint(2, 4)}"
    return f" when {field.name} > {draft.random.randint(10, 100)}"


def _guarded(draft: Writing) -> Entity | None:
    return draft.entity(lambda each: bool(each.rules))


def add_policy(draft: Writing) -> bool:
    """An entity that was closed is opened."""
    entity = draft.entity(lambda each: not each.rules)
    if entity is None:
        return False
    entity.rules.append("allow read, create, update, delete to staff")
    return True


def add_allow(draft: Writing) -> bool:
    entity = _guarded(draft)
    if entity is None:
        return False
    action = draft.random.choice(("read", "create", "update", "delete"))
    entity.rules.append(f"allow {action} to guest{_condition(draft, entity)}")
    return True


def add_deny(draft: Writing) -> bool:
    entity = _guarded(draft)
    if entity is None:
        return False
    action = draft.random.choice(("read", "update", "delete"))
    entity.rules.append(f'deny {action} to guest{_condition(draft, entity)} because "No."')
    return True


def change_allow(draft: Writing) -> bool:
    """Other people, or other rows."""
    entity = draft.entity(lambda each: len(each.rules) > 1)
    if entity is None:
        return False
    head = entity.rules[-1].partition(" to ")[0]
    because = ' because "No."' if head.startswith("deny") else ""
    entity.rules[-1] = (
        f"{head} to {draft.random.choice(('guest', 'staff'))}{_condition(draft, entity)}{because}"
    )
    return True


def drop_rule(draft: Writing) -> bool:
    entity = draft.entity(lambda each: len(each.rules) > 1)
    if entity is None:
        return False
    entity.rules.pop()
    return True
