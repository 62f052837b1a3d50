"""A layered layout: who is pointed at stands before who points."""

from collections.abc import Iterable, Mapping, Sequence


def layers(nodes: Sequence[str], targets: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the nodes in columns: each stands right of everything in `targets[node]`, circles cut where they close.
    Inside a column a node stands near what it points at."""
    depth: dict[str, int] = {}
    for node in nodes:
        _measure(node, targets, depth)
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        columns[depth[node]].append(node)
    return tuple(tuple(column) for column in _ordered(columns, targets))


def _measure(first: str, targets: Mapping[str, Iterable[str]], depth: dict[str, int]) -> None:
    """Enter the depth of `first` and of everything it leads to, without recursion: a chain may be long."""
    stack: list[tuple[str, list[str]]] = []
    open_nodes: set[str] = set()

    def enter(node: str) -> None:
        open_nodes.add(node)
        stack.append((node, [other for other in targets.get(node, ()) if other != node]))

    if first not in depth:
        enter(first)
    while stack:
        node, waiting = stack[-1]
        following = next((other for other in waiting if other not in depth and other not in open_nodes), None)
        if following is not None:
            enter(following)
            continue
        stack.pop()
        open_nodes.discard(node)
        depth[node] = max((depth[other] + 1 for other in waiting if other in depth), default=0)


def _ordered(columns: list[list[str]], targets: Mapping[str, Iterable[str]]) -> Iterable[list[str]]:
    place: dict[str, float] = {}
    for column in columns:
        wanted = {
            node: _middle([place[other] for other in targets.get(node, ()) if other in place])
            for node in column
        }
        column = sorted(column, key=lambda node: (wanted[node], column.index(node)))
        place |= {node: (position + 0.5) / len(column) for position, node in enumerate(column)}
        yield column


def _middle(places: list[float]) -> float:
    return sum(places) / len(places) if places else 0.5
