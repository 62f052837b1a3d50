"""What stands between tokens: comments and blank lines."""

from lark import Token

from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment. `alone`: it stands on a line of its own; `blank`: with a blank line before it."""

    text: str
    alone: bool
    blank: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands before a token. `blank`: a blank line just before it; `newline`: any line break."""

    remarks: tuple[Remark, ...]
    blank: bool
    newline: bool


def gaps(tokens: list[Token], text: str) -> list[Gap]:
    """Return the gap before each token. Between tokens there are only blanks and comments, so lines can be read as such."""
    found = []
    end = 0
    for token in tokens:
        found.append(_gap(text[end : token.start_pos], at_start=end == 0))
        end = token.end_pos or 0
    return found


def _gap(text: str, *, at_start: bool) -> Gap:
    lines = text.replace("\ufeff", "").split("\n")
    remarks: list[Remark] = []
    blank = False
    for number, line in enumerate(lines):
        content = line.strip()
        if content:
            remarks.append(Remark(content, alone=number > 0 or at_start, blank=blank))
        if number < len(lines) - 1:
            blank = not content and (number > 0 or at_start)
    return Gap(tuple(remarks), blank, len(lines) > 1)
