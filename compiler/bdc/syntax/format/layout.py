"""Tokens to document."""

from collections.abc import Sequence

from lark import Token

from bdc.syntax.format.document import Choice, Comment, Document, Group, Indent, Line, Verbatim, group
from bdc.syntax.format.facts import Facts, Separator
from bdc.syntax.format.gaps import Gap, Remark
from bdc.syntax.format.spacing import space

_HARD = Line(hard=True)
_OPENING = {"LBRACE": "}", "LPAR": ")", "LSQB": "]"}
_CLOSING = frozenset({"RBRACE", "RPAR", "RSQB"})


class Formatter:
    """Lays out one file that parses. `_at` is the token to be written next; every method leaves it after what it wrote."""

    def __init__(self, tokens: list[Token], gaps: list[Gap], facts: Facts) -> None:
        self._tokens = tokens
        self._gaps = gaps
        self._facts = facts
        self._match = _pairs(tokens)
        self._at = 0

    def file(self) -> list[Document]:
        """Return the whole: items, each on lines of its own."""
        end = len(self._tokens) - 1
        parts: list[Document] = []
        while self._at < end:
            parts += self._between(self._at, (), first=self._at == 0)
            parts += self._item(end)
        parts += _remarks(self._gaps[end].remarks)
        # The break before the first item is of no use in a file.
        parts = parts[1:] if parts and isinstance(parts[0], Line) else parts
        return [*parts, _HARD] if parts else []

    # ---- braces with items ----

    def _block(self, separator: Separator) -> Group:
        """Write `{ … }`; the author says by the break after `{` whether it is broken, unless it does not fit."""
        opening, close = self._at, self._match[self._at]
        broken = self._gaps[opening + 1].newline
        inner: list[Document] = []
        pending: tuple[Remark, ...] = ()
        self._at += 1
        while self._at < close:
            first = self._at == opening + 1
            comma = not first and separator is Separator.COMMA
            if comma:
                inner.append(Choice(",", ""))
            if broken or pending or self._gaps[self._at].remarks or self._tokens[self._at].type == "DOC":
                inner += self._between(self._at, pending, first=first)
            else:
                inner.append(Line() if first or comma else Line("  "))
            inner += self._item(close)
            pending = self._comma(close)
        closing = _remarks((*pending, *self._gaps[close].remarks), first=not inner)
        self._at = close + 1
        return group(["{", Indent((*inner, *closing)), _HARD if closing else Line(), "}"], broken=broken)

    def _between(self, at: int, pending: tuple[Remark, ...], *, first: bool) -> list[Document]:
        """Return what leads to an item on a line of its own: comments, a blank line if there was one, the break."""
        gap = self._gaps[at]
        remarks = _remarks((*pending, *gap.remarks), first=first)
        return [*remarks, Line(hard=True, blank=gap.blank and not (first and not remarks))]

    def _comma(self, close: int) -> tuple[Remark, ...]:
        """Step over a comma after an item, and return the comments that stood before it."""
        if self._at >= close or self._tokens[self._at].type != "COMMA":
            return ()
        self._at += 1
        return self._gaps[self._at - 1].remarks

    def _begins(self, at: int) -> bool:
        """True where an item, or its documentation, begins."""
        token = self._tokens[at]
        if token.type == "DOC" or (token.start_pos or 0) in self._facts.items:
            return True
        return (self._tokens[min(at + 1, len(self._tokens) - 1)].start_pos or 0) in self._facts.after_head

    # ---- one item ----

    def _item(self, close: int) -> list[Document]:
        """Write documentation, then the item: if it does not fit, it breaks before attributes and `and`, after commas."""
        out = self._documentation()
        first = self._at
        head: list[Document] = []
        rest: list[Document] = []
        while self._at < close and not self._ends(first, close):
            into = rest if rest else head
            lead = self._lead() if self._at > first else []
            if any(isinstance(part, Line) for part in lead):
                into = rest
            into += lead
            if self._tokens[self._at].type == "LBRACE" and (separator := self._separator()):
                out += [group([*head, Indent(tuple(rest))]), self._block(separator)]
                head, rest = [], []
            else:
                into += self._piece()
        return [*out, group([*head, Indent(tuple(rest))])]

    def _documentation(self) -> list[Document]:
        out: list[Document] = []
        while self._tokens[self._at].type == "DOC":
            text = self._tokens[self._at][3:].removeprefix(" ")
            self._at += 1
            out += [f"/// {text}".rstrip(), *_remarks(self._gaps[self._at].remarks), _HARD]
        return out

    def _ends(self, first: int, close: int) -> bool:
        """True if the item that began at `first` is over: the next begins, perhaps after a comma."""
        at = self._at
        if at == first:
            return False
        if self._tokens[at].type == "COMMA":
            return at + 1 == close or self._begins(at + 1)
        return self._begins(at)

    def _lead(self) -> list[Document]:
        """Return what stands between the token before and the next one inside an item."""
        before, token = self._tokens[self._at - 1], self._tokens[self._at]
        if self._gaps[self._at].remarks:
            return [*_remarks(self._gaps[self._at].remarks), _HARD]
        if token.type in ("AT", "AND", "OR") or before.type == "COMMA":
            return [Line()]
        return [space(self._tokens, self._at, self._facts)]

    def _separator(self) -> Separator | None:
        """Return how the items in the braces here are separated; None for a list of names in braces."""
        after = self._at + 1
        while self._tokens[after].type == "DOC":
            after += 1
        separator = self._facts.items.get(self._tokens[after].start_pos or 0)
        return separator or (Separator.GAP if self._begins(after) else None)

    # ---- lists and single tokens ----

    def _piece(self) -> list[Document]:
        """Write a token, or a bracket with all that stands in it."""
        token = self._tokens[self._at]
        if token.type in _OPENING:
            separator = self._separator() if token.type == "LBRACE" else None
            return [self._block(separator) if separator else self._list()]
        self._at += 1
        return [Verbatim(str(token)) if token.type == "LONG_STRING" else str(token)]

    def _list(self) -> Group:
        """Write `( … )`, `[ … ]` or names in braces: one per line if they do not fit, with a comma after the last."""
        opening, close = self._tokens[self._at], self._match[self._at]
        pad = " " if opening.type == "LBRACE" and close > self._at + 1 else ""
        inner: list[Document] = []
        self._at += 1
        commas = False
        pending: tuple[Remark, ...] = ()
        while self._at < close:
            remarks = _remarks((*pending, *self._gaps[self._at].remarks))
            inner += [*remarks, _HARD if remarks else Line() if inner else Line(pad)]
            inner.append(self._element(close))
            pending = self._comma(close)
            if self._at < close or commas:
                inner.append("," if self._at < close else Choice("", ","))
                commas = True
        closing = _remarks((*pending, *self._gaps[close].remarks))
        self._at = close + 1
        last = _HARD if closing else Line(pad)
        if not inner and not closing:
            return group([str(opening), _OPENING[opening.type]])
        return group([str(opening), Indent((*inner, *closing)), last, _OPENING[opening.type]])

    def _element(self, close: int) -> Group:
        parts: list[Document] = []
        first = self._at
        while self._at < close and self._tokens[self._at].type != "COMMA":
            parts += self._lead() if self._at > first else []
            parts += self._piece()
        return group(parts)


def _remarks(remarks: Sequence[Remark], *, first: bool = False) -> list[Document]:
    """Return the comments: those alone on their line stay so, others stay behind what they stood behind."""
    out: list[Document] = []
    for remark in remarks:
        if remark.alone or out:
            out += [Line(hard=True, blank=remark.blank and not (first and not out)), Comment(remark.text)]
        else:
            out.append(Comment(f"  {remark.text}"))
    return out


def _pairs(tokens: list[Token]) -> dict[int, int]:
    """Return the closing bracket of each opening one, by index; the file parses, so they match."""
    matched: dict[int, int] = {}
    open_at: list[int] = []
    for at, token in enumerate(tokens):
        if token.type in _OPENING:
            open_at.append(at)
        elif token.type in _CLOSING:
            matched[open_at.pop()] = at
    return matched
