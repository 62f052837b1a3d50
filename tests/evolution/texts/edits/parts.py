"""Parts of tables, domains, exclusions."""

from tests.evolution.texts.edits.fields import column_of, fresh, plain, put
from tests.evolution.texts.model import Alias, Entity, Field, Member
from tests.evolution.texts.writing import Writing

__all__ = [
    "add_domain",
    "add_exclusion",
    "add_part",
    "change_domain",
    "drop_part",
    "leave_domain",
    "rename_part",
]


_RULES = {"int": "int @min(0)", "text": "string(..60)", "bigint": "bigint @min(-9)"}
_WIDER = {"int": "int @min(-7)", "text": "string(..70)", "bigint": "bigint @min(-10)"}
_NARROWER = {"int": "int @min(90)", "text": "string(..2)", "bigint": "bigint @min(1)"}


def _way(entity: Entity) -> str:
    """Return how an entity is divided: range, list or hash; nothing where it is not."""
    mark = next((each for each in entity.marks if each.startswith("@partition")), "")
    return mark.removeprefix("@partition(").partition(",")[0]


def add_part(draft: Writing) -> bool:
    """One in five is for rows that the default one has."""
    entity = draft.entity(lambda each: _way(each) in ("range", "list"))
    if entity is None:
        return False
    name = draft.numbered("part")
    if draft.maybe(0.2):
        day = "2026-01-02T{:02}:00:00Z"
        hour = draft.count % 20
        bound = f'from ("{day.format(hour)}") to ("{day.format(hour + 1)}")'
        listed = f'in ("{97 * draft.random.randint(3, 9)}")'
    else:
        bound = f'from ("{2100 + draft.count}-01-01T00:00:00Z") to ("{2101 + draft.count}-01-01T00:00:00Z")'
        listed = f'in ("far{draft.count}", "off{draft.count}")'
    text = f"partition {name} {bound if _way(entity) == 'range' else listed}"
    if any(text.partition(" from ")[2] in each.text and " from " in text for each in entity.members):
        return False
    entity.members.append(Member("part", text, name))
    return True


def _part(draft: Writing) -> tuple[Entity, Member] | None:
    return draft.pick(
        (entity, each)
        for entity in draft.spec.entities
        for each in entity.members
        if each.kind == "part" and _way(entity) != "hash"
    )


def drop_part(draft: Writing) -> bool:
    found = _part(draft)
    if found is None or "default" in found[1].text:
        return False
    entity, part = found
    entity.members.remove(part)
    if part.was is not None:
        entity.dropped.append(draft.dropped("", part.was))
    return True


def rename_part(draft: Writing) -> bool:
    found = _part(draft)
    return found is not None and draft.rename(found[1].name, draft.numbered("part"))


def add_domain(draft: Writing) -> bool:
    name = draft.numbered("Height")
    base, rule = draft.random.choice(sorted(_RULES.items()))
    draft.spec.aliases.append(Alias(name, base, rule))
    entity = draft.entity()
    required = entity is not None and entity.was is None
    return put(entity, Field(fresh(draft), name, optional=not required))


def _domain(draft: Writing) -> Alias | None:
    return draft.pick(draft.spec.aliases)


def change_domain(draft: Writing) -> bool:
    """Wider, or so narrow that rows do not satisfy it."""
    found = _domain(draft)
    if found is None:
        return False
    if found.rule != _RULES[found.base]:
        return False
    found.rule = (_NARROWER if draft.maybe(0.3) else _WIDER)[found.base]
    return True


def leave_domain(draft: Writing) -> bool:
    """A field of a domain gets the type that the domain stands on."""
    kinds = {each.name: each.base for each in draft.spec.aliases}
    found = draft.field(lambda _, each: each.type in kinds)
    if found is None:
        return False
    found[1].type = kinds[found[1].type]
    return True


def add_exclusion(draft: Writing) -> bool:
    found = draft.field(lambda entity, each: each.type == "int" and plain(each) and not _way(entity))
    if found is None or found[1].optional:  # a range of nothing is one of everything
        return False
    entity, field = found
    name = draft.numbered("apart")
    column = column_of(field)
    span = f'sql("int4range({column}, {column} + 1)") with "&&"'
    if any(span in each.text for each in entity.members):
        return False  # PostgreSQL makes one of two that say the same
    entity.members.append(Member("exclude", f"exclude {name} using gist ({span})", name))
    return True
