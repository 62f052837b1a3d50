"""Constraints of scalar types: in parentheses (`string(1..80)`, `decimal(12, 2)`) and as attributes (`@pattern`, `@min`)."""

from decimal import Decimal

from bdc import ir, patterns
from bdc.diagnostics import DiagnosticSink
from bdc.model.attributes import Attributes
from bdc.model.errors.types import AttributeArgument, BadTypeArgument, MisplacedAttribute
from bdc.model.typing.types import describe, is_number, is_text
from bdc.syntax import ast

_FORMATS = ("email", "uri", "hostname", "ipv4", "ipv6", "uuid")


def with_arguments(scalar: ir.Scalar, written: ast.NamedType, sink: DiagnosticSink) -> ir.ScalarType:
    """Return the scalar with what its parentheses say; report what they cannot."""
    plain = ir.ScalarType(scalar=scalar)
    if not written.arguments:
        return plain
    if scalar is ir.Scalar.STRING:
        return _string(plain, written, sink)
    if scalar is ir.Scalar.DECIMAL:
        return _decimal(plain, written, sink)
    if scalar in (ir.Scalar.INT, ir.Scalar.BIGINT):
        return _whole(plain, written, sink)
    _bad(written, "takes no arguments", _instead(scalar, written), sink)
    return plain


def _instead(scalar: ir.Scalar, written: ast.NamedType) -> str:
    """Return how a range is written that was put behind a type which takes none."""
    found = _range(written)
    if found is None or scalar not in (ir.Scalar.FLOAT, ir.Scalar.TEXT):
        return scalar.value
    if scalar is ir.Scalar.TEXT:
        return f"string({'..'.join('' if end is None else str(end) for end in found)})"
    return scalar.value + _bounds(found)


def _bounds(ends: tuple[int | None, int | None]) -> str:
    """Return two ends as attributes: ` @min(0) @max(9)`."""
    return "".join(
        f" @{name}({end})" for name, end in zip(("min", "max"), ends, strict=True) if end is not None
    )


def _bad(written: ast.NamedType, problem: str, usage: str, sink: DiagnosticSink) -> None:
    sink.add(BadTypeArgument(written.path.text, problem, usage, written.span))


def _range(written: ast.NamedType) -> tuple[int | None, int | None] | None:
    """Return the two ends of the only argument, a range of whole numbers; None when it is something else."""
    if len(written.arguments) != 1 or not isinstance(written.arguments[0], ast.RangeLiteral):
        return None
    ends = (written.arguments[0].low, written.arguments[0].high)
    if any(end is not None and not isinstance(end, ast.IntLiteral) for end in ends):
        return None
    low, high = (end.value if isinstance(end, ast.IntLiteral) else None for end in ends)
    return (low, high) if low is None or high is None or low <= high else None


def _string(plain: ir.ScalarType, written: ast.NamedType, sink: DiagnosticSink) -> ir.ScalarType:
    found = _range(written)
    if found is None or (found[0] or 0) < 0:
        only = written.arguments[0] if len(written.arguments) == 1 else None
        most = only.value if isinstance(only, ast.IntLiteral) and only.value > 0 else 80
        _bad(written, "expects a range of lengths", f"string(1..{most})", sink)
        return plain
    return plain.model_copy(update={"min_length": found[0], "max_length": found[1]})


def _whole(plain: ir.ScalarType, written: ast.NamedType, sink: DiagnosticSink) -> ir.ScalarType:
    found = _range(written)
    if found is None:
        _bad(written, "expects a range of whole numbers", f"{plain.scalar.value}(1..1000)", sink)
        return plain
    low, high = (None if end is None else Decimal(end) for end in found)
    return plain.model_copy(update={"minimum": low, "maximum": high})


def _decimal(plain: ir.ScalarType, written: ast.NamedType, sink: DiagnosticSink) -> ir.ScalarType:
    values = [each.value for each in written.arguments if isinstance(each, ast.IntLiteral)]
    if (
        len(values) != 2
        or len(written.arguments) != 2
        or not 0 <= values[1] <= values[0]
        or not 1 <= values[0] <= 1000
    ):
        usage = "decimal(12, 2)" + _bounds(_range(written) or (None, None))
        _bad(written, "expects its digits and its decimals", usage, sink)
        return plain
    return plain.model_copy(update={"precision": values[0], "scale": values[1]})


def with_attributes(type_: ir.Type, attributes: Attributes, sink: DiagnosticSink) -> ir.Type:
    """Return the type narrowed by `@pattern @format @min @max`; report those that do not suit it."""
    for name in ("pattern", "format"):
        if (found := attributes.get(name)) is not None and not is_text(type_):
            sink.add(
                MisplacedAttribute(name, f"it is for texts, and this is `{describe(type_)}`", found.span)
            )
            return type_
    for name in ("min", "max"):
        if (found := attributes.get(name)) is not None and not is_number(type_):
            why = f"it is for numbers, and this is `{describe(type_)}`"
            if is_text(type_):
                why += ", whose length is part of the type: `string(1..80)`"
            sink.add(MisplacedAttribute(name, why, found.span))
            return type_
    update = {key: value for key, value in _read(attributes, sink).items() if value is not None}
    return type_.model_copy(update=update) if update and isinstance(type_, ir.ScalarType) else type_


def _read(attributes: Attributes, sink: DiagnosticSink) -> dict[str, object]:
    low, high = attributes.number("min"), attributes.number("max")
    if low is not None and high is not None and low.value > high.value:
        sink.add(AttributeArgument("max", "is less than `@min`", "@min(0) @max(100)", high.span))
    return {
        "pattern": _pattern(attributes, sink),
        "format": _format(attributes, sink),
        "minimum": None if low is None else Decimal(low.value),
        "maximum": None if high is None else Decimal(high.value),
    }


def _pattern(attributes: Attributes, sink: DiagnosticSink) -> str | None:
    text = attributes.text("pattern")
    if text is None:
        return None
    problem = patterns.problem(text)
    if problem is None:
        return text
    place = attributes.by_name["pattern"].span
    sink.add(AttributeArgument("pattern", problem, '@pattern(r"^[a-z]+$")', place))
    return None


def _format(attributes: Attributes, sink: DiagnosticSink) -> str | None:
    text = attributes.text("format")
    if text is not None and text not in _FORMATS:
        place = attributes.by_name["format"].span
        sink.add(
            AttributeArgument("format", f"expects one of {', '.join(_FORMATS)}", '@format("email")', place)
        )
        return None
    return text
