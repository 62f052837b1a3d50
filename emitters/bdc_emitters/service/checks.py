"""Types as the source of validators (`string(1, 20)`, `enum("draft", "placed")`), over `services.data.engine.validation`."""

from bdc.ir import ArrayType, EnumType, ScalarType, StructType, Type, vector_length
from bdc.ir.physical import is_half
from bdc.ir.types import Scalar
from bdc.naming.casing import constant
from bdc.patterns import Part, service_parts

CHECKS = (
    "array",
    "boolean",
    "decimal",
    "encoded_bytes",
    "enum",
    "free_json",
    "integer",
    "parsed",
    "real",
    "string",
    "vector",
)
TEXT_LIMIT = 1_048_576
_PARSED = {Scalar.UUID, Scalar.DATE, Scalar.TIME, Scalar.TIMESTAMP, Scalar.DURATION}


def segment_source(logical: Type) -> str:
    """Return the check of a part of a key, which stands in the address of its row."""
    if isinstance(logical, ScalarType) and logical.scalar in (Scalar.STRING, Scalar.TEXT):
        return _string(logical, segment=True)
    return check_source(logical)


def check_source(logical: Type) -> str:
    """Return the expression that checks a value of this type. Enums and structs are constants of the module `types`."""
    match logical:
        case EnumType(name=name) | StructType(name=name):
            return f"types.{constant(name)}"
        case ArrayType() if (length := vector_length(logical)) is not None:
            return f"vector({length}, '65504')" if is_half(logical) else f"vector({length})"
        case ArrayType(item=item):
            return f"array({check_source(item)})"
        case ScalarType():
            return scalar_source(logical)
    raise TypeError(f"{logical.kind} is not a type of input")


def scalar_source(logical: ScalarType) -> str:
    """Return the check of a scalar with its constraints."""
    scalar = logical.scalar
    if scalar in (Scalar.STRING, Scalar.TEXT):
        return _string(logical)
    if scalar in (Scalar.INT, Scalar.BIGINT):
        return _call(
            "integer", minimum=_int(logical.minimum), maximum=_int(logical.maximum), bits=_bits(scalar)
        )
    if scalar is Scalar.DECIMAL:
        return _call(
            "decimal",
            precision=logical.precision,
            scale=logical.scale,
            minimum=_text(logical.minimum),
            maximum=_text(logical.maximum),
        )
    if scalar is Scalar.FLOAT:
        return _call("real", minimum=_text(logical.minimum), maximum=_text(logical.maximum))
    if scalar in _PARSED:
        return f'parsed("{scalar.value}")'
    return {Scalar.BOOL: "boolean()", Scalar.JSON: "free_json()", Scalar.BYTES: "encoded_bytes()"}[scalar]


def _string(logical: ScalarType, *, segment: bool = False) -> str:
    maximum = logical.max_length or (TEXT_LIMIT if logical.scalar is Scalar.TEXT else None)
    return _call(
        "string",
        minimum=logical.min_length or None,
        maximum=maximum,
        pattern=logical.pattern,
        matching=_matching(logical.pattern),
        format=logical.format,
        segment=segment or None,
    )


def _matching(pattern: str | None) -> tuple[tuple[str, bool], ...] | None:
    """Return what the service matches, where it is not the pattern as it was written."""
    parts = service_parts(pattern) if pattern else ()
    return (
        None if parts == (Part(pattern or ""),) else tuple((part.text, part.wanted) for part in parts) or None
    )


def _bits(scalar: Scalar) -> int | None:
    return 64 if scalar is Scalar.BIGINT else None


def _int(bound: object) -> int | None:
    return None if bound is None else int(str(bound).partition(".")[0])


def _text(bound: object) -> str | None:
    return None if bound is None else str(bound)


def _call(function: str, **arguments: object) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in arguments.items() if value is not None)
    return f"{function}({given})"
