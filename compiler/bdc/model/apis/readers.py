"""Values of settings: how each kind is written, and what it becomes (bytes, seconds, cores, ratios)."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from bdc.ir import DeployText
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownSetting
from bdc.model.errors.types import BadSetting
from bdc.model.expressions.literals import seconds
from bdc.model.nodes.deploy import Value
from bdc.syntax import ast

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_BYTES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
Settings = dict[str, Value]
Reader = Callable[[ast.Expr], Settings | None]
# Name of a setting → (what it expects, in words; how it is read).
Readers = dict[str, tuple[str, Reader]]


def read_settings(
    context: ResolveContext, entries: Sequence[ast.Entry], readers: Readers, place: str
) -> tuple[tuple[str, Value], ...]:
    found: Settings = {}
    seen: dict[str, ast.Entry] = {}
    for entry in entries:
        name = entry.name.text
        if name not in readers:
            context.report(UnknownSetting(name, place, entry.name.span, tuple(readers)))
            continue
        if name in seen:
            context.report(DuplicateMember("setting", name, place, entry.name.span, seen[name].name.span))
        seen.setdefault(name, entry)
        wanted, read = readers[name]
        values = read(entry.value)
        if values is None and not context.is_unreadable(entry.value.span):
            context.report(BadSetting(name, wanted, entry.value.span))
        found.update(values or {})
    return tuple(found.items())


def number(value: ast.Expr | None) -> float | None:
    if isinstance(value, ast.IntLiteral):
        return value.value
    return float(value.value) if isinstance(value, ast.DecimalLiteral) else None


def whole(name: str, least: int = 0) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        return {name: value.value} if isinstance(value, ast.IntLiteral) and value.value >= least else None

    return read


def flag(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        return {name: value.value} if isinstance(value, ast.BoolLiteral) else None

    return read


def bytes_of(value: ast.Expr | None) -> int | None:
    if isinstance(value, ast.QuantityLiteral) and value.unit in _BYTES:
        return int(value.value * _BYTES[value.unit])
    return None


def size(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        size = bytes_of(value)
        return None if size is None else {name: size}

    return read


def ends(low: str, high: str, of: Callable[[ast.Expr | None], int | float | None]) -> Reader:
    """`3..20`, or one value for both ends."""

    def read(value: ast.Expr) -> Settings | None:
        first, last = (value.low, value.high) if isinstance(value, ast.RangeLiteral) else (value, value)
        start, end = of(first), of(last)
        return None if start is None or end is None or not 0 < start <= end else {low: start, high: end}

    return read


def amount(value: ast.Expr | None) -> int | None:
    return value.value if isinstance(value, ast.IntLiteral) else None


def ratio(name: str) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        if isinstance(value, ast.QuantityLiteral) and value.unit == "%" and 0 < value.value <= 100:
            return {name: float(value.value / Decimal(100))}
        return None

    return read


def duration(name: str, *, least: float = 0) -> Reader:
    """A time, in seconds; `least` is the shortest."""

    def read(value: ast.Expr) -> Settings | None:
        found = seconds(value) if isinstance(value, ast.QuantityLiteral) else None
        return {name: float(found)} if found and found >= least else None

    return read


def group(**readers: Reader) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        found: Settings = {}
        for entry in value.entries if isinstance(value, ast.ObjectLiteral) else ():
            inner = readers[entry.name.text](entry.value) if entry.name.text in readers else None
            if inner is None:
                return None
            found.update(inner)
        return found if isinstance(value, ast.ObjectLiteral) else None

    return read


def choice(name: str, *words: str) -> Reader:
    """One of several words, `preferred` or `required`."""

    def read(value: ast.Expr) -> Settings | None:
        word = value.text if isinstance(value, ast.Path) else ""
        return {name: word} if word in words else None

    return read


def matching(name: str, fits: Callable[[str], bool]) -> Reader:
    """Text that is known when the specification is built."""

    def read(value: ast.Expr) -> Settings | None:
        text = value.value if isinstance(value, ast.StringLiteral) else ""
        return {name: text} if text and fits(text) else None

    return read


def told(name: str, fits: Callable[[str], bool]) -> Reader:
    """Text, or `env("NAME")`: then each deployment takes it from its environment."""

    def read(value: ast.Expr) -> Settings | None:
        variable = _variable(value)
        if variable is not None:
            return {name: DeployText(variable=variable)}
        text = value.value if isinstance(value, ast.StringLiteral) else ""
        return {name: DeployText(text=text)} if text and fits(text) else None

    return read


def _variable(value: ast.Expr) -> str | None:
    if not isinstance(value, ast.Call) or value.function.text != "env" or len(value.arguments) != 1:
        return None
    name = value.arguments[0].value
    known = isinstance(name, ast.StringLiteral) and _VARIABLE.fullmatch(name.value)
    return name.value if known and isinstance(name, ast.StringLiteral) else None
