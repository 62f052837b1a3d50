"""Domains: resolved."""

from bdc import ir
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Domain:
    """`type X = … @domain("name")`: `type` is what it stands on, with its bounds."""

    name: str
    span: Span
    doc: str
    domain: str
    schema: str | None
    type: ir.ScalarType
    not_null: bool
    checks: tuple[ir.DomainCheck, ...]
