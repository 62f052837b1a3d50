"""Logical types as PostgreSQL stores them, and the conditions that a type puts on its column."""

from collections.abc import Iterator
from decimal import Decimal

from sqlglot import exp

from bdc.ir import (
    ArrayType,
    Column,
    DomainCheck,
    DomainDecl,
    EnumType,
    Scalar,
    ScalarType,
    StructType,
    SystemIR,
    Type,
    label_of,
    unenforced,
)
from bdc.patterns import sql_parts
from bdc.query import types
from bdc.query.names import column as column_tree
from bdc.query.trees import call, conjunction, equal, negation, number, print_sql, text, text_array

_INTEGERS = (Scalar.INT, Scalar.BIGINT)


def column_type(column: Column) -> str:
    """Return the type of a column; what is encrypted is text, whatever it was."""
    return "text" if column.encrypted else types.column_type(column.type)


def type_condition(system: SystemIR, column: Column) -> str | None:
    """Return the condition that the column's type puts on its values; None when PostgreSQL's own type says it all.
    What is encrypted cannot be looked into."""
    if column.encrypted:
        return None
    terms = list(_terms(system, column.type, column_tree("", column.name)))
    return print_sql(conjunction(terms)) if terms else None


def domain_conditions(system: SystemIR, domain: DomainDecl) -> Iterator[DomainCheck]:
    """Yield the conditions of a domain over VALUE: what its type asks for, then those that were written."""
    terms = list(_terms(system, domain.type, exp.Var(this="VALUE")))
    if terms:
        yield DomainCheck(sql=print_sql(conjunction(terms)))
    yield from domain.checks


def value_condition(system: SystemIR, logical: ScalarType) -> tuple[str, str | None]:
    """Return the SQL type of the text of a value inside JSON, and the condition over VALUE that the logical type puts on it; None where
    the SQL type says it all. Bytes are base64 there."""
    if logical.scalar is Scalar.BYTES:
        return "text", None
    terms = list(
        _terms(system, logical.model_copy(update={"db": None, "domain": None}), exp.Var(this="VALUE"))
    )
    texts = [print_sql(term) for term in terms]
    if logical.scalar is Scalar.DECIMAL and logical.precision is not None:
        scale = logical.scale or 0
        texts += [f"scale(VALUE) <= {scale}", f"abs(VALUE) < 1e{logical.precision - scale}::numeric"]
    kind = types.plain_type(logical.model_copy(update={"db": None}))
    return kind.partition("(")[0], " and ".join(f"({text})" for text in texts) or None


def _terms(system: SystemIR, logical: Type, value: exp.Expression) -> Iterator[exp.Expression]:
    match logical:
        case ScalarType():
            held = system.domain(logical.domain).type if logical.domain is not None else None
            yield from _scalar(unenforced(logical, held), value)
        case EnumType(name=name) if system.enum(name).native is None:
            names = [text(label_of(member)) for member in system.enum(name).values]
            yield exp.In(this=value, expressions=names)
        case StructType():
            yield equal(call("jsonb_typeof", value), text("object"))
        case ArrayType(item=StructType()):
            yield equal(call("jsonb_typeof", value), text("array"))
        case ArrayType(item=EnumType(name=name)) if system.enum(name).native is None:
            members = text_array(label_of(member) for member in system.enum(name).values)
            yield exp.ArrayContainedBy(this=value, expression=members)


def _scalar(logical: ScalarType, value: exp.Expression) -> Iterator[exp.Expression]:
    length = call("octet_length" if logical.scalar is Scalar.BYTES else "char_length", value)
    yield from _between(length, logical.min_length, logical.max_length)
    yield from _between(value, _bound(logical, logical.minimum), _bound(logical, logical.maximum))
    for part in sql_parts(logical.pattern) if logical.pattern is not None else ():
        found = exp.RegexpLike(this=value, expression=text(part.text))
        yield found if part.wanted else negation(found)


def _bound(logical: ScalarType, bound: Decimal | None) -> str | None:
    if bound is None:
        return None
    return str(int(bound)) if logical.scalar in _INTEGERS else format(bound, "f")


def _between(
    value: exp.Expression, low: int | str | None, high: int | str | None
) -> Iterator[exp.Expression]:
    if low is not None and high is not None:
        yield exp.Between(this=value, low=number(low), high=number(high))
    elif low is not None:
        yield exp.GTE(this=value, expression=number(low))
    elif high is not None:
        yield exp.LTE(this=value, expression=number(high))
