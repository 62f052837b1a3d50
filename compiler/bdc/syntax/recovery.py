"""How the parser goes on after what it cannot read: report, cut back to the innermost open list, skip to its next item.

A list is anything in braces, or the file. What was skipped stands in it as `Broken`. Three certainties guide it: brackets
that match are skipped whole; an item begins on a line of its own; a declaring word in the first column begins a declaration
even if braces are still open.
"""

from functools import cached_property

from lark import Token
from lark.exceptions import UnexpectedToken

from bdc.diagnostics import DiagnosticSink, did_you_mean
from bdc.diagnostics.items import ITEMS
from bdc.source import SourceFile, Span
from bdc.syntax.ast import Broken, Name
from bdc.syntax.automaton import Automaton, open_braces
from bdc.syntax.brackets import DECLARATIONS, Layout, is_word, layout
from bdc.syntax.declaring import declaring
from bdc.syntax.errors import (
    DocumentsNothing,
    NeverClosed,
    NeverOpened,
    NotADeclaration,
    Unexpected,
    Unfinished,
)
from bdc.syntax.expected import ITEM_WORDS, block, expected
from bdc.syntax.lexemes import END, describe, token_span
from bdc.syntax.repair import find_repair

_LABELS = 'a value is a name; what is stored and shown instead of it stands behind it: `short_loan @value("short-loan")`'
# Recovery moves on within two attempts; this many at one token would be a mistake in it, and must not hang anybody.
_PATIENCE = 8


class Recovery:
    """Recovers one parse. `resume(at)` returns the index of the token to go on with."""

    def __init__(
        self, automaton: Automaton, tokens: list[Token], file: SourceFile, sink: DiagnosticSink
    ) -> None:
        self._automaton = automaton
        self._tokens = tokens
        self._file = file
        self._sink = sink
        self._last = -1
        self._stuck = 0

    @cached_property
    def _layout(self) -> Layout:
        return layout(self._tokens, self._file.text)

    def resume(self, at: int) -> int:
        """Report the token that does not fit, mend or skip, and return where to go on."""
        again, self._last = at == self._last, at
        self._stuck = self._stuck + 1 if again else 0
        if self._stuck > _PATIENCE:
            self._automaton.cut(0)
            return min(at + 1, len(self._tokens) - 1)
        opening, hard = self._opening(), self._hard_start(at)
        if opening is not None and hard is not None:
            return self._close_all(hard, opening)
        repair = (
            None if again else find_repair(self._automaton, self._tokens, at, self._file, self._layout.match)
        )
        if repair is not None:
            if repair.fact is not None:
                self._sink.add(repair.fact)
            if repair.cut:
                self._automaton.cut(self._automaton.level())
            for token in repair.tokens:
                self._automaton.feed(token)
            return min(
                repair.resume, len(self._tokens) - 1
            )  # The end is read again, whatever a repair took it for.
        return self._skip(at, again)

    # ---- a brace that is never closed ----

    def _opening(self) -> Token | None:
        """Return the innermost brace that is open."""
        values = self._automaton.values
        braces = open_braces(values)
        opening: Token | None = values[braces[-1]] if braces else None
        return opening

    def _hard_start(self, at: int) -> int | None:
        """Return where a declaration surely begins, inside an open brace, if the failing token is near its beginning."""
        opening = self._opening()
        if opening is None:
            return None
        inside = opening.start_pos or 0
        # Nearly anything reads as values of an enum, so there the beginning may be further back.
        reach = sorted(self._layout.hard) if block(self._automaton.values) == "ENUM" else (at, at - 1, at - 2)
        near = (start for start in reach if start in self._layout.hard and start <= at)
        found = next((start for start in near if (self._tokens[start].start_pos or 0) > inside), None)
        return at if found is None and self._tokens[at].type == END else found

    def _close_all(self, at: int, opening: Token) -> int:
        """Close the open braces in front of the declaration (or the end) that begins at `at`."""
        self._sink.add(
            NeverClosed(
                self._span(opening), "{", "}", self._span(self._tokens[at]), describe(self._tokens[at])
            )
        )
        while at and self._tokens[at - 1].type == "DOC":
            at -= 1
        self._forget(at)
        self._unwind(at)
        while self._opening() is not None:
            try:
                self._automaton.feed(self._mark("RBRACE", "}", at))
            except UnexpectedToken:
                self._unwind(at)
        return at

    def _forget(self, at: int) -> None:
        """Drop items of the innermost list that were read from where the declaration begins."""
        values, offset = self._automaton.values, self._tokens[at].start_pos or 0
        for place in range(open_braces(values)[-1] + 1, len(values)):
            read = values[place]
            if type(read) is tuple or type(read) is list:
                values[place] = type(read)(each for each in read if (_offset(each) or 0) < offset)

    def _unwind(self, at: int) -> None:
        """Cut back to the innermost list, leaving a Broken for what is lost of it before `at`."""
        height = self._automaton.level()
        start = self._start_of(height, at)
        self._automaton.cut(height)
        if start < at:
            self._put_broken(start, at)

    # ---- anything else ----

    def _skip(self, at: int, again: bool) -> int:
        automaton = self._automaton
        height = automaton.level()
        depth = automaton.depth(height)
        if self._tokens[at].type == "RBRACE" and not depth:
            self._sink.add(NeverOpened(self._span(self._tokens[at]), "}"))
            return at + 1
        restart = self._new_item_before(at)
        if restart is not None:
            height = self._height_before(restart, at)
        start = self._start_of(height, at)
        restart = restart if restart is not None and start < restart else None
        self._report(at, start, restart)
        goal = restart if restart is not None else self._next_item(at, depth, again or start == at)
        automaton.cut(height)
        if goal > start:
            self._put_broken(start, goal)
        return goal

    def _report(self, at: int, start: int, restart: int | None) -> None:
        token = self._tokens[at]
        if restart is not None:
            last = self._span(self._tokens[restart - 1])
            following = self._span(self._tokens[restart])
            self._sink.add(
                Unfinished(self._span(self._tokens[start]).to(last), following, str(self._tokens[restart]))
            )
        elif at in self._layout.first and start + self._docs(start) < at and is_word(token):
            last, wanted = (
                self._span(self._tokens[at - 1]),
                expected(self._automaton.accepts(), self._automaton.values),
            )
            self._sink.add(Unfinished(last, self._span(token), str(token), wanted))
        elif at and self._tokens[at - 1].type == "DOC" and token.type in (END, "RBRACE"):
            self._sink.add(DocumentsNothing(self._span(self._tokens[at - 1])))
        elif token.type in ("RPAR", "RSQB") and at not in self._layout.match.values():
            self._sink.add(NeverOpened(self._span(token), str(token)))
        else:
            self._unexpected(token, start == at or at - start == self._docs(start))

    def _unexpected(self, token: Token, begins_item: bool) -> None:
        opener = block(self._automaton.values)
        if opener is None and begins_item and token.type != END:
            self._sink.add(NotADeclaration(self._span(token), describe(token), declaring(token)))
            return
        suggestion = None
        advice = _LABELS if opener == "ENUM" and token.type == "STRING" else ""
        if begins_item and is_word(token) and opener in ITEM_WORDS:
            words = ITEM_WORDS[opener].split()
            meant = ITEMS.get(opener, {}).get(str(token).lower(), "")
            suggestion = (meant if meant in words else None) or (
                None if meant else did_you_mean(str(token), words)
            )
            advice = "" if suggestion else meant
        wanted = expected(self._automaton.accepts(), self._automaton.values)
        self._sink.add(Unexpected(self._span(token), describe(token), wanted, suggestion, advice))

    def _docs(self, start: int) -> int:
        end = start
        while self._tokens[end].type == "DOC":
            end += 1
        return end - start

    def _new_item_before(self, at: int) -> int | None:
        """Return the token before the failing one if it begins a line and reads as the beginning of an item."""
        head = at - 1
        if head < 0 or head not in self._layout.first or not is_word(self._tokens[head]):
            return None
        if self._start_of(self._automaton.level(), at) == head:
            return None  # nothing before it is unfinished: it is this item that is wrong
        words = ITEM_WORDS.get(block(self._automaton.values) or "", "").split()
        return head if self._tokens[at].type == "COLON" or str(self._tokens[head]) in words else None

    def _height_before(self, head: int, at: int) -> int:
        """Return the greatest height at which something broken may stand that reaches back before `head`."""
        height = self._automaton.level()
        while height and self._start_of(height, at) >= head:
            height = self._automaton.level(height - 1)
        return height

    def _next_item(self, at: int, depth: int, again: bool) -> int:
        """Return the index of the next item of a list `depth` braces deep, of its closing brace, or of the end."""
        index = at
        while self._tokens[index].type != END:
            token = self._tokens[index]
            movable = index > at or not again
            if movable and (
                index in self._layout.hard or (index in self._layout.first and self._begins(token, depth))
            ):
                return index
            if token.type == "RBRACE" and depth:
                return index
            index = self._layout.match.get(index, index) + 1
        return index

    def _begins(self, token: Token, depth: int) -> bool:
        if token.type == "DOC":
            return True
        return is_word(token) if depth else token.type in DECLARATIONS

    # ---- tokens ----

    def _start_of(self, height: int, at: int) -> int:
        """Return the index of the first token of what stands above `height` on the stack."""
        offset = next(
            (found for found in map(_offset, self._automaton.values[height:]) if found is not None), None
        )
        if offset is None:
            return at
        while at and (self._tokens[at - 1].start_pos or 0) >= offset:
            at -= 1
        return at

    def _put_broken(self, start: int, end: int) -> None:
        last = self._tokens[max(start, end - 1)]
        span = self._span(self._tokens[start]).to(self._span(last))
        broken = Broken(self._declared(start, end), span=span)
        token = Token("BROKEN", "", start_pos=span.start, end_pos=span.end)
        token.value = broken
        self._automaton.feed(token)

    def _declared(self, start: int, end: int) -> Name | None:
        """Return the name that the skipped text would have declared, if that can be told."""
        start += self._docs(start)
        head = self._tokens[start : min(start + 2, end)]
        if len(head) < 2:
            return None
        named = head[0] if head[1].type == "COLON" else head[1] if is_word(head[0]) else None
        return Name(str(named), span=self._span(named)) if named is not None and is_word(named) else None

    def _mark(self, kind: str, text: str, before: int) -> Token:
        place = self._tokens[before - 1].end_pos if before else 0
        return Token(kind, text, start_pos=place, end_pos=place)

    def _span(self, token: Token) -> Span:
        return token_span(self._file, token)


def _offset(value: object) -> int | None:
    """Return where a value of the stack begins; None for what has no place (nothing, documentation, empty lists)."""
    if type(value) is Token:
        return value.start_pos
    if type(value) is tuple or type(value) is list:
        return next((found for found in map(_offset, value) if found is not None), None)
    span = getattr(value, "span", None)
    return span.start if isinstance(span, Span) else None
