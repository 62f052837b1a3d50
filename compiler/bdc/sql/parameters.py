"""`:name` parameters of SQL written by hand: found by PostgreSQL's scanner, so that strings, comments, casts, dollar quotes and
slices are stepped over."""

import re
from collections.abc import Iterator, Mapping

from bdc.source.records import dataclass
from bdc.sql.tokens import Token, code

_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_OPERANDS = frozenset({"ICONST", "FCONST", "IDENT", "SCONST", "PARAM", "ASCII_41", "ASCII_93"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One use of `:name`; `start` is the colon."""

    name: str
    start: int
    end: int


def parameters(text: str) -> tuple[Parameter, ...]:
    """Return every `:name` in `text`, in order. Raises SqlSyntaxError where it cannot be scanned."""
    return tuple(_found(code(text)))


def _found(tokens: tuple[Token, ...]) -> Iterator[Parameter]:
    brackets: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind in ("ASCII_40", "ASCII_91"):
            brackets.append(token.text)
        elif token.kind in ("ASCII_41", "ASCII_93") and brackets:
            brackets.pop()
        elif token.kind == "ASCII_58" and index + 1 < len(tokens):
            following = tokens[index + 1]
            slice_ = bool(brackets) and brackets[-1] == "[" and _ends_operand(tokens, index - 1)
            if not slice_ and following.start == token.end and _NAME.match(following.text):
                yield Parameter(following.text, token.start, following.end)


def _ends_operand(tokens: tuple[Token, ...], index: int) -> bool:
    """Whether the token ends a bound of a slice (`[1:n]`, `[:low:high]`), so that a colon after it separates the bounds."""
    token = tokens[index]
    return token.kind in _OPERANDS or (index > 0 and tokens[index - 1].kind == "ASCII_58")


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    length: int
    was: Parameter


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text with its parameters replaced, and the way back from its offsets to those of the text as it was written."""

    text: str
    pieces: tuple[_Piece, ...]

    def written(self, at: int) -> int:
        """Return the offset in the text as it was written."""
        shift = 0
        for piece in self.pieces:
            if at < piece.start:
                break
            if at < piece.start + piece.length:
                return piece.was.start
            shift = piece.was.end - (piece.start + piece.length)
        return at + shift


def replace(text: str, names: Mapping[str, str]) -> Replaced:
    """Return `text` with `:name` replaced by `names[name]`; parameters that are not in `names` stay. Raises SqlSyntaxError."""
    parts: list[str] = []
    pieces: list[_Piece] = []
    at = length = 0
    for found in parameters(text):
        if found.name not in names:
            continue
        new = names[found.name]
        parts += [text[at : found.start], new]
        length += found.start - at
        pieces.append(_Piece(length, len(new), found))
        length += len(new)
        at = found.end
    return Replaced("".join([*parts, text[at:]]), tuple(pieces))


def masked(text: str) -> str:
    """Return `text` with every `:name` as `$1` of the same length (`$0001`): it can be parsed, and its offsets are those of `text`.
    Raises SqlSyntaxError."""
    return replace(text, _Masks()).text


class _Masks(dict[str, str]):
    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        return "$" + "1".zfill(len(name))
