"""What every group of rules needs: spans out of children.

A rule is called with all its children in the order of the grammar: tokens, built nodes, plain strings (documentation),
tuples (lists without brackets), `Block` (lists in brackets) and None for an absent `[…]`.
"""

from dataclasses import replace
from typing import Any

from lark import Token

from bdc.diagnostics import DiagnosticSink
from bdc.source import Span
from bdc.syntax.ast import Node

Children = list[Any]


class Block:
    """A list in brackets: what stands in it, and the span with the brackets."""

    __slots__ = ("items", "span")

    def __init__(self, items: tuple[Any, ...], span: Span) -> None:
        self.items = items
        self.span = span


class Rules:
    """Base of all groups. The parser sets the file being read, and where to report what only shows in a built node."""

    file: str
    sink: DiagnosticSink

    def _span(self, children: Children) -> Span:
        """Return what the children cover, documentation aside."""
        return Span(self.file, _start(children), _end(children))

    def _block(self, c: Children) -> Block:
        """Return the nodes that stand between the brackets."""
        return Block(nodes(c), self._span(c))

    def _token_span(self, token: Token) -> Span:
        return Span(self.file, token.start_pos or 0, token.end_pos or 0)


def nodes(children: Children) -> tuple[Any, ...]:
    """Return the nodes among the children, in order."""
    return tuple(child for child in children if isinstance(child, Node))


def items(block: Block | None) -> tuple[Any, ...]:
    return block.items if block is not None else ()


def widen(node: Any, span: Span) -> Any:
    """Return the node with a larger span (a parenthesised expression)."""
    return replace(node, span=span)


def _start(children: Children) -> int:
    for child in children:
        if type(child) is Token:
            return child.start_pos or 0
        if type(child) is tuple:
            if child:
                return int(child[0].span.start)
        elif child is not None and type(child) is not str:
            return int(child.span.start)
    return 0


def _end(children: Children) -> int:
    for child in reversed(children):
        if type(child) is Token:
            return child.end_pos or 0
        if type(child) is tuple:
            if child:
                return int(child[-1].span.end)
        elif child is not None and type(child) is not str:
            return int(child.span.end)
    return 0
