"""Names in the emitted Python: identifiers that neither the language nor the module around them keeps for itself."""

import keyword
import re
from collections.abc import Collection, Iterable

from bdc.naming.distinct import aside

_CALLED = re.compile(r"\b([a-z_0-9]+)\(")

KEYWORDS = frozenset(keyword.kwlist)
# What annotations name, in every module that has models.
_ANNOTATIONS = frozenset(
    [
        "int",
        "str",
        "float",
        "bool",
        "list",
        "date",
        "time",
        "datetime",
        "timedelta",
        "Decimal",
        "UUID",
        "Field",
        "JsonValue",
    ]
)
# What every pydantic model has already.
_MODEL = frozenset(
    [
        "copy",
        "json",
        "dict",
        "schema",
        "schema_json",
        "validate",
        "construct",
        "parse_obj",
        "parse_raw",
        "parse_file",
        "from_orm",
        "update_forward_refs",
        "model_config",
        "model_fields",
        "model_computed_fields",
        "model_extra",
        "model_fields_set",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
    ]
)
_HIDING = _ANNOTATIONS | _MODEL
# What modules with models use beside them: a class of such a name has another one inside them, and its own outside.
_IN_MODELS = KEYWORDS | _ANNOTATIONS | {"Row", "Value", "StrEnum", "Problem", "OperationContext", "super"}
# What modules that call user code use beside it.
IN_HANDLERS = _IN_MODELS | frozenset(
    [
        "Any",
        "Awaitable",
        "Callable",
        "Handler",
        "HANDLERS",
        "context",
        "row",
        "arguments",
        "own",
        "given",
        "answer",
        "model_json",
        "dict",
    ]
)
# A module of such a name would replace what every package has: `__class__`, `__dict__`, `__path__` …
OWN_MODULES = frozenset(
    f"__{name}__"
    for name in [
        "init",
        "main",
        "all",
        "path",
        "file",
        "cached",
        "builtins",
        "name",
        "doc",
        "loader",
        "package",
        "spec",
        "class",
        "dict",
        "dir",
        "getattr",
        "setattr",
        "delattr",
        "getattribute",
        "annotations",
        "new",
        "init_subclass",
        "subclasshook",
        "hash",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "repr",
        "str",
        "format",
        "reduce",
        "reduce_ex",
        "sizeof",
        "getstate",
        "weakref",
        "module",
        "del",
        "iter",
        "len",
        "enter",
        "exit",
        "call",
        "post_init",
    ]
)
# Modules that stand in `services/business/` of every output.
BUSINESS_MODULES = frozenset({"context", "contexts", "errors", "handlers"}) | OWN_MODULES


def identifier(name: str) -> str:
    """Return a name that Python does not keep for itself: `class` → `class_`."""
    return aside(name, KEYWORDS)


def attribute(name: str) -> str:
    """Return the name of a member of a model: also none that hides a type from the members below it, or a method of every
    model. A member of pydantic cannot begin with `_`."""
    public = name.lstrip("_")
    if public == name:
        return aside(name, _HIDING | KEYWORDS)
    return aside(f"{public}_" if public[:1].isalpha() else f"field_{public}", _HIDING | KEYWORDS)


def enum_member(name: str) -> str:
    """Return the name of a value in an enum's class: `draft` → `DRAFT`. What begins with `_` may be no member of an enum."""
    public = name.lstrip("_")
    if public == name:
        return name.upper()
    return f"{public}_".upper() if public[:1].isalpha() else f"VALUE_{public}".upper()


def local_class(name: str) -> str:
    """Return what a class of the specification is called where it is defined."""
    return aside(name, _IN_MODELS)


def client_class(name: str) -> str:
    """Return what the client of another service is called: `EXTERNALS` is the list of them all."""
    return aside(local_class(name), {"EXTERNALS"})


def item(name: str, local: str) -> str:
    """Return an item of an import: `Order`, or `Row as Row_`."""
    return name if local == name else f"{name} as {local}"


def used(candidates: Collection[str], sources: Iterable[str]) -> tuple[str, ...]:
    """Return those of `candidates` that some source calls, for an import that names nothing in vain."""
    called = set(_CALLED.findall(" ".join(sources)))
    return tuple(name for name in candidates if name in called)


def all_order(name: str) -> tuple[int, str]:
    """The order that linters expect in `__all__`: constants, classes, the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
