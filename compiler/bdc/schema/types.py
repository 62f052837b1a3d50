"""Types that columns are of: schemas they stand in, native enums, domains."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import CheckDef, CommentOn, CreateDomain, CreateEnum, Statement
from bdc.ir import DomainDecl, EnumDecl, SystemIR, label_of
from bdc.query import types
from bdc.schema.column_types import domain_conditions
from bdc.schema.names import fitted


def create_types(system: SystemIR) -> Iterator[Statement]:
    """Yield what tables stand on, before them."""
    for enum in system.enums:
        if enum.native is not None:
            yield from _enum(enum, enum.native)
    for domain in system.domains:
        yield from _domain(system, domain)


def _enum(enum: EnumDecl, native: str) -> Iterator[Statement]:
    name = Name(native, enum.schema_name)
    yield CreateEnum(name, tuple(label_of(value) for value in enum.values))
    if enum.doc:
        yield CommentOn("type", name, enum.doc)


def _domain(system: SystemIR, domain: DomainDecl) -> Iterator[Statement]:
    name = Name(domain.domain, domain.schema_name)
    checks = tuple(_checks(system, domain))
    yield CreateDomain(name, types.column_type(domain.type), domain.not_null, checks=checks)
    if domain.doc:
        yield CommentOn("domain", name, domain.doc)


def _checks(system: SystemIR, domain: DomainDecl) -> Iterator[CheckDef]:
    """The conditions, those without a name called and counted as PostgreSQL would."""
    number = 0
    for check in domain_conditions(system, domain):
        if check.name is None:
            yield CheckDef(fitted(f"{domain.domain}_check{number or ''}"), check.sql)
            number += 1
        else:
            yield CheckDef(check.name, check.sql)
