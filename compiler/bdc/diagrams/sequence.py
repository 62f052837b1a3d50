"""A sequence diagram: who says what to whom, from top to bottom."""

from collections.abc import Sequence

from bdc.diagrams.canvas import (
    INK,
    LINE,
    MARGIN,
    TINT,
    Box,
    Canvas,
    straight,
    text_width,
)
from bdc.source.records import dataclass

HEAD, STEP, LEAST_GAP = 34, 40, 150


@dataclass(frozen=True, slots=True)
class Message:
    """`answer`: drawn dashed. From somebody to himself: something he does."""

    source: str
    target: str
    text: str
    answer: bool = False


def sequence_diagram(title: str, parties: Sequence[str], messages: Sequence[Message]) -> str:
    """Return the SVG."""
    canvas = Canvas(title)
    centres = _centres(parties, messages)
    bottom = MARGIN + HEAD + STEP * (len(messages) + 1)
    for party in parties:
        _party(canvas, party, centres[party], bottom)
    for position, message in enumerate(messages):
        _message(canvas, message, centres, MARGIN + HEAD + STEP * (position + 1))
    return canvas.svg()


def _centres(parties: Sequence[str], messages: Sequence[Message]) -> dict[str, float]:
    """Where each party stands: far enough from the next for what is said between them."""
    order = {party: position for position, party in enumerate(parties)}
    gaps = [float(LEAST_GAP)] * len(parties)
    for message in messages:
        ends = sorted((order[message.source], order[message.target]))
        length = text_width(message.text) + 40
        if ends[0] == ends[1]:
            gaps[ends[0]] = max(gaps[ends[0]], length + 20)
        else:
            share = length / (ends[1] - ends[0])
            gaps[ends[0] : ends[1]] = [max(gap, share) for gap in gaps[ends[0] : ends[1]]]
    x = MARGIN + text_width(parties[0]) / 2 + 16
    found = {}
    for party, gap in zip(parties, gaps, strict=True):
        found[party] = x
        x += gap
    return found


def _party(canvas: Canvas, party: str, x: float, bottom: float) -> None:
    width = text_width(party) + 28
    canvas.line(straight((x, MARGIN + HEAD), (x, bottom)), stroke=LINE)
    canvas.box(Box(x - width / 2, float(MARGIN), width, float(HEAD)), fill=TINT, stroke=INK)
    canvas.text(x, MARGIN + 21, party, bold=True, anchor="middle")
    canvas.reach(x + width / 2, bottom)


def _message(canvas: Canvas, message: Message, centres: dict[str, float], y: float) -> None:
    start, end = centres[message.source], centres[message.target]
    if message.source == message.target:
        canvas.line(f"M {start} {y - 8} h 16 v 14 h -14", marker="arrow")
        canvas.text(start + 24, y + 4, message.text)
        return
    canvas.line(straight((start, y), (end, y)), marker="arrow", dashed=message.answer, stroke=INK)
    canvas.label((start + end) / 2, y - 11, message.text)
