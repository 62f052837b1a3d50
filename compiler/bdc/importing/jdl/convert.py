"""Declarations of a JDL → a draft of a specification, with an account of every element."""

from collections.abc import Iterator

from bdc.importing.draft import Ledger, Part, Unit
from bdc.importing.jdl.elements import elements, entity_path, option_path, relations
from bdc.importing.jdl.entities import entity_unit, enum_unit, type_names
from bdc.importing.jdl.nodes import EntityNode, FieldNode, Jdl
from bdc.importing.jdl.parse import parse
from bdc.importing.jdl.relations import Ends, relate
from bdc.importing.names import Unique

_GENERATOR = "it configures JHipster's generator"
_TWICE = "it is declared again below"


def jdl_draft(text: str, name: str) -> tuple[list[Unit], Ledger, tuple[str, ...]]:
    """Return the units of a specification, the ledger of the elements, and what is added. Raises JdlError."""
    jdl = parse(text)
    built_in = _with_built_in(jdl)
    ledger = Ledger(tuple(dict.fromkeys(elements(jdl))))
    for added in built_in:
        ledger.elements = tuple(path for path in ledger.elements if not _is_below(path, entity_path(added)))
    said, enums = type_names(jdl, Unique())
    names = {entity.name: Unique() for entity in jdl.entities}
    units = [enum_unit(enum, enums[enum.name]) for enum in jdl.enums]
    of_entities = {
        entity.name: entity_unit(jdl, entity, said[entity.name], enums, names[entity.name])
        for entity in jdl.entities
    }
    ends = Ends(of_entities, said, names, [])
    for relation, path in relations(jdl):
        relate(ends, relation, path, ledger)
    _options(jdl, of_entities, ledger)
    _settings(jdl, ledger)
    _constants(jdl, ledger)
    head = [
        Unit([Part("bds 1")]),
        Unit([Part(f"module {name} @names(postgres) @unguarded")]),
        Unit([Part("")]),
    ]
    told = [f"entity `{added}`: JHipster has it built in" for added in built_in]
    told += [*ends.added, *_usual_sizes(jdl)]
    return [*head, *units, *of_entities.values()], ledger, tuple(told)


def _usual_sizes(jdl: Jdl) -> Iterator[str]:
    """Yield what types hold without a rule that says so."""
    fields = [field for entity in jdl.entities for field in entity.fields]
    if any(field.type == "String" and "maxlength" not in field.rules for field in fields):
        yield "`string(..255)` for a String without `maxlength`: as JHipster makes it"
    if any(field.type == "BigDecimal" for field in fields):
        yield "`decimal(21, 2)` for a BigDecimal: as JHipster makes it"


def _is_below(path: str, whole: str) -> bool:
    return path == whole or path.startswith(f"{whole}/")


def _with_built_in(jdl: Jdl) -> list[str]:
    """Declare the entities that JHipster has built in, where a relationship leads to one and nothing declares it."""
    declared = {entity.name for entity in jdl.entities}
    wanted = {side.entity for relation in jdl.relations for side in (relation.left, relation.right)}
    missing = [entity for entity in _BUILT_IN if entity.name in wanted - declared]
    jdl.entities += missing
    return [entity.name for entity in missing]


def _options(jdl: Jdl, units: dict[str, Unit], ledger: Ledger) -> None:
    """Options of entities stand as comments above them."""
    for option in jdl.options:
        path = option_path(option.text)
        text = f"JHipster: {option.name}" + (f" with {option.value}" if option.value else "")
        covered = [name for name in units if option.covers(name)]
        if not option.entities:
            ledger.leave(path, _GENERATOR)
        for name in covered:
            units[name].notes.append(Part(text, (path,)))
        if not covered:
            ledger.leave(path, "it names no entity of this file")


def _settings(jdl: Jdl, ledger: Ledger) -> None:
    for setting in jdl.settings:
        ledger.leave(setting[0], _GENERATOR)


def _constants(jdl: Jdl, ledger: Ledger) -> None:
    """A constant is carried by the rules that use it: its value stands there."""
    used = {value for entity in jdl.entities for field in entity.fields for value in field.rules.values()}
    for name in jdl.constants:
        if name in used:
            ledger.carry([f"constant {name}"])
        else:
            ledger.leave(f"constant {name}", "no rule uses it")


def _field(name: str, kind: str, **rules: str) -> FieldNode:
    return FieldNode(name, kind, rules, None, ())


_BUILT_IN = (
    EntityNode(
        "User",
        "jhi_user",
        "A person that may log in.",
        (),
        (
            _field("login", "String", required="", unique="", maxlength="50"),
            _field("firstName", "String", maxlength="50"),
            _field("lastName", "String", maxlength="50"),
            _field("email", "String", unique="", maxlength="191"),
            _field("imageUrl", "String", maxlength="256"),
            _field("activated", "Boolean", required=""),
            _field("langKey", "String", maxlength="10"),
        ),
    ),
    EntityNode(
        "Authority",
        "jhi_authority",
        "What a user may do.",
        (),
        (FieldNode("name", "String", {"required": ""}, None, (("Id", None),)),),
    ),
)
