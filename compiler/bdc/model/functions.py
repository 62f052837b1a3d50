"""The function library of expressions: what each takes and gives. One table; lowering to SQL and Python follows it."""

from bdc.ir import ArrayType, EnumType, Scalar, Type, vector_length
from bdc.model.typing.types import (
    BOOL,
    DATE,
    INT,
    TEXT,
    TIMESTAMP,
    UUID,
    is_number,
    is_text,
    scalar_of,
)
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kinds` are the scalars accepted (empty: anything). `position`: it takes a whole number above 0 as it is written, because
    PostgreSQL refuses others when it runs. `zone`: it takes a time zone, for the same reason a constant or a value of an enum. `lists`: it
    also takes a list."""

    name: str
    kinds: tuple[Scalar, ...] = ()
    position: bool = False
    zone: bool = False
    lists: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """`result` is None where it is the type of the argument at `same_as`. `variadic`: the last parameter repeats.
    `first_non_null`: the result is null only if every argument is (otherwise: if any is). `widest`: the result has the type of the
    widest number among the arguments."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    result: Type | None = None
    same_as: int = 0
    variadic: bool = False
    first_non_null: bool = False
    widest: bool = False
    optional: int = 0

    @property
    def signature(self) -> str:
        inside = ", ".join(each.name for each in self.parameters)
        return f"{self.name}({inside}{', …' if self.variadic else ''})"


_TEXT = (Scalar.STRING, Scalar.TEXT)
_NUMBER = (Scalar.INT, Scalar.BIGINT, Scalar.DECIMAL, Scalar.FLOAT)
_TIME = (Scalar.DATE, Scalar.TIMESTAMP)
_MEASURED = (*_NUMBER, *_TIME)

# What reads the same as text in PostgreSQL and in Python, whatever the settings of the session.
_WRITTEN = (*_TEXT, Scalar.INT, Scalar.BIGINT, Scalar.UUID)

_ALL = (
    Function("now", result=TIMESTAMP),
    Function("today", result=DATE),
    Function("uuid4", result=UUID),
    Function("uuid7", result=UUID),
    Function("lower", (Parameter("text", _TEXT),), TEXT),
    Function("upper", (Parameter("text", _TEXT),), TEXT),
    Function("trim", (Parameter("text", _TEXT),), TEXT),
    Function("length", (Parameter("text", _TEXT, lists=True),), INT),
    Function(
        "replace", (Parameter("text", _TEXT), Parameter("part", _TEXT), Parameter("other", _TEXT)), TEXT
    ),
    Function(
        "substring",
        (
            Parameter("text", _TEXT),
            Parameter("start", (Scalar.INT,), position=True),
            Parameter("count", (Scalar.INT,), position=True),
        ),
        TEXT,
        optional=1,
    ),
    Function("concat", (Parameter("value", _WRITTEN), Parameter("other", _WRITTEN)), TEXT, variadic=True),
    Function("slugify", (Parameter("text", _TEXT),), TEXT),
    Function("day_of", (Parameter("time", (Scalar.TIMESTAMP,)), Parameter("zone", zone=True)), DATE),
    Function("starts_with", (Parameter("text", _TEXT), Parameter("part", _TEXT)), BOOL),
    Function("ends_with", (Parameter("text", _TEXT), Parameter("part", _TEXT)), BOOL),
    Function("contains", (Parameter("text", _TEXT), Parameter("part", _TEXT)), BOOL),
    Function(
        "greatest",
        (Parameter("value", _MEASURED), Parameter("other", _MEASURED)),
        variadic=True,
        first_non_null=True,
        widest=True,
    ),
    Function(
        "least",
        (Parameter("value", _MEASURED), Parameter("other", _MEASURED)),
        variadic=True,
        first_non_null=True,
        widest=True,
    ),
    Function("floor", (Parameter("number", _NUMBER),)),
    Function("ceil", (Parameter("number", _NUMBER),)),
    Function("abs", (Parameter("number", _NUMBER),)),
    Function("round", (Parameter("number", _NUMBER), Parameter("digits", (Scalar.INT,))), optional=1),
    Function("coalesce", (Parameter("value"), Parameter("fallback")), variadic=True, first_non_null=True),
    Function("date_trunc", (Parameter("unit", _TEXT), Parameter("time", _TIME)), same_as=1),
    Function(
        "date_part",
        (Parameter("unit", _TEXT), Parameter("time", _TIME), Parameter("zone", zone=True)),
        INT,
        optional=1,
    ),
    Function("env", (Parameter("name", _TEXT),), TEXT),
)

FUNCTIONS = {each.name: each for each in _ALL}

TRUNCATIONS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
# What a function takes as `unit`.
UNITS = {"date_trunc": TRUNCATIONS, "date_part": (*TRUNCATIONS, "weekday", "yearday")}


def accepts(parameter: Parameter, type_: Type) -> bool:
    """Say whether an argument of `type_` may be given for `parameter`."""
    if parameter.lists and isinstance(type_, ArrayType) and vector_length(type_) is None:
        return True
    return not parameter.kinds or scalar_of(type_) in parameter.kinds


def kind_of(parameter: Parameter) -> str:
    """Return in words what a parameter takes."""
    if parameter.kinds == _TEXT:
        return "a text or a list" if parameter.lists else "a text"
    if parameter.kinds == _NUMBER:
        return "a number"
    if parameter.kinds == _WRITTEN:
        return "a text, a whole number or a uuid"
    return " or ".join(kind.value for kind in parameter.kinds) or "a value"


def is_summable(type_: Type) -> bool:
    return is_number(type_)


def is_comparable(type_: Type) -> bool:
    return is_number(type_) or is_text(type_) or scalar_of(type_) in (*_TIME, Scalar.TIME, Scalar.DURATION)


def is_listed(type_: Type) -> bool:
    """Say whether values of a type can stand in a list, in their order."""
    return is_comparable(type_) or isinstance(type_, EnumType) or scalar_of(type_) is Scalar.UUID
