"""A push-down automaton that can be asked what it would accept, and cut back: the parser as recovery sees it."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_analysis import Shift

from bdc.syntax.lexemes import END


class Automaton:
    """One parse in progress over Lark's tables."""

    def __init__(self, lark: Lark) -> None:
        self._interactive = lark.parse_interactive()
        self.state = self._interactive.parser_state
        self._dry = copy(self.state.parse_conf)
        self._dry.callbacks = {}

    def feed(self, token: Token) -> Any:
        """Advance by a token; UnexpectedToken if it does not fit. Returns the result for the END token."""
        return self.state.feed_token(token, token.type == END)

    def feed_all(self, tokens: Sequence[Token], at: int, last: int) -> int:
        """Feed the tokens from `at` up to `last`, and return where it stopped: at `last`, or at a token that does not fit. Does what Lark's
        `feed_token` does for each, which takes twice as long."""
        states, callbacks = self.state.parse_conf.states, self.state.parse_conf.callbacks
        stack, values = self.state.state_stack, self.state.value_stack
        while at < last:
            token = tokens[at]
            kind = token.type
            while True:
                step = states[stack[-1]].get(kind)
                if step is None:
                    return at
                action, arg = step
                if action is Shift:
                    stack.append(arg)
                    values.append(token)
                    break
                size = len(arg.expansion)
                if size:
                    parts = values[-size:]
                    del stack[-size:], values[-size:]
                else:
                    parts = []
                value = callbacks[arg](parts)
                stack.append(states[stack[-1]][arg.origin.name][1])
                values.append(value)
            at += 1
        return at

    def takes(self, tokens: Sequence[Token], height: int | None = None) -> int:
        """Return how many of the tokens would fit one after the other, on the whole stack or the lowest `height` values."""
        trial = self.state.copy(deepcopy_values=False)
        trial.parse_conf = self._dry
        if height is not None:
            del trial.state_stack[height + 1 :]
            del trial.value_stack[height:]
        for count, token in enumerate(tokens):
            try:
                trial.feed_token(token, token.type == END)
            except UnexpectedToken:
                return count
        return len(tokens)

    def accepts(self) -> set[str]:
        """Return the terminals that may stand here."""
        found: set[str] = self._interactive.accepts()  # type: ignore[no-untyped-call]
        return found

    @property
    def values(self) -> list[Any]:
        """What has been shifted or built and is not yet part of something larger."""
        return self.state.value_stack

    def cut(self, height: int) -> None:
        """Forget everything above the lowest `height` values."""
        del self.state.state_stack[height + 1 :]
        del self.state.value_stack[height:]

    def depth(self, height: int) -> int:
        """Return how many braces are open among the lowest `height` values."""
        return len(open_braces(self.values[:height]))

    def level(self, highest: int | None = None) -> int:
        """Return the greatest height, up to `highest`, at which something broken may stand: in the innermost open list."""
        broken = (Token("BROKEN", ""),)
        for height in range(len(self.values) if highest is None else highest, -1, -1):
            if self.takes(broken, height):
                return height
        return 0


def open_braces(values: Sequence[Any]) -> list[int]:
    """Return where on the stack the braces stand that are still open (a closed pair may wait to be reduced)."""
    found: list[int] = []
    for at, value in enumerate(values):
        if type(value) is Token and value.type == "LBRACE":
            found.append(at)
        elif type(value) is Token and value.type == "RBRACE" and found:
            found.pop()
    return found
