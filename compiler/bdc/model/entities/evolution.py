"""What was called otherwise and what is gone: `@was` and `dropped`, held against what is there."""

from collections.abc import Iterable, Mapping

from bdc.model.attributes import NOTHING, Attributes, Word, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.evolution import ClaimedTwice, NoSqlObject, StillThere
from bdc.model.errors.names import UnknownEnumValue
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.evolution import Removal
from bdc.model.nodes.values import Enum, Struct
from bdc.source import Span
from bdc.syntax import ast

_DISCARD = {"discard": "@discard"}
_SCHEMA = {"schema": '@schema("billing")'}
_DROPPED = {
    "field": {**_DISCARD, "column": '@column("legacy_name")', "embed": "@embed"},
    "member": _DISCARD,
    "value": {"backfill": "@backfill(other)"},
    "entity": {**_DISCARD, "table": '@table("legacy")', **_SCHEMA},
    "enum": {"native": '@native("legacy")', "table": '@table("legacy")', **_SCHEMA},
    "sql": _DISCARD,
    "view": NOTHING,
}


def former(attributes: Attributes) -> tuple[str, ...]:
    """Return the names in `@was(old, older)`."""
    return tuple(word.text for word in attributes.words("was"))


def removals(context: ResolveContext, kind: str, members: Iterable[object]) -> tuple[Removal, ...]:
    """Return what is dropped among the members of an entity or a struct, or the values of an enum."""
    return tuple(_removal(context, kind, each) for each in members if isinstance(each, ast.DroppedDecl))


def _removal(context: ResolveContext, kind: str, written: ast.DroppedDecl | ast.RemovedDecl) -> Removal:
    attributes = read_attributes(written.attributes, _DROPPED[kind], f"a dropped {kind}", context)
    replacement = attributes.word("backfill")
    return Removal(
        kind=kind,
        name=written.name.text,
        span=written.name.span,
        embedded=attributes.has("embed"),
        discard=attributes.has("discard"),
        physical=attributes.text("column") or attributes.text("native") or attributes.text("table"),
        schema=attributes.text("schema"),
        replacement=replacement.text if replacement is not None else None,
    )


def resolve_evolution(context: ResolveContext) -> None:
    """Keep what is dropped from the system, and report what is said to be gone and is not."""
    _declarations(context)
    for entity in context.entities.values():
        _entity(context, entity)
    for enum in context.enums.values():
        _enum(context, enum)
    for struct in context.structs.values():
        _struct(context, struct)


def _declarations(context: ResolveContext) -> None:
    there = {
        "entity": {each.name: each.span for each in context.entities.values() if each.view is None},
        "enum": {each.name: each.span for each in context.enums.values()},
        "view": {
            each.name.text: each.name.span
            for each in context.declarations()
            if isinstance(each, ast.ViewDecl)
        },
    }
    words = {kind: _Words(context, kind, "this system", found) for kind, found in there.items()}
    for declared in context.declarations():
        if isinstance(declared, ast.EntityDecl | ast.EnumDecl | ast.ViewDecl):
            kind = type(declared).__name__.removesuffix("Decl").lower()
            words[kind].renamed(declared.attributes)
        elif isinstance(declared, ast.RemovedDecl):
            found = _removal(context, declared.kind, declared)
            if declared.kind == "sql":
                _sql(context, found)
            else:
                words[declared.kind].removed(found)
            context.dropped.append(found)


def _sql(context: ResolveContext, removal: Removal) -> None:
    """`dropped sql "…"` names what DROP could name, or a statement."""
    from bdc.sql.removed import removed_sql

    if removed_sql(removal.name) is None:
        context.report(NoSqlObject(removal.name, removal.span))


def _entity(context: ResolveContext, entity: Entity) -> None:
    there = {field.name: field.span for field in entity.fields if not _is_alias(field.declared.attributes)}
    words = _Words(context, "field", f"entity `{entity.name}`", there)
    for field in entity.fields:
        words.renamed(field.declared.attributes)
    for removal in entity.dropped:
        words.removed(removal)


def _is_alias(attributes: Iterable[ast.Attribute]) -> bool:
    """Whether a field is worked out when it is read: the old name of a field goes on as one, and its column has the new name."""
    names = {attribute.name for attribute in attributes}
    return "computed" in names and not names & {"stored", "virtual"}


def _enum(context: ResolveContext, enum: Enum) -> None:
    words = _Words(context, "value", f"enum `{enum.name}`", {value.name: value.span for value in enum.values})
    for value in enum.values:
        words.renamed(value.attributes)
    for removal in enum.dropped:
        words.removed(removal)
        if removal.replacement is not None and removal.replacement not in enum.names:
            context.report(UnknownEnumValue(enum.name, removal.replacement, removal.span, enum.names))


def _struct(context: ResolveContext, struct: Struct) -> None:
    there = {field.name: field.span for field in struct.fields}
    words = _Words(context, "member", f"struct `{struct.name}`", there)
    for field in struct.fields:
        words.renamed(field.attributes)
    for removal in struct.dropped:
        words.removed(removal)


class _Words:
    """The old names of one parent, each said once, none of something that is there."""

    def __init__(self, context: ResolveContext, kind: str, owner: str, there: Mapping[str, Span]) -> None:
        self._world = context
        self._kind = kind
        self._owner = owner
        self._there = there
        self._said: dict[str, Span] = {}

    def renamed(self, written: tuple[ast.Attribute, ...]) -> None:
        attributes = Attributes({each.name: each for each in written}, {"was": "@was(old)"}, self._world)
        for word in attributes.words("was", report=False):
            self._say(word, removed=False)

    def removed(self, removal: Removal) -> None:
        self._say(Word(removal.name, removal.span), removed=True)

    def _say(self, word: Word, *, removed: bool) -> None:
        declared = self._there.get(word.text)
        first = self._said.setdefault(word.text, word.span)
        if declared is not None:
            fact = StillThere(self._kind, word.text, self._owner, removed, word.span, declared)
            self._world.report(fact)
        elif first != word.span:
            self._world.report(ClaimedTwice(self._kind, word.text, self._owner, word.span, first))
