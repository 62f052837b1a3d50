"""Limits that are checked on the document alone, before it is validated: none of them looks at more than it allows.

What comes in: a parsed document. What goes out: nothing, or `Refused`. Fragments are followed; a fragment that is spread in
many places counts each time, and the walk stops at the limit, so that a small document cannot cause much work.
"""

from collections import Counter
from collections.abc import Mapping

from api.graphql.errors import INTROSPECTION, LIMIT, Refused, refused
from api.graphql.settings import Settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

INTROSPECTED = frozenset({"__schema", "__type"})


def check_limits(document: DocumentNode, settings: Settings, *, introspection: bool) -> None:
    """Raise `Refused` when the document is deeper, wider or more repetitive than allowed."""
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _Walk(settings, fragments, introspection).run(definition)


class _Walk:
    def __init__(
        self, settings: Settings, fragments: Mapping[str, FragmentDefinitionNode], introspection: bool
    ) -> None:
        self._settings = settings
        self._fragments = fragments
        self._introspection = introspection
        self._fields = 0
        self._aliases = 0

    def run(self, operation: OperationDefinitionNode) -> None:
        self._selections(operation.selection_set, 1, frozenset(), Counter())

    def _selections(
        self, selections: SelectionSetNode, depth: int, inside: frozenset[str], seen: Counter[str]
    ) -> None:
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                self._field(selection, depth, inside, seen)
            elif isinstance(selection, InlineFragmentNode):
                self._selections(selection.selection_set, depth, inside, seen)
            elif isinstance(selection, FragmentSpreadNode):
                self._spread(selection.name.value, depth, inside, seen)

    def _spread(self, name: str, depth: int, inside: frozenset[str], seen: Counter[str]) -> None:
        """Follow a fragment; cycles are left for validation to report."""
        fragment = self._fragments.get(name)
        if fragment is not None and name not in inside:
            self._count_field()
            self._selections(fragment.selection_set, depth, inside | {name}, seen)

    def _field(self, field: FieldNode, depth: int, inside: frozenset[str], seen: Counter[str]) -> None:
        name = field.name.value
        self._count_field()
        if field.alias is not None:
            self._aliases += 1
            if self._aliases > self._settings.aliases:
                raise _too_much("aliases", self._settings.aliases)
        key = field.alias.value if field.alias is not None else name
        seen[key] += 1
        if seen[key] > self._settings.duplicates:
            raise _too_much("repetitions of one field", self._settings.duplicates)
        if name in INTROSPECTED:
            if not self._introspection:
                raise refused(INTROSPECTION, "Introspection is not offered here.")
        elif field.selection_set is not None:
            if depth > self._settings.depth:
                raise _too_much("levels of nested selections", self._settings.depth)
            self._selections(field.selection_set, depth + 1, inside, Counter())

    def _count_field(self) -> None:
        self._fields += 1
        if self._fields > self._settings.fields:
            raise _too_much("fields", self._settings.fields)


def _too_much(what: str, limit: int) -> Refused:
    return refused(LIMIT, f"The document has more than {limit} {what}.")
