"""Where exactly two nodes of the IR differ, whatever they are."""

from collections.abc import Iterator, Sequence
from typing import Any

from bdc.changes.behaviour.pairs import same_expr
from bdc.changes.behaviour.parts import MEANT, is_silent
from bdc.changes.same import same
from bdc.changes.sides import Renames
from bdc.ir import Node
from bdc.ir.expr import EXPRESSIONS
from bdc.source.records import dataclass

_NAMES = ("name", "field", "member", "entity", "error", "api", "id")


@dataclass(frozen=True, slots=True)
class Leaf:
    """`kind`: `ScalarField.immutable`; `path`: names from the declaration to the member."""

    kind: str
    path: tuple[str, ...]
    old: object
    new: object


def differences(old: Node, new: Node, renames: Renames, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield the members in which two nodes of one kind differ, comments and places aside."""
    if same(old, new):
        return
    for name in type(new).model_fields:
        kind = f"{type(new).__name__}.{name}"
        was, now = getattr(old, name), getattr(new, name)
        if is_silent(kind) or kind in MEANT or same(was, now):
            continue
        yield from _member(kind, (*path, name), was, now, renames)


def _member(kind: str, path: tuple[str, ...], old: Any, new: Any, renames: Renames) -> Iterator[Leaf]:
    if _is_expression(old) or _is_expression(new):
        if not (_is_expression(old) and _is_expression(new) and same_expr(old, new, renames)):
            yield Leaf(kind, path, old, new)
    elif isinstance(old, tuple) and isinstance(new, tuple) and _has_nodes((*old, *new)):
        yield from _listed(kind, path, old, new, renames)
    elif isinstance(old, Node) and type(old) is type(new):
        yield from differences(old, new, renames, path)
    else:
        yield Leaf(kind, path, old, new)


def _listed(
    kind: str, path: tuple[str, ...], old: Sequence[Any], new: Sequence[Any], renames: Renames
) -> Iterator[Leaf]:
    before = {_called(item, position): item for position, item in enumerate(old)}
    after = {_called(item, position): item for position, item in enumerate(new)}
    for name in before.keys() ^ after.keys():
        yield Leaf(kind, (*path, name), before.get(name), after.get(name))
    for name, now in after.items():
        was = before.get(name)
        if was is None:
            continue
        if type(was) is type(now) and not _is_expression(now):
            yield from differences(was, now, renames, (*path, name))
        elif not same(was, now):
            yield Leaf(kind, (*path, name), was, now)
    if list(before) != list(after) and before.keys() == after.keys():
        yield Leaf(kind, (*path, "order"), tuple(before), tuple(after))


def _called(item: Any, position: int) -> str:
    for name in _NAMES:
        found = getattr(item, name, None)
        if isinstance(found, str) and found:
            return found
    return str(position)


def _has_nodes(items: Sequence[Any]) -> bool:
    return any(isinstance(item, Node) for item in items)


def _is_expression(value: object) -> bool:
    return isinstance(value, EXPRESSIONS)
