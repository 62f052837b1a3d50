"""Which fields are answered under which names: fragments followed, `@include` and `@skip` decided, like names merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from api.graphql.engine.literals import Variables

Fragments = Mapping[str, FragmentDefinitionNode]
Collected = dict[str, list[FieldNode]]


def collect(selections: Iterable[SelectionSetNode], fragments: Fragments, variables: Variables) -> Collected:
    """Return answer name → the fields that make it up, in order of first mention. Types need no test: there are no unions or
    interfaces, so a validated fragment fits where it stands."""
    found: Collected = {}
    for selection_set in selections:
        _into(found, selection_set, fragments, variables, set())
    return found


def _into(
    found: Collected,
    selections: SelectionSetNode,
    fragments: Fragments,
    variables: Variables,
    spread: set[str],
) -> None:
    for selection in selections.selections:
        if not _included(selection, variables):
            continue
        if isinstance(selection, FieldNode):
            name = (selection.alias or selection.name).value
            found.setdefault(name, []).append(selection)
        elif isinstance(selection, FragmentSpreadNode):
            if selection.name.value not in spread:
                spread.add(selection.name.value)
                inner = fragments[selection.name.value].selection_set
                _into(found, inner, fragments, variables, spread)
        else:
            _into(found, selection.selection_set, fragments, variables, spread)  # type: ignore[attr-defined]


def children(fields: Iterable[FieldNode]) -> list[SelectionSetNode]:
    """Return the selections below fields of one answer name."""
    return [field.selection_set for field in fields if field.selection_set is not None]


def _included(node: SelectionNode, variables: Variables) -> bool:
    for directive in node.directives or ():
        if directive.name.value in ("include", "skip"):
            (argument,) = directive.arguments or ()
            if _condition(argument.value, variables) is not (directive.name.value == "include"):
                return False
    return True


def _condition(node: Any, variables: Variables) -> bool:
    return bool(variables[node.name.value]) if isinstance(node, VariableNode) else bool(node.value)
