"""SVG elements as a tree, and how far they reach."""

from xml.etree import ElementTree as ET

from bdc.source.records import dataclass

INK, SOFT, LINE, PAPER, TINT, ACCENT = "#1f2933", "#52606d", "#7b8794", "#ffffff", "#f0f4f8", "#0b69a3"
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
SIZE = 12
LETTER = 7.3  # width of a letter of that font at that size
MARGIN = 24


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def meets(self, other: "Box") -> bool:
        return not (
            self.right <= other.x or other.right <= self.x or self.bottom <= other.y or other.bottom <= self.y
        )


def text_width(text: str) -> float:
    return len(text) * LETTER


class Canvas:
    """Collects elements; `svg` closes the picture. Lines lie under boxes, labels on top."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._lines: list[ET.Element] = []
        self._boxes: list[ET.Element] = []
        self._labels: list[ET.Element] = []
        self._taken: list[Box] = []
        self._width = self._height = 0.0

    def box(self, box: Box, *, fill: str = PAPER, stroke: str = LINE, radius: float = 4) -> None:
        self._reach(box)
        self._boxes.append(_element("rect", **_place(box), rx=radius, fill=fill, stroke=stroke))

    def text(
        self, x: float, y: float, text: str, *, fill: str = INK, bold: bool = False, anchor: str = "start"
    ) -> None:
        """Write `text` with its base line at `y`."""
        element = _element("text", x=x, y=y, fill=fill, **{"text-anchor": anchor})
        if bold:
            element.set("font-weight", "bold")
        element.text = text
        self._boxes.append(element)
        self._reach(Box(x, y - SIZE, text_width(text) if anchor == "start" else 0, SIZE))

    def label(self, x: float, y: float, text: str) -> None:
        """Write `text` centred on a patch of paper, moved down until it covers no other label."""
        width = text_width(text) + 6
        patch = Box(x - width / 2, y - 9, width, 18)
        while any(patch.meets(other) for other in self._taken):
            patch = Box(patch.x, patch.y + 6, patch.width, patch.height)
        self._taken.append(patch)
        self._reach(patch)
        self._labels.append(_element("rect", **_place(patch), fill=PAPER, opacity=0.92))
        written = _element("text", x=x, y=patch.y + 13, fill=ACCENT, **{"text-anchor": "middle"})
        written.text = text
        self._labels.append(written)

    def keep_clear(self, box: Box) -> None:
        """Let no label cover `box`."""
        self._taken.append(box)

    def line(self, path: str, *, marker: str = "", dashed: bool = False, stroke: str = LINE) -> None:
        element = _element("path", d=path, fill="none", stroke=stroke, **{"stroke-width": 1.4})
        if marker:
            element.set("marker-end", f"url(#{marker})")
        if dashed:
            element.set("stroke-dasharray", "5 4")
        self._lines.append(element)

    def reach(self, x: float, y: float) -> None:
        """Make the picture at least this large."""
        self._reach(Box(x, y, 0, 0))

    def svg(self) -> str:
        """Return the picture."""
        width, height = round(self._width + MARGIN), round(self._height + MARGIN)
        root = _element(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {width} {height}",
            width=width,
            height=height,
            role="img",
            **{"font-family": FONT, "font-size": SIZE},
        )
        ET.SubElement(root, "title").text = self._title
        root.append(_markers())
        root.append(_element("rect", width=width, height=height, fill=PAPER))
        root.extend([*self._lines, *self._boxes, *self._labels])
        ET.indent(root, " ")
        return ET.tostring(root, encoding="unicode") + "\n"

    def _reach(self, box: Box) -> None:
        self._width, self._height = max(self._width, box.right), max(self._height, box.bottom)


def number(value: float) -> str:
    """Return a coordinate with one place at most."""
    return f"{value:.1f}".removesuffix(".0")


def curve(start: tuple[float, float], end: tuple[float, float], bend: float | None = None) -> str:
    """Return a path that leaves and arrives level."""
    (x1, y1), (x2, y2) = start, end
    reach = max(abs(x2 - x1) / 2, 24) if bend is None else bend
    sign = 1 if x2 >= x1 else -1
    points = (x1, y1), (x1 + sign * reach, y1), (x2 - sign * reach, y2), (x2, y2)
    first, *rest = (f"{number(x)} {number(y)}" for x, y in points)
    return f"M {first} C {', '.join(rest)}"


def straight(start: tuple[float, float], end: tuple[float, float]) -> str:
    return f"M {number(start[0])} {number(start[1])} L {number(end[0])} {number(end[1])}"


def _place(box: Box) -> dict[str, float]:
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}


def _element(name: str, **attributes: object) -> ET.Element:
    made = {
        key: number(value) if isinstance(value, float) else str(value) for key, value in attributes.items()
    }
    return ET.Element(name, made)


def _markers() -> ET.Element:
    """`arrow` ends a step; `one` is the bar at the row that is referred to, `many` the foot at the rows that refer."""
    made = ET.Element("defs")
    for name, shape, filled in (
        ("arrow", "M 0 0 L 10 5 L 0 10 z", True),
        ("one", "M 5 0 L 5 10", False),
        ("many", "M 0 5 L 10 0 M 0 5 L 10 5 M 0 5 L 10 10", False),
    ):
        marker = _element(
            "marker", id=name, viewBox="0 0 10 10", markerWidth=8, markerHeight=8, orient="auto"
        )
        marker.set("refX", "10" if filled or name == "many" else "8")
        marker.set("refY", "5")
        marker.append(_element("path", d=shape, fill=LINE if filled else "none", stroke=LINE))
        made.append(marker)
    return made
