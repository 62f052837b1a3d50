"""The record that declares a diagnostic once, and its templates filled from the fields of a fact."""

from collections.abc import Sequence
from dataclasses import replace
from string import Formatter
from typing import Any, cast

from bdc.diagnostics.diagnostic import Severity
from bdc.diagnostics.suggest import listing
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Declared:
    """What is the same each time a diagnostic is reported. `is_sure`: whether its fix is the only one that it could be.

    `slug`: of its page in `bdc_specs/diagnostics/`. `title`, `label`, `help`, `fix` and the texts of `also` are templates:
    `{name}` is the field or property `name` of the fact; a tuple of names is listed in backticks, `{names:bare}` without them,
    `{names:any 12}` as a choice of at most twelve.
    `also`: the field that holds each further place, and the text there; a place that is None is left out.
    """

    code: str
    slug: str
    title: str
    label: str = ""
    also: tuple[tuple[str, str], ...] = ()
    help: str = ""
    fix: str = ""
    severity: Severity = Severity.ERROR
    is_sure: bool = True

    @property
    def page(self) -> str:
        return f"{self.code}-{self.slug}.md"

    @property
    def templates(self) -> tuple[str, ...]:
        return (self.title, self.label, self.help, self.fix, *(text for _, text in self.also))

    def variant(
        self,
        title: str,
        *,
        label: str = "",
        also: tuple[tuple[str, str], ...] = (),
        help: str = "",
        fix: str = "",
        severity: Severity | None = None,
    ) -> "Declared":
        """Return the same code and page with other words, for another fact; `severity` where it is another one, too."""
        other = severity or self.severity
        return replace(self, title=title, label=label, also=also, help=help, fix=fix, severity=other)


def fill(template: str, fact: object) -> str:
    """Return the template with the fields of `fact` in place of their names."""
    return _Fields().vformat(template, (), cast(dict[str, Any], _Attributes(fact)))


def fields_of(template: str) -> frozenset[str]:
    """Return the names of the fields that a template takes."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


class _Attributes:
    """A mapping over the attributes of an object."""

    def __init__(self, fact: object) -> None:
        self._fact = fact

    def __getitem__(self, name: str) -> Any:
        return getattr(self._fact, name)


class _Fields(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str) or not isinstance(value, Sequence):
            return str(format(value, format_spec))
        if format_spec == "bare":
            return ", ".join(value)
        names = tuple(dict.fromkeys(value))
        how, _, limit = format_spec.partition(" ") if format_spec.startswith("any") else ("", "", format_spec)
        listed = listing(names, int(limit or len(names)))
        return f"one of {listed}" if how and len(names) > 1 else listed
