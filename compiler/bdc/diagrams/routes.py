"""Lines between boxes in columns, behind no box: level through the gaps of a column, upright between columns."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from bdc.diagrams.canvas import Box, number

Point = tuple[float, float]
LANE = 5.0  # between two lines that run side by side
CLEAR = 6.0  # between a line and a box
CORNER = 6.0


@dataclass
class _Column:
    """Boxes above each other, and how many lines run beside and between them."""

    left: float
    right: float
    boxes: list[Box] = field(default_factory=list)
    beside: int = 0
    through: dict[int, int] = field(default_factory=dict)

    def gaps(self) -> list[tuple[float, float]]:
        """Return the free stretches from above the first box to below the last."""
        edges = [(box.y - CLEAR, box.bottom + CLEAR) for box in self.boxes]
        tops = [edges[0][0] - 400.0, *(bottom for _, bottom in edges)]
        bottoms = [*(top for top, _ in edges), edges[-1][1] + 100_000.0]
        return list(zip(tops, bottoms, strict=True))


class Routes:
    """The lines of one picture. `first`: no line runs above it."""

    def __init__(self, boxes: Iterable[Box], first: float) -> None:
        self._first = first
        columns: dict[float, _Column] = {}
        for box in sorted(boxes, key=lambda box: (box.x, box.y)):
            column = columns.setdefault(box.x, _Column(box.x, box.right))
            column.right = max(column.right, box.right)
            column.boxes.append(box)
        self._columns = [columns[x] for x in sorted(columns)]
        self._lefts = [column.left for column in self._columns]

    def between(self, start: Box, start_y: float, end: Box, end_y: float) -> tuple[Point, ...]:
        """Return the corners of a line from one box to another, each at its own height."""
        i, j = self._index(start), self._index(end)
        if i == j:
            x = self._channel(i)
            return ((start.right, start_y), (x, start_y), (x, end_y), (end.right, end_y))
        if i > j:
            return tuple(reversed(self.between(end, end_y, start, start_y)))
        points: list[Point] = [(start.right, start_y)]
        y = start_y
        for k in range(i, j):
            x = self._channel(k)
            points.append((x, y))
            y = end_y if k + 1 == j else self._through(k + 1, y, end_y, j - k)
            points.append((x, y))
        return (*points, (end.x, end_y))

    def lowest(self, points: Iterable[Point]) -> Point:
        """Return how far a line reaches."""
        xs, ys = zip(*points, strict=True)
        return max(xs), max(ys)

    def _index(self, box: Box) -> int:
        return bisect_right(self._lefts, box.x) - 1

    def _channel(self, column: int) -> float:
        """Return where the next line runs upright right of a column."""
        here = self._columns[column]
        following = self._lefts[column + 1] if column + 1 < len(self._lefts) else here.right + 200
        lanes = max(1, int((following - here.right - 2 * CLEAR - 12) / LANE))
        here.beside += 1
        return here.right + CLEAR + 6 + LANE * ((here.beside * 7) % lanes)

    def _through(self, column: int, y: float, goal: float, steps: int) -> float:
        """Return the height at which a line passes a column: in the gap that is nearest to its straight way."""
        here = self._columns[column]
        wanted = y + (goal - y) / max(steps, 1)
        gaps = [(max(top, self._first), bottom) for top, bottom in here.gaps()]
        open_ = [(number, gap) for number, gap in enumerate(gaps) if gap[1] - gap[0] >= 1]
        at, (top, bottom) = min(open_, key=lambda each: _distance(each[1], wanted))
        used = here.through[at] = here.through.get(at, -1) + 1
        if bottom - top > 1000:  # below the last box: lanes go down
            return max(wanted, top + LANE * used)
        lanes = max(1, int((bottom - top) / LANE))
        return min(bottom, top + LANE * (used % lanes) + 1)


def _distance(gap: tuple[float, float], y: float) -> float:
    return 0.0 if gap[0] <= y <= gap[1] else min(abs(gap[0] - y), abs(gap[1] - y))


def rounded(points: Iterable[Point]) -> str:
    """Return the path through corners, each corner rounded."""
    corners = _simple(points)
    parts = [f"M {number(corners[0][0])} {number(corners[0][1])}"]
    for before, here, after in zip(corners, corners[1:], corners[2:], strict=False):
        size = min(CORNER, _length(before, here) / 2, _length(here, after) / 2)
        first, last = _towards(here, before, size), _towards(here, after, size)
        parts.append(f"L {_at(first)} Q {_at(here)} {_at(last)}")
    parts.append(f"L {_at(corners[-1])}")
    return " ".join(parts)


def _simple(points: Iterable[Point]) -> list[Point]:
    found: list[Point] = []
    for point in points:
        if not found or _length(found[-1], point) > 0.05:
            found.append(point)
    return found


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, goal: Point, size: float) -> Point:
    length = _length(start, goal) or 1
    return (start[0] + (goal[0] - start[0]) * size / length, start[1] + (goal[1] - start[1]) * size / length)


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def crossings(points: Iterable[Point], boxes: Mapping[str, Box]) -> list[str]:
    """Return the boxes that a line crosses. In a finished picture there are none."""
    corners = list(points)
    found = []
    for name, box in boxes.items():
        for (x1, y1), (x2, y2) in pairwise(corners):
            inside_x = max(min(x1, x2), box.x + 0.5) < min(max(x1, x2), box.right - 0.5) or (
                x1 == x2 and box.x + 0.5 < x1 < box.right - 0.5
            )
            inside_y = max(min(y1, y2), box.y + 0.5) < min(max(y1, y2), box.bottom - 0.5) or (
                y1 == y2 and box.y + 0.5 < y1 < box.bottom - 0.5
            )
            if inside_x and inside_y:
                found.append(name)
    return found
