"""Syntax trees as text, for reading and for comparing."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from bdc.source import SourceFile
from bdc.syntax.ast import Name, Node, Path


def show(node: Any, indent: int = 0) -> str:
    """Return a node and all below it, one line each, without spans; members that are empty are left out."""
    pad = "  " * indent
    lines = [f"{pad}{type(node).__name__}"]
    for each in fields(node):
        value = getattr(node, each.name)
        if (
            each.name == "span"
            or isinstance(value, SourceFile)
            or value is None
            or value is False
            or value in ((), "")
        ):
            continue
        lines.append(f"{pad}  {each.name}: {_inline(value)}" if _plain(value) else f"{pad}  {each.name}")
        if not _plain(value):
            lines += [show(child, indent + 2) for child in (value if isinstance(value, tuple) else (value,))]
    return "\n".join(lines)


def _plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_plain, value))
    return not isinstance(value, Node) or isinstance(value, Name | Path)


def _inline(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_inline, value))
    if isinstance(value, Name | Path):
        return value.text
    return str(value) if isinstance(value, Decimal) else repr(value)
