"""The part of a specification that decides what is wrong with one declaration: the declaration, what uses it and what these use.

The part is the texts with everything else blank, so that every place stays where it is. It is an estimate of what a check reads: `ahead`
sees whether it holds by itself, and a check of everything follows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field

from bdc.lsp.pieces import Piece, Shape, pieces
from bdc.source import SourceFile, Span
from bdc.source.records import dataclass

MOST = 90  # pieces: a part that is larger saves nothing
_SQL = '"""'
DEEP = 2  # what no path leads to
_HEADS = frozenset({"bds", "module", "use"})
_ALWAYS = frozenset({"identity", "role"})
_ABOUT = frozenset({"policy", "machine", "resource"})  # what is said of an entity elsewhere
_TARGETS = frozenset({"entity", "view"})
_DECLARING = frozenset(
    {
        "entity",
        "view",
        "enum",
        "struct",
        "mixin",
        "type",
        "role",
        "error",
        "event",
        "job",
        "external",
        "seed",
        "source",
    }
)
_STUBS = frozenset({"entity", "view", "mixin", "struct"})
_EXPOSED = frozenset({"resource", "op"})
_MEMBERS = frozenset({"id", "unique", "index", "check", "exclude", "partition", "policy", "dropped", "sql"})
_WHOLE = frozenset({"bds", "module", "use", "deploy", "load", "identity", "api", "auth", "limit", "graphql"})
_WITHOUT = frozenset({"deploy", "load", "identity"})  # what depends on the whole specification


@dataclass(frozen=True, slots=True)
class Part:
    """`files`: the texts, blank but for the part. `focus`: what is judged."""

    files: tuple[SourceFile, ...]
    focus: tuple[Span, ...]


@dataclass(slots=True)
class _Chosen:
    """`levels`: how far each chosen piece is away. `deep`: entities that are further away are left out, those at this distance have only
    the members that name none of these."""

    declared: Mapping[str, list[Piece]]
    about: Mapping[str, list[Piece]]
    deep: int
    levels: dict[Piece, int] = field(default_factory=dict)

    def add(self, piece: Piece, level: int) -> None:
        """Choose a piece and what it needs."""
        if self.levels.get(piece, self.deep + 1) <= level or len(self.levels) > MOST:
            return
        self.levels[piece] = level
        kind = piece.shape.kind
        if kind in _TARGETS and level < self.deep:
            for other in self.about.get(piece.shape.name, ()):
                self.add(other, level)
        for word in piece.shape.words:
            for other in self.declared.get(word, ()):
                further = level + 1 if other.shape.kind in _TARGETS else level
                if further <= self.deep:
                    self.add(other, further)


def part_of(files: Mapping[str, str], before: SourceFile, start: int, end: int, moved: int) -> Part | None:
    """Return the part for an edit of file `before`: from `start` to `end` of its new text, which is longer by `moved`. None where it is
    not small, or where a part cannot tell what is wrong."""
    path = before.path
    every = {name: pieces(name, text) for name, text in files.items()}
    old = list(_edited(pieces(path, before.text), start, end - moved))
    edited = list(_edited(every.get(path, []), start, end))
    if not edited or len(edited) > 2:
        return None
    if not all(_can_be_judged(each, before.text) for each in old) or not all(
        _can_be_judged(each, files[path]) for each in edited
    ):
        return None
    focus = {*edited, *_affected(every, edited, {name for piece in old for name in piece.shape.names})}
    if len(focus) > MOST or any(_SQL in files[each.path][each.start : each.end] for each in focus):
        return None
    chosen = _chosen(every, focus)
    if len(chosen.levels) > MOST:
        return None
    spans = tuple(Span(piece.path, piece.start, piece.end) for piece in focus)
    return Part(tuple(_masked(files, every, chosen, _stubs(files, chosen))), spans)


def _can_be_judged(piece: Piece, text: str) -> bool:
    """Whether a part can tell what is wrong with a piece; hand-written SQL may name any table."""
    own = text[piece.start : piece.end]
    return piece.shape.kind not in _WHOLE and own.count("{") == own.count("}")


def _edited(found: list[Piece], start: int, end: int) -> Iterator[Piece]:
    for piece in found:
        if piece.touches(start, end):
            inside = [item for item in piece.items() if item.touches(start, end)]
            is_api = piece.shape.kind == "api" and inside and inside[0].start <= start
            yield from inside if is_api else (piece,)


def _affected(every: Mapping[str, list[Piece]], edited: list[Piece], names: set[str]) -> Iterator[Piece]:
    """Yield what may change with the edited pieces: uses of what they declare, and what else is said of the same entity."""
    uses = {piece.shape.name for piece in edited if piece.shape.kind in _DECLARING} | names
    uses.discard("")
    about = {name for piece in edited for name in piece.shape.names}
    for unit in _units(every):
        shape = unit.shape
        if shape.kind not in {*_HEADS, *_WITHOUT} and (
            not about.isdisjoint(shape.names) or not uses.isdisjoint(shape.words)
        ):
            yield unit


def _units(every: Mapping[str, list[Piece]]) -> Iterator[Piece]:
    """Yield the declarations, and of apis what is exposed in them."""
    for found in every.values():
        for piece in found:
            if piece.shape.kind == "api":
                yield from piece.items()
            else:
                yield piece


def _chosen(every: Mapping[str, list[Piece]], focus: set[Piece]) -> _Chosen:
    declared: dict[str, list[Piece]] = {}
    about: dict[str, list[Piece]] = {}
    for piece in _units(every):
        if piece.shape.kind in _DECLARING:
            declared.setdefault(piece.shape.name, []).append(piece)
        elif piece.shape.kind in _ABOUT:
            for name in piece.shape.names:
                about.setdefault(name, []).append(piece)
    deep = 0
    needed = max(DEEP, *(piece.shape.hops + 1 for piece in focus))
    while needed > deep:
        deep = needed
        chosen = _Chosen(declared, about, deep)
        for piece in focus:
            chosen.add(piece, 0)
        for piece in _units(every):
            if piece.shape.kind in _ALWAYS:
                chosen.add(piece, 1)
        read = (
            level + piece.shape.hops for piece, level in chosen.levels.items() if piece.shape.kind == "policy"
        )
        needed = min(max(read, default=0), deep + 1) if len(chosen.levels) <= MOST else 0
    return chosen


def _stubs(files: Mapping[str, str], chosen: _Chosen) -> tuple[set[str], dict[Piece, str]]:
    """Return the names that are left out, and the furthest pieces without what names them."""
    present = {piece.shape.name for piece in chosen.levels}
    absent = {name for name in chosen.declared if name not in present}
    far = [
        piece for piece, level in chosen.levels.items() if level >= chosen.deep and piece.shape.kind in _STUBS
    ]
    mixed: set[str] = set()  # fields that further mixins lose
    made: dict[Piece, str] = {}
    for piece in sorted(far, key=lambda piece: piece.shape.kind != "mixin"):
        text = files[piece.path][piece.start : piece.end]
        made[piece], lost = _stub(text, piece.shape, absent | mixed)
        mixed |= lost if piece.shape.kind == "mixin" else set()
    return absent, made


def _masked(
    files: Mapping[str, str],
    every: Mapping[str, list[Piece]],
    chosen: _Chosen,
    left_out: tuple[set[str], dict[Piece, str]],
) -> Iterator[SourceFile]:
    absent, stubs = left_out
    for path, text in files.items():
        kept: list[tuple[int, str]] = []
        for piece in every[path]:
            kind, whole = piece.shape.kind, text[piece.start : piece.end]
            if kind in ("bds", "module"):
                kept.append((piece.start, whole))
            elif kind == "use":
                kept.append((piece.start, _use(whole, absent)))
            elif kind == "api":
                kept += _api(whole, piece, chosen.levels, absent)
            elif piece in chosen.levels:
                kept.append((piece.start, stubs.get(piece, whole)))
        yield SourceFile(path, _laid_out(kept))


def _laid_out(kept: list[tuple[int, str]]) -> str:
    made, at = [], 0
    for start, text in kept:
        made += [" " * (start - at), text]
        at = start + len(text)
    return "".join(made)


def _api(text: str, api: Piece, chosen: Mapping[Piece, int], absent: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the api with what is chosen of it, and with the settings that name nothing that is left out."""
    items = list(api.items())
    if chosen.keys().isdisjoint(items):
        return
    dropped = [
        (item.start - api.start, item.end - api.start)
        for item in items
        if item not in chosen and (item.shape.kind in _EXPOSED or not absent.isdisjoint(item.shape.words))
    ]
    yield api.start, _without(text, dropped)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _stub(text: str, shape: Shape, absent: set[str]) -> tuple[str, set[str]]:
    """Return an entity without the members that name what is left out or such a member, and the words that these begin with."""
    gone: set[str] = set()
    dropped: list[tuple[int, int]] = []
    waiting = list(shape.items)
    while True:
        found = [item for item in waiting if not (absent | gone).isdisjoint(item[2].words)]
        if not found:
            return _without(text, dropped), gone - _MEMBERS
        waiting = [item for item in waiting if item not in found]
        dropped += [(start, end) for start, end, _ in found]
        gone |= {item.kind for _, _, item in found} - _MEMBERS


def _use(text: str, absent: set[str]) -> str:
    """Return an import without the names that are left out."""
    opening, closing = text.find("{"), text.rfind("}")
    if opening < 0 or closing < opening or text[text.find("use") + 3 : opening].strip().startswith("std."):
        return text
    items = text[opening + 1 : closing].split(",")
    kept = "".join(
        " " * (len(item) + 1) if (item.split() or [""])[0] in absent else f"{item},"
        for item in items
        if item.strip() or len(items) > 1
    )
    return text[: opening + 1] + kept[: closing - opening - 1] + text[closing:]
