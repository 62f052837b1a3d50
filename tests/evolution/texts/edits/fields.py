"""Fields: there or not, required or not, of another type, under another name."""

from tests.evolution.texts.model import Entity, Field
from tests.evolution.texts.writing import CONSTANTS, NUMBERS, PLAIN, TEXTS, Writing

__all__ = [
    "add_column_name",
    "add_computed",
    "add_field",
    "add_filled_field",
    "add_number",
    "add_required_field",
    "add_stored",
    "change_default",
    "drop_field",
    "loosen_field",
    "rename_field",
    "require_field",
    "retype_field",
    "widen_field",
]

_WORDS = ("amount", "code", "level", "mark", "place", "since", "size", "title")
_WIDER = {
    "string(1..40)": ("string(1..80)", "text", "string(..40)"),
    "string(1..80)": ("text", "string(1..40)", "string(1..3)"),
    "text": ("string(1..80)",),
    "int(0..1000)": ("int", "int(0..2000)", "int(1..500)"),
    "int": ("bigint", "int(0..1000)"),
    "decimal(10, 2)": ("decimal(14, 2)",),
}
_OTHER = {
    "int": (("text", None), ("bool", 'sql("{0} > 10")'), ("decimal(10, 2)", None)),
    "bigint": (("text", None), ("float", None), ("int", None)),
    "text": (
        ("int", 'sql("length({0})")'),
        ("json", 'sql("to_jsonb({0})")'),
        ("string[]", 'sql("array[{0}]")'),
    ),
    "bool": (("int", 'sql("{0}::integer")'), ("text", None)),
    "date": (("timestamp", "sql(\"{0}::timestamp at time zone 'UTC'\")"), ("text", None)),
    "timestamp": (("date", "sql(\"({0} at time zone 'UTC')::date\")"),),
    "uuid": (("text", None),),
    "float": (("decimal(10, 2)", None),),
}


def fresh(draft: Writing) -> str:
    return draft.numbered(*_WORDS)


def put(entity: Entity | None, made: Field) -> bool:
    if entity is not None:
        entity.fields.append(made)
    return entity is not None


def plain(found: Field) -> bool:
    return found.type in CONSTANTS and not any(
        mark.startswith(("@computed", "@serial")) for mark in found.marks
    )


def add_field(draft: Writing) -> bool:
    return put(draft.entity(), Field(fresh(draft), draft.random.choice(PLAIN), optional=True))


def add_required_field(draft: Writing) -> bool:
    kind = draft.random.choice(PLAIN)
    return put(draft.entity(), Field(fresh(draft), kind, default=CONSTANTS[kind]))


def add_filled_field(draft: Writing) -> bool:
    """Required, and what old rows get: a constant, or something about the row."""
    entity, kind = draft.entity(), draft.random.choice(PLAIN)
    if entity is None:
        return False
    made, value = Field(fresh(draft), kind), CONSTANTS[kind]
    source = draft.pick(
        each for each in entity.fields if each.type == kind and plain(each) and each.was == each.name
    )
    if draft.begun and (entity.was is not None or draft.maybe(0.5)):
        made.backfill = (
            value
            if source is None
            else source.name
            if not source.optional
            else f"coalesce({source.name}, {value})"
        )
    return put(entity, made)


def add_column_name(draft: Writing) -> bool:
    kind = draft.random.choice(PLAIN)
    name = fresh(draft)
    return put(draft.entity(), Field(name, kind, optional=True, marks=(f'@column("the_{name}")',)))


def add_number(draft: Writing) -> bool:
    """Counted by the database."""
    entity = draft.entity(lambda each: not any("@partition" in mark for mark in each.marks))
    return put(entity, Field(fresh(draft), "int", marks=("@serial",)))


def _source(draft: Writing) -> tuple[Entity, Field] | None:
    return draft.field(lambda entity, each: each.type in ("int", "text", *TEXTS) and plain(each))


def add_computed(draft: Writing) -> bool:
    found = _source(draft)
    if found is None:
        return False
    return put(found[0], _computed(draft, found[1], ()))


def add_stored(draft: Writing) -> bool:
    found = _source(draft)
    if found is None or any("@partition" in mark for mark in found[0].marks):
        return False
    return put(found[0], _computed(draft, found[1], (draft.random.choice(("@stored", "@virtual")),)))


def _computed(draft: Writing, source: Field, marks: tuple[str, ...]) -> Field:
    number = source.type == "int"
    value = f"{source.name} * 2" if number else f"lower({source.name})"
    name = draft.numbered("double" if number else "small")
    return Field(name, "int" if number else "text", source.optional, marks=(f"@computed({value})", *marks))


def drop_field(draft: Writing) -> bool:
    """Only a field that nothing else speaks of: what does is a change of its own."""
    found = draft.field(lambda entity, each: draft.alone(each))
    if found is None:
        return False
    entity, gone = found
    entity.fields.remove(gone)
    computed = any(mark.startswith("@computed") for mark in gone.marks)
    if gone.type.endswith("[]") and gone.type not in CONSTANTS:
        _drop_join(draft, entity, gone)
    elif "@embed" in gone.marks:
        entity.dropped += [draft.dropped("", f"{gone.was} @embed")] if gone.was is not None else []
    elif gone.was is not None and not (computed and len(gone.marks) == 1):
        name = next((f" {mark}" for mark in gone.marks if mark.startswith("@column")), "")
        entity.dropped.append(draft.dropped("", gone.was) + name)
    return True


def _drop_join(draft: Writing, entity: Entity, gone: Field) -> None:
    """What is many to many is an entity that nobody wrote."""
    other = next(each for each in draft.spec.entities if f"{each.name}[]" == gone.type)
    if gone.was is not None:
        draft.spec.dropped.append(draft.dropped("entity ", f"{entity.was}{other.was}"))


def rename_field(draft: Writing) -> bool:
    found = draft.field()
    return found is not None and draft.rename(found[1].name, fresh(draft))


def require_field(draft: Writing) -> bool:
    found = draft.field(lambda _, each: plain(each) and each.optional)
    if found is None or not _nobody_computes(draft, found[1]):
        return False
    found[1].optional = False
    if found[1].was is not None and draft.maybe(0.85):
        found[1].backfill = CONSTANTS[found[1].type]
    return True


def loosen_field(draft: Writing) -> bool:
    found = draft.field(lambda _, each: plain(each) and not each.optional and each.default is None)
    if found is None or not _nobody_computes(draft, found[1]):
        return False
    found[1].optional, found[1].backfill = True, None
    return True


def _nobody_computes(draft: Writing, found: Field) -> bool:
    """What is computed from a field, or shows it, is optional as it is."""
    return draft.alone(found)


def change_default(draft: Writing) -> bool:
    found = draft.field(lambda _, each: plain(each) and each.was is not None)
    if found is None:
        return False
    constants = {**dict.fromkeys(NUMBERS, "7"), **dict.fromkeys(TEXTS, '"some"')}
    value = draft.pick((None, CONSTANTS[found[1].type], constants.get(found[1].type)))
    if value == found[1].default:
        return False
    found[1].default = value
    return True


def widen_field(draft: Writing) -> bool:
    """Other bounds, or a type of the same family."""
    found = draft.field(lambda _, each: each.type in _WIDER and plain(each) and draft.alone(each))
    if found is None:
        return False
    found[1].type = draft.random.choice(_WIDER[found[1].type])
    found[1].default = None
    return True


def column_of(field: Field) -> str:
    named = (mark for mark in field.marks if mark.startswith("@column"))
    return next((mark.split('"')[1] for mark in named), field.name)


def retype_field(draft: Writing) -> bool:
    found = draft.field(lambda _, each: each.type in _OTHER and plain(each) and draft.alone(each))
    if found is None:
        return False
    field = found[1]
    kind, value = draft.random.choice(_OTHER[field.type])
    if field.was is not None and field.was == field.name and value is not None:
        field.backfill = value.format(column_of(field))
    elif (value is not None and field.was is not None) or (field.was is None and field.backfill is not None):
        return False
    field.type, field.default = kind, None
    return True
