"""Entities, fields and enums of a JDL → units of the language."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from bdc.importing.draft import Part, Unit
from bdc.importing.jdl.elements import entity_path, enum_path
from bdc.importing.jdl.nodes import EntityNode, EnumNode, FieldNode, Jdl
from bdc.importing.names import Unique, field_name, type_name, value_name
from bdc.importing.text import quoted, sql
from bdc.naming.casing import snake

_TYPES = {
    "String": "string",
    "Integer": "int",
    "Long": "bigint",
    "BigDecimal": "decimal(21, 2)",
    "Float": "float",
    "Double": "float",
    "Boolean": "bool",
    "LocalDate": "date",
    "LocalTime": "time",
    "Instant": "timestamp",
    "ZonedDateTime": "timestamp",
    "Duration": "duration",
    "UUID": "uuid",
    "Blob": "bytes",
    "AnyBlob": "bytes",
    "ImageBlob": "bytes",
    "ByteBuffer": "bytes",
    "TextBlob": "text",
}
_USUAL_LENGTH = 255  # of a String without maxlength, as JHipster makes it
_KEYS = {"UUID": "id: uuid = uuid4()", "Integer": "id: int @identity(by_default)"}
_USUAL_KEY = "id: bigint @identity(by_default)"


def is_key(field: FieldNode) -> bool:
    return field.name == "id" or any(name.lower() == "id" for name, _ in field.annotations)


def enum_unit(enum: EnumNode, said: str) -> Unit:
    """Return an enum; labels are what forms show, and become documentation."""
    path, names = enum_path(enum.name), Unique()
    unit = Unit([Part(f"enum {said}", (path,), needed=True)]).block()
    _document(unit, enum.doc, f"{path}/comment")
    for label, shown, doc in enum.values:
        own = f"{path}/{label}"
        name = names.take(value_name(label))
        value = unit.put(Unit([Part(name, (own,), needed=True)]))
        if name != label:
            value.add(f"@value({quoted(label)})")
        says = [f"{own}/{what}" for what, there in (("comment", doc), ("label", shown)) if there]
        value.doc = tuple("\n".join(filter(None, (doc, shown))).split("\n")) if says else ()
        value.doc_says = tuple(says)
    return unit


def entity_unit(jdl: Jdl, entity: EntityNode, said: str, enums: Mapping[str, str], names: Unique) -> Unit:
    """Return an entity with its fields. `enums`: their names in the specification; `names` gives those of the members."""
    path = entity_path(entity.name)
    table = entity.table if entity.table and entity.table != snake(said) else None
    unit = Unit(
        [
            Part(
                f"entity {said}",
                (path, *([f"{path}/table"] if entity.table and not table else ())),
                needed=True,
            )
        ]
    )
    if table:
        unit.add(f"@table({quoted(table)})", f"{path}/table")
    _document(unit, entity.doc, f"{path}/comment")
    for name, value in entity.annotations:
        shown = f"@{name}({value})" if value is not None else f"@{name}"
        unit.notes.append(Part(f"JHipster: {shown}", (f"{path}/@{name}",)))
    unit.block()
    if not any(is_key(field) for field in entity.fields):
        unit.put(Unit([Part(_USUAL_KEY, needed=True), Part("@id", needed=True)]))
        names.take("id")
    for field in entity.fields:
        for made in _field(jdl, f"{path}/{field.name}", field, enums, names):
            unit.put(made)
    return unit


def _document(unit: Unit, doc: str | None, says: str) -> None:
    if doc:
        unit.doc, unit.doc_says = tuple(doc.split("\n")), (says,)


def _field(jdl: Jdl, path: str, field: FieldNode, enums: Mapping[str, str], names: Unique) -> Iterator[Unit]:
    name = names.take(field_name(field.name))
    rules = {rule: jdl.constants.get(value, value) for rule, value in field.rules.items()}
    if is_key(field):
        unit = _key(path, field, rules, name)
    else:
        unit = Unit([Part(f"{name}:", (path,), needed=True)])
        optional = "" if "required" in rules else "?"
        unit.parts.append(_type(path, field, rules, enums, optional))
    _rules(unit, path, field, rules)
    if field.doc:
        _document(unit, field.doc, f"{path}/comment")
    for annotation, value in field.annotations:
        _annotation(unit, path, field, annotation, value)
    yield unit
    yield from _checks(path, field, name, rules)


def _key(path: str, field: FieldNode, rules: dict[str, str], name: str) -> Unit:
    says = tuple(f"{path}/{rule}" for rule in ("required", "unique") if rule in field.rules)
    if field.type == "String":
        unit = Unit([Part(f"{name}:", (path, *says), needed=True), _type(path, field, rules, {}, "")])
    else:
        text = _KEYS.get(field.type, _USUAL_KEY)
        unit = Unit([Part(text.replace("id:", f"{name}:", 1), (path, *says), needed=True)])
    return unit.add("@id", needed=True)


def _type(
    path: str, field: FieldNode, rules: dict[str, str], enums: Mapping[str, str], optional: str
) -> Part:
    says = (f"{path}/required",) if "required" in rules else ()
    if field.type in enums:
        return Part(enums[field.type] + optional, says, needed=True)
    plain = _TYPES.get(field.type)
    if plain is None:
        return Part("", says, needed=True, refused=f"there is no type {field.type}")
    if plain != "string":
        return Part(plain + optional, says, needed=True)
    low, high = rules.get("minlength", ""), rules.get("maxlength") or str(_USUAL_LENGTH)
    lengths = tuple(f"{path}/{rule}" for rule in ("minlength", "maxlength") if rule in rules)
    return Part(
        f"string({low}..{high}){optional}",
        (*says, *lengths),
        needed=True,
        instead=Part(f"string{optional}", says, needed=True),
    )


def _rules(unit: Unit, path: str, field: FieldNode, rules: dict[str, str]) -> None:
    if "unique" in rules and not is_key(field):
        unit.add("@unique", f"{path}/unique")
    for rule in ("min", "max"):
        if rule in rules and is_number(rules[rule]):
            unit.add(f"@{rule}({rules[rule]})", f"{path}/{rule}")
    if "pattern" in rules:
        unit.add(f"@pattern({quoted(whole(rules['pattern']))})", f"{path}/pattern")


def whole(pattern: str) -> str:
    """Return a pattern that fits the whole text, as Java's `matches` does."""
    inner = pattern.removeprefix("^")
    inner = inner if inner.endswith(r"\$") else inner.removesuffix("$")
    return f"^(?:{inner})$" if "|" in inner else f"^{inner}$"


def is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _checks(path: str, field: FieldNode, name: str, rules: dict[str, str]) -> Iterator[Unit]:
    """The sizes of binary values, and lengths of long texts, for which types have no words."""
    size = "char_length" if field.type == "TextBlob" else "octet_length"
    for rule, sign in (("minbytes", ">="), ("maxbytes", "<="), ("minlength", ">="), ("maxlength", "<=")):
        if rule in rules and field.type != "String" and rules[rule].isdigit():
            column = f'"{name}"'
            condition = sql(f"{size}({column}) {sign} {rules[rule]}")
            yield Unit([Part(f"check {name}_{rule} ({condition})", (f"{path}/{rule}",))])


def _annotation(unit: Unit, path: str, field: FieldNode, name: str, value: str | None) -> None:
    says = f"{path}/@{name}"
    if name.lower() == "id" and is_key(field):
        unit.parts[0].says += (says,)
    elif name.lower() == "defaultvalue" and value is not None and field.type in _TYPES:
        text = (
            value
            if field.type not in ("String", "TextBlob", "UUID", "LocalDate", "Instant")
            else quoted(value)
        )
        unit.parts.insert(2, Part(f"= {text}", (says,)))
    else:
        shown = f"@{name}({value})" if value is not None else f"@{name}"
        unit.notes.append(Part(f"JHipster: {shown}", (says,)))


def type_names(jdl: Jdl, names: Unique) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of entities and of enums in the specification."""
    entities = {entity.name: names.take(type_name(entity.name)) for entity in jdl.entities}
    enums = {enum.name: names.take(type_name(enum.name), f"{type_name(enum.name)}Kind") for enum in jdl.enums}
    return entities, enums
