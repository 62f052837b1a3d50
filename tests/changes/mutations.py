"""Every member of every node of the IR, changed: what a law about differences is tried with."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from bdc.ir import Node, Origin, SystemIR

Step = tuple[str, int | None]  # a member, and the position in it where it is a list


@dataclass(frozen=True)
class Mutation:
    """`kind`: `ScalarField.readonly`; `path`: where; `system`: with the other value there."""

    kind: str
    path: str
    system: SystemIR


def mutations(system: SystemIR, *, skipped: frozenset[str], most: int) -> Iterator[Mutation]:
    """Yield `system` with one member changed, each member of each node up to `most` times. `skipped`: nodes that are not entered."""
    seen: dict[str, int] = {}
    for path, node in _nodes(system, (), skipped):
        for name, field in type(node).model_fields.items():
            kind = f"{type(node).__name__}.{name}"
            if seen.get(kind, 0) >= most:
                continue
            for value in _others(field.annotation, field.metadata, getattr(node, name)):
                seen[kind] = seen.get(kind, 0) + 1
                changed = node.model_copy(update={name: value})
                whole = _put(system, path, changed)
                yield Mutation(kind, _spelled((*path, (name, None))), _fresh(whole))


def _fresh(system: SystemIR) -> SystemIR:
    """Return a system without what the one it was copied from has looked up."""
    return SystemIR.model_construct(**{name: getattr(system, name) for name in SystemIR.model_fields})


def _nodes(
    node: Node, path: tuple[Step, ...], skipped: frozenset[str]
) -> Iterator[tuple[tuple[Step, ...], Node]]:
    if isinstance(node, Origin) or type(node).__name__ in skipped:
        return
    yield path, node
    for name in type(node).model_fields:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield from _nodes(value, (*path, (name, None)), skipped)
        elif isinstance(value, tuple):
            for position, item in enumerate(value):
                if isinstance(item, Node):
                    yield from _nodes(item, (*path, (name, position)), skipped)


def _put(node: Any, path: tuple[Step, ...], changed: Node) -> Any:
    if not path:
        return changed
    (name, position), *rest = path
    value = getattr(node, name)
    if position is None:
        return node.model_copy(update={name: _put(value, tuple(rest), changed)})
    items = list(value)
    items[position] = _put(items[position], tuple(rest), changed)
    return node.model_copy(update={name: tuple(items)})


def _spelled(path: tuple[Step, ...]) -> str:
    return ".".join(name if position is None else f"{name}[{position}]" for name, position in path)


def _others(annotation: Any, metadata: Any, value: Any) -> Iterator[Any]:
    """Yield another value of the type of a member, as far as one can be made."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, Enum):
        yield next(each for each in type(value) if each is not value)
    elif isinstance(value, tuple):
        if value:
            yield value[:-1]
    elif isinstance(value, Node):
        if NoneType in _choices(annotation):
            yield None
    else:
        yield from _plain(annotation, value)


def _plain(annotation: Any, value: Any) -> Iterator[Any]:
    named = [
        each for choice in _choices(annotation) if get_origin(choice) is Literal for each in get_args(choice)
    ]
    if named:
        yield from [each for each in named if each != value][:1]
    elif isinstance(value, str):
        yield f"{value}x"
    elif isinstance(value, int | float | Decimal):
        yield value + 1
    elif value is None:
        kinds = [kind for kind in (int, float, Decimal, str, bool) if kind in _choices(annotation)]
        made: dict[type, Any] = {int: 7, float: 0.5, Decimal: Decimal(7), str: "other", bool: True}
        yield from [made[kind] for kind in kinds[:1]]


def _choices(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Annotated:
        return _choices(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(each for choice in get_args(annotation) for each in _choices(choice))
    return (annotation,)
