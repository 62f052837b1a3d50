"""Limits that are checked on the document alone, before it is validated: none of them looks at more than it allows.

What comes in: a parsed document. What goes out: nothing, or `Refused`. Selections of one answer name are looked at together, as
an answer shows them, with fragments followed; a fragment that is spread in many places counts each time, and the walk stops at the
limit, so that a small document cannot cause much work. What validation compares pairwise (fields of one name, fragments of one
document, variables of each operation) is counted here, so that validating what passes takes time in proportion to its length.
"""

from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from api.graphql.engine.errors import INTROSPECTION, LIMIT, VALIDATION, Refused, refused
from api.graphql.engine.settings import Settings

INTROSPECTED = frozenset({"__schema", "__type"})
# The usual introspection query asks for 13 levels.
INTROSPECTION_DEPTH = 20

Inside = frozenset[str]
Level = Sequence[tuple[SelectionSetNode, Inside]]
Groups = dict[str, list[tuple[FieldNode, Inside]]]


def check_limits(document: DocumentNode, settings: Settings, *, introspection: bool) -> None:
    """Raise `Refused` when the document is deeper, wider or more repetitive than allowed."""
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) > settings.operations:
        raise _too_much("operations", settings.operations)
    if len(fragments) > settings.fragments:
        raise _too_much("fragments", settings.fragments)
    walk = _Walk(settings, fragments, introspection)
    for operation in operations:
        walk.run(operation)
    unused = fragments.keys() - walk.used
    if unused:
        raise refused(VALIDATION, f"Fragment '{min(unused)}' is never used.")


class _Walk:
    """Counts one document. Fields and repetitions are counted over all operations, aliases and depth in each."""

    def __init__(
        self, settings: Settings, fragments: Mapping[str, FragmentDefinitionNode], introspection: bool
    ) -> None:
        self._settings = settings
        self._fragments = fragments
        self._introspection = introspection
        self._fields = 0
        self._followed = 0
        self._repeated = 0
        self._aliases = 0
        self.used: set[str] = set()

    def run(self, operation: OperationDefinitionNode) -> None:
        self._aliases = 0
        reached: set[str] = set()
        self._level([(operation.selection_set, frozenset())], 1, reached, introspected=False)
        self.used |= reached
        self._followed += sum(_length(self._fragments[name]) for name in reached)
        if self._followed > self._settings.bytes:
            raise _too_much("characters when fragments are read for each operation", self._settings.bytes)

    def _level(self, level: Level, depth: int, reached: set[str], *, introspected: bool) -> None:
        """Count what one answer object shows, then what is below each of its members."""
        groups: Groups = {}
        for selections, inside in level:
            for name, field, where in self._fields_of(selections, inside, reached):
                groups.setdefault(name, []).append((field, where))
        for fields in groups.values():
            self._repeat([field for field, _ in fields])
            self._below(fields, depth, reached, introspected=introspected)

    def _below(
        self, fields: Sequence[tuple[FieldNode, Inside]], depth: int, reached: set[str], *, introspected: bool
    ) -> None:
        asked = any(field.name.value in INTROSPECTED for field, _ in fields)
        if asked and not self._introspection:
            raise refused(INTROSPECTION, "Introspection is not offered here.")
        below = [(field.selection_set, inside) for field, inside in fields if field.selection_set is not None]
        if not below:
            return
        most = INTROSPECTION_DEPTH if introspected or asked else self._settings.depth
        if depth > most:
            raise _too_much("levels of nested selections", most)
        self._level(below, 1 if asked else depth + 1, reached, introspected=introspected or asked)

    def _fields_of(
        self, selections: SelectionSetNode, inside: Inside, reached: set[str]
    ) -> Iterator[tuple[str, FieldNode, Inside]]:
        """Yield the fields by answer name, those of fragments among them. Raises `Refused` for a fragment within itself."""
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._count_field(selection)
                yield (selection.alias or selection.name).value, selection, inside
            elif isinstance(selection, InlineFragmentNode):
                yield from self._fields_of(selection.selection_set, inside, reached)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in inside:
                    raise refused(VALIDATION, f"Cannot spread fragment '{name}' within itself.")
                fragment = self._fragments.get(name)
                if fragment is not None:
                    reached.add(name)
                    self._count_field(None)
                    yield from self._fields_of(fragment.selection_set, inside | {name}, reached)

    def _repeat(self, fields: Sequence[FieldNode]) -> None:
        """Count the fields that will be compared with each other, and the arguments that are then read for each pair."""
        others = len(fields) - 1
        if others >= self._settings.duplicates:
            raise _too_much("repetitions of one field", self._settings.duplicates)
        if others:
            self._repeated += others * sum(map(_arguments_length, fields))
            if self._repeated > self._settings.repeated:
                raise _too_much("characters of arguments in repeated fields", self._settings.repeated)

    def _count_field(self, field: FieldNode | None) -> None:
        self._fields += 1
        if self._fields > self._settings.fields:
            raise _too_much("fields", self._settings.fields)
        if field is not None and field.alias is not None:
            self._aliases += 1
            if self._aliases > self._settings.aliases:
                raise _too_much("aliases", self._settings.aliases)


def _arguments_length(field: FieldNode) -> int:
    return sum(map(_length, field.arguments or ()))


def _length(node: object) -> int:
    loc = getattr(node, "loc", None)
    return loc.end - loc.start if loc is not None else 0


def _too_much(what: str, limit: int) -> Refused:
    return refused(LIMIT, f"The document has more than {limit} {what}.")
