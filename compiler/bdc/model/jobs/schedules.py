"""When a job runs: a period, or the five fields of cron in a time zone."""

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

from bdc.diagnostics import did_you_mean
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.syntax import ast

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
LONGEST = 366 * 86_400
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
    ("day of the week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?")
_LONGEST_MONTHS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_EXAMPLE = 'write five fields: minute, hour, day of the month, month, day of the week, such as `"0 3 * * *"` for 03:00 every day'


def seconds(context: ResolveContext, literal: ast.Expr, what: str, least: int, most: int) -> int | None:
    """Return a duration in whole seconds, or report why it is none between `least` and `most`."""
    if isinstance(literal, ast.QuantityLiteral) and literal.unit in _UNITS:
        found = literal.value * _UNITS[literal.unit]
        if found == int(found) and least <= found <= most:
            return int(found)
    help_ = f"write a duration between {spoken(least)} and {spoken(most)}, in whole seconds: `90s`, `15m`, `6h`, `1d`"
    context.report(UnfitJob(f"{what} is not such a duration", "not a duration of jobs", help_, literal.span))
    return None


def spoken(count: int) -> str:
    """Return seconds in their largest whole unit: `1d`."""
    unit = next(unit for unit, size in reversed(_UNITS.items()) if count % size == 0)
    return f"{count // _UNITS[unit]}{unit}"


def cron(context: ResolveContext, literal: ast.StringLiteral) -> str | None:
    """Return the fields with one space between them, or report what is wrong with them."""
    fields = literal.value.lower().split()
    problem = "expected five fields" if len(fields) != len(_FIELDS) else next(_problems(fields), None)
    if problem is None:
        return " ".join(fields)
    context.report(UnfitJob("invalid schedule", problem, _EXAMPLE, literal.span))
    return None


def _problems(fields: list[str]) -> Iterator[str]:
    chosen = []
    for text, (name, least, most, words) in zip(fields, _FIELDS, strict=True):
        values = _values(text, least, most, words)
        if values is None:
            yield f"`{text}` is no {name} ({least} to {most})"
            return
        chosen.append(values)
    days, months = chosen[2], chosen[3]
    if fields[4] == "*" and all(min(days) > _LONGEST_MONTHS[month] for month in months):
        yield "no month has this day"


def _values(text: str, least: int, most: int, words: tuple[str, ...]) -> set[int] | None:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        every, low, high, step = match.groups()
        first = least if every else _number(low, least, words)
        last = most if every or (step and not high) else _number(high or low, least, words)
        if first is None or last is None or not least <= first <= last <= most or step == "0":
            return None
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def _number(text: str, least: int, words: tuple[str, ...]) -> int | None:
    if text in words:
        return words.index(text) + least
    return int(text) if text.isdecimal() else None


def zone(context: ResolveContext, literal: ast.StringLiteral | None) -> str:
    """Return the name of the time zone; where it is unknown, report that."""
    if literal is None:
        return "UTC"
    known = available_timezones()
    if known and literal.value not in known:
        close = did_you_mean(literal.value, tuple(sorted(known)))
        help_ = f'write a name of the IANA time zone database, such as `"{close or "Europe/Berlin"}"`'
        context.report(UnfitJob("unknown time zone", "no such time zone", help_, literal.span))
    return literal.value
