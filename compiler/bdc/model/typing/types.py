"""What can be asked of two types: how they read, whether one fits where the other is wanted, whether they compare."""

from bdc.ir import ArrayType, EntityType, EnumType, Scalar, ScalarType, StructType, Type, vector_length

BOOL = ScalarType(scalar=Scalar.BOOL)
INT = ScalarType(scalar=Scalar.INT)
BIGINT = ScalarType(scalar=Scalar.BIGINT)
DECIMAL = ScalarType(scalar=Scalar.DECIMAL)
FLOAT = ScalarType(scalar=Scalar.FLOAT)
TEXT = ScalarType(scalar=Scalar.TEXT)
UUID = ScalarType(scalar=Scalar.UUID)
DATE = ScalarType(scalar=Scalar.DATE)
TIMESTAMP = ScalarType(scalar=Scalar.TIMESTAMP)
DURATION = ScalarType(scalar=Scalar.DURATION)

NUMBERS = (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT)
WHOLE = (Scalar.INT, Scalar.BIGINT)
TEXTS = (Scalar.STRING, Scalar.TEXT)
TIMES = (Scalar.DATE, Scalar.TIMESTAMP)
ORDERED = (*NUMBERS, *TEXTS, *TIMES, Scalar.TIME, Scalar.DURATION)


def describe(type_: Type) -> str:
    """Return the type as the language writes it: `decimal(12, 2)`, `Order[]`."""
    match type_:
        case ArrayType(item=item):
            length = vector_length(type_)
            return f"{describe(item)}[]" if length is None else f"vector({length})"
        case ScalarType():
            return _describe_scalar(type_)
        case EnumType() | StructType() | EntityType():
            return type_.name


def _describe_scalar(type_: ScalarType) -> str:
    if type_.alias is not None:
        return type_.alias
    name = type_.scalar.value
    if type_.scalar is Scalar.DECIMAL and type_.precision is not None:
        return f"{name}({type_.precision}, {type_.scale or 0})"
    if type_.scalar is Scalar.STRING and (type_.min_length is not None or type_.max_length is not None):
        return f"{name}({_bound(type_.min_length)}..{_bound(type_.max_length)})"
    return name


def _bound(value: int | None) -> str:
    return "" if value is None else str(value)


def scalar_of(type_: Type | None) -> Scalar | None:
    return type_.scalar if isinstance(type_, ScalarType) else None


def is_number(type_: Type | None) -> bool:
    return scalar_of(type_) in NUMBERS


def is_text(type_: Type | None) -> bool:
    return scalar_of(type_) in TEXTS


def same_family(left: Type, right: Type) -> bool:
    """Say whether values of the two types are of one kind: numbers, texts, the same enum, the same entity."""
    match left, right:
        case ScalarType(scalar=a), ScalarType(scalar=b):
            return a is b or any(a in family and b in family for family in (NUMBERS, TEXTS))
        case ArrayType(item=a), ArrayType(item=b):
            return vector_length(left) == vector_length(right) and same_family(a, b)
        case (EnumType(name=a), EnumType(name=b)) | (StructType(name=a), StructType(name=b)):
            return a == b
        case EntityType(name=a), EntityType(name=b):
            return a == b
    return False


def fits(found: Type, wanted: Type) -> bool:
    """Say whether a value of type `found` may stand where `wanted` is asked for (bounds are checked on literals only)."""
    match found, wanted:
        case ScalarType(scalar=a), ScalarType(scalar=b) if a in NUMBERS and b in NUMBERS:
            return _number_fits(a, b)
    return same_family(found, wanted)


def _number_fits(found: Scalar, wanted: Scalar) -> bool:
    return NUMBERS.index(found) <= NUMBERS.index(wanted)


def ordered(type_: Type) -> bool:
    """Say whether `<` has a meaning: numbers, texts, dates and times (enums have no order)."""
    return scalar_of(type_) in ORDERED


def wider(left: Type, right: Type) -> Type:
    """Return the type of arithmetic on two numbers: the one that holds both."""
    a, b = scalar_of(left), scalar_of(right)
    if a not in NUMBERS or b not in NUMBERS:
        return left
    return (INT, BIGINT, DECIMAL, FLOAT)[max(NUMBERS.index(a), NUMBERS.index(b))]
