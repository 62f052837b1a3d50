"""`services/external/answers.py`: the structs that others answer with, held to their bounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bdc.ir import ArrayType, EnumType, Scalar, ScalarType, StructType, SystemIR, Type
from bdc.naming.python import local_class
from bdc_emitters.service.inputs import in_order
from bdc_emitters.service.models import members_of, named
from bdc_emitters.service.python_types import READ, SCALARS

_WHOLE = {Scalar.INT: 2**31, Scalar.BIGINT: 2**63}


@dataclass(frozen=True, slots=True)
class MemberView:
    """`given`: what stands behind the annotation."""

    name: str
    annotation: str
    given: str


@dataclass(frozen=True, slots=True)
class StructView:
    name: str
    doc: str
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class AnswersView:
    structs: tuple[StructView, ...]
    enums: tuple[str, ...]


def answers_view(system: SystemIR) -> AnswersView:
    """Return the structs that some operation answers with, each after those it holds."""
    wanted = answered(system)
    structs = tuple(struct for struct in in_order(system.structs) if struct.name in wanted)
    enums = {
        local_class(name)
        for struct in structs
        for field in struct.fields
        for name in named(field.type)
        if name not in {each.name for each in system.structs}
    }
    return AnswersView(tuple(_struct(system, each.name) for each in structs), tuple(sorted(enums)))


def answered(system: SystemIR) -> set[str]:
    """Return the names of structs in answers, of those that they hold too."""
    found: set[str] = set()
    structs = {struct.name: struct for struct in system.structs}
    open_ = [name for each in _results(system) for name in named(each)]
    while open_:
        name = open_.pop()
        if name in structs and name not in found:
            found.add(name)
            open_ += [held for field in structs[name].fields for held in named(field.type)]
    return found


def _results(system: SystemIR) -> Iterator[Type]:
    for external in system.externals:
        yield from (each.returns for each in external.operations if each.returns is not None)


def _struct(system: SystemIR, name: str) -> StructView:
    struct = system.struct(name)
    members = members_of((f.name, bounded(f.type, f.nullable), f.nullable, "") for f in struct.fields)
    return StructView(
        local_class(name),
        struct.doc.strip() or f"{name}, as it is answered.",
        tuple(
            MemberView(
                each.name,
                each.annotation,
                _given(each.alias if each.renamed else "", each.optional) + _narrower(field.type),
            )
            for each, field in zip(members, struct.fields, strict=True)
        ),
    )


def _given(alias: str, optional: bool) -> str:
    if alias:
        return f" = Field({'None, ' if optional else ''}alias={alias!r})"
    return " = None" if optional else ""


def _narrower(logical: Type) -> str:
    """A list of narrower structs is no list of the wider ones to a type checker, which thinks of what could be added to it."""
    held = isinstance(logical, ArrayType) and isinstance(logical.item, StructType)
    return "  # type: ignore[assignment]" if held else ""


def bounded(logical: Type, nullable: bool = False, prefix: str = "") -> str:
    """Return the annotation of a value that is read from others: what does not keep its bounds is refused. `prefix`: of names of structs."""
    match logical:
        case ScalarType():
            name = _scalar(logical)
        case StructType(name=declared):
            name = prefix + local_class(declared)
        case EnumType(name=declared):
            name = local_class(declared)
        case ArrayType(item=item):
            name = f"list[{bounded(item, False, prefix)}]"
        case _:
            name = "JsonValue"
    return f"{name} | None" if nullable else name


def _scalar(logical: ScalarType) -> str:
    base = (SCALARS | READ)[logical.scalar]
    limits = {**_limits(logical)}
    if logical.scalar in (Scalar.INT, Scalar.BIGINT, Scalar.BOOL, Scalar.FLOAT, Scalar.STRING, Scalar.TEXT):
        limits["strict"] = "True"
    if logical.scalar is Scalar.FLOAT:
        limits["allow_inf_nan"] = "False"
    if not limits:
        return base
    return f"_Annotated[{base}, Field({', '.join(f'{name}={value}' for name, value in limits.items())})]"


def _limits(logical: ScalarType) -> dict[str, str]:
    found: dict[str, str] = {}
    low, high = logical.minimum, logical.maximum
    if logical.scalar in _WHOLE:
        most = _WHOLE[logical.scalar]
        low = Decimal(-most) if low is None else low
        high = Decimal(most - 1) if high is None else high
    if logical.scalar is Scalar.DECIMAL:
        found["allow_inf_nan"] = "False"
        if logical.precision is not None:
            most = 10 ** (logical.precision - (logical.scale or 0))
            found |= {"gt": str(-most), "lt": str(most)}
    for name, bound in (("ge", low), ("le", high)):
        if bound is not None:
            whole = bound == int(bound)
            found[name] = (
                str(int(bound))
                if whole
                else (f'Decimal("{bound}")' if logical.scalar is Scalar.DECIMAL else str(bound))
            )
    for name, length in (("min_length", logical.min_length), ("max_length", logical.max_length)):
        if length is not None and logical.scalar in (Scalar.STRING, Scalar.TEXT):
            found[name] = str(length)
    return found
