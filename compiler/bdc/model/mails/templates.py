"""What a template may say: it is read, its names are those of parameters, and it is written once with examples.

The same settings of Jinja are used by the service (`services/mail/engine/rendering.py`): no other template, no functions, values escaped in HTML.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bdc import ir
from bdc.diagnostics.suggest import did_you_mean
from bdc.model.nodes.values import Entry, Enum
from bdc.source.records import dataclass

_ALONE = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_EXAMPLES: dict[ir.Scalar, Any] = {
    ir.Scalar.INT: 1,
    ir.Scalar.BIGINT: 1,
    ir.Scalar.DECIMAL: Decimal("1.50"),
    ir.Scalar.FLOAT: 1.5,
    ir.Scalar.BOOL: True,
    ir.Scalar.UUID: uuid.UUID(int=1),
    ir.Scalar.DATE: date(2026, 1, 31),
    ir.Scalar.TIME: time(12, 30),
    ir.Scalar.TIMESTAMP: datetime(2026, 1, 31, 12, 30, tzinfo=UTC),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a template cannot be written, and what to write instead."""

    why: str
    help: str


def fault(text: str, kinds: Mapping[str, Entry], *, html: bool, enums: Mapping[str, Enum]) -> Fault | None:
    """Return the first thing that is wrong with a template; None where it can be written."""
    environment = ImmutableSandboxedEnvironment(autoescape=html, undefined=StrictUndefined)
    environment.globals.clear()
    try:
        tree = environment.parse(text)
        found = next(_wrong(tree, kinds), None)
    except TemplateSyntaxError as error:
        return Fault(
            f"line {error.lineno}: {error.message}", "mend the template; its language is that of Jinja"
        )
    if found is not None:
        return found
    return _unwritable(environment, text, kinds, enums)


def _wrong(tree: nodes.Template, kinds: Mapping[str, Entry]) -> Iterator[Fault]:
    yield from _apart(tree)
    yield from _unsafe(tree)
    yield from _unknown(tree, kinds)


def _apart(tree: nodes.Template) -> Iterator[Fault]:
    for each in tree.find_all(_ALONE):
        word = type(each).__name__.lower().replace("fromimport", "import")
        yield Fault(
            f"line {each.lineno}: a template stands alone, and this has `{word}`", "write it in this file"
        )


def _unsafe(tree: nodes.Template) -> Iterator[Fault]:
    for each in tree.find_all(nodes.Filter):
        if each.name == "safe":
            help_ = "leave `safe` out: values come from callers, and markup stands in the template"
            yield Fault(f"line {each.lineno}: `safe` lets markup of callers in", help_)


def _unknown(tree: nodes.Template, kinds: Mapping[str, Entry]) -> Iterator[Fault]:
    """Yield names that are no parameter, and are not set in the template before."""
    from jinja2.meta import find_undeclared_variables

    unknown = find_undeclared_variables(tree) - set(kinds)
    for each in tree.find_all(nodes.Name):
        if each.ctx == "load" and each.name in unknown:
            near = did_you_mean(each.name, kinds)
            first = f"write `{near}`, or declare" if near else "declare"
            yield Fault(
                f"line {each.lineno}: no parameter `{each.name}`",
                f"{first} it as a parameter: `{each.name}: string(1..80)`",
            )


def _unwritable(
    environment: ImmutableSandboxedEnvironment,
    text: str,
    kinds: Mapping[str, Entry],
    enums: Mapping[str, Enum],
) -> Fault | None:
    """Write it with an example of every value, and with null where a value may be null."""
    given = {name: _example(entry.type, enums) for name, entry in kinds.items()}
    without = {name: None if kinds[name].nullable else value for name, value in given.items()}
    for values in (given, without):
        try:
            environment.from_string(text).render(values)
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
            nulls = [name for name in values if values[name] is None]
            told = f", where {', '.join(f'`{name}`' for name in nulls)} is null" if nulls else ""
            help_ = "mend the expression; a value that may be null is written as `{{ name or '' }}`"
            return Fault(f"written with examples{told}, it fails: {error}", help_)
    return None


def _example(type_: ir.Type, enums: Mapping[str, Enum]) -> Any:
    if isinstance(type_, ir.EnumType):
        enum = enums[type_.name]
        return enum.label(enum.names[0]) if enum.names else "text"  # One without values is told elsewhere.
    return _EXAMPLES.get(type_.scalar, "text") if isinstance(type_, ir.ScalarType) else "text"
