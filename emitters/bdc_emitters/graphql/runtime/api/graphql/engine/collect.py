"""Which fields are answered under which names: fragments followed, `@include` and `@skip` decided, like names merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from api.graphql.engine.literals import Variables

Fragments = Mapping[str, FragmentDefinitionNode]
INTERFACE = "Node"
Collected = dict[str, list[FieldNode]]


def collect(
    selections: Iterable[SelectionSetNode], fragments: Fragments, variables: Variables, type_: str = ""
) -> Collected:
    """Return answer name → the fields that make it up, in order of first mention. `type_`: that of the row which they are selected of; what
    stands for other types is left out. The only interface is `Node`; elsewhere a validated fragment fits where it stands."""
    found: Collected = {}
    for selection_set in selections:
        _into(found, selection_set, fragments, variables, set(), type_)
    return found


def _into(
    found: Collected,
    selections: SelectionSetNode,
    fragments: Fragments,
    variables: Variables,
    spread: set[str],
    type_: str,
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
                fragment = fragments[selection.name.value]
                if _fits(fragment.type_condition, type_):
                    _into(found, fragment.selection_set, fragments, variables, spread, type_)
        elif _fits(selection.type_condition, type_):  # type: ignore[attr-defined]
            _into(found, selection.selection_set, fragments, variables, spread, type_)  # type: ignore[attr-defined]


def _fits(condition: NamedTypeNode | None, type_: str) -> bool:
    """Say whether a fragment is about rows of a type."""
    return not type_ or condition is None or condition.name.value in (type_, INTERFACE)


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
