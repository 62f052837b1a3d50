"""`dataclass`, whose methods are written when they are first called.

The standard decorator compiles six functions for every frozen class. A run of the compiler defines eight hundred classes and calls few of
these functions, so that they took more time than the compiler itself. What a class is (fields, slots, match arguments) is left to the
standard decorator; the functions are the same, and a class that is not frozen is made by the standard decorator alone.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:
    import dataclasses
    from collections.abc import Callable
    from functools import cache
    from operator import attrgetter
    from typing import Any

    def replace(value: Any, /, **changes: Any) -> Any:
        """Do what `dataclasses.replace` does, for which it looks at each field of the class each time."""
        names, read = _parts(value.__class__)
        return value.__class__(**(dict(zip(names, read(value), strict=True)) | changes))

    @cache
    def _parts(cls: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
        """Return the fields that a constructor takes, and what reads them all at once."""
        names = tuple(field.name for field in dataclasses.fields(cls) if field.init)
        if len(names) > 1:
            return names, attrgetter(*names)
        return names, lambda value: tuple(getattr(value, name) for name in names)

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, order: bool = False, **options: Any
    ) -> Any:
        """Do what `dataclasses.dataclass` does with the same options."""

        def decorate(cls: type) -> type:
            if frozen and not order and options.get("eq", True):
                return _frozen(cls, options)
            return dataclasses.dataclass(frozen=frozen, order=order, **options)(cls)

        return decorate if cls is None else decorate(cls)

    def _frozen(cls: type, options: dict[str, Any]) -> type:
        if "__doc__" not in cls.__dict__ or not cls.__doc__:
            cls.__doc__ = cls.__name__  # or the decorator computes a signature
        made = dataclasses.dataclass(init=False, repr=False, eq=False, **options)(cls)
        own = made.__dict__
        if "__hash__" not in own or (own["__hash__"] is None and "__eq__" in own):
            made.__hash__ = _later(made, "__hash__", _hash)
        for name, text in (("__init__", _init), ("__eq__", _eq)):
            if name not in own:
                setattr(made, name, _later(made, name, text))
        for name, function in (_SHARED | _STATE if options.get("slots") else _SHARED).items():
            if name not in own:
                setattr(made, name, function)
        return made

    def _later(cls: type, name: str, text: Callable[[type, dict[str, Any]], str]) -> Callable[..., Any]:
        """Return a function that replaces itself, as the method `name` of `cls`, by the one of this text."""

        def first(self: Any, *args: Any, **named: Any) -> Any:
            space: dict[str, Any] = {}
            exec(text(cls, space), space)
            made = space[name]
            made.__qualname__ = f"{cls.__qualname__}.{name}"
            setattr(cls, name, made)
            return made(self, *args, **named)

        return first

    def _init(cls: type, space: dict[str, Any]) -> str:
        space |= {"_set": object.__setattr__, "_MISSING": dataclasses.MISSING}
        fields = dataclasses.fields(cls)
        positional = [_parameter(field, space) for field in fields if field.init and not field.kw_only]
        named = [_parameter(field, space) for field in fields if field.init and field.kw_only]
        parameters = ["self", *positional, *(["*", *named] if named else [])]
        lines = [_assignment(field, space) for field in fields]
        if hasattr(cls, "__post_init__"):
            lines.append("self.__post_init__()")
        body = "\n ".join(line for line in lines if line) or "pass"
        return f"def __init__({', '.join(parameters)}):\n {body}"

    def _parameter(field: Any, space: dict[str, Any]) -> str:
        if field.default is not dataclasses.MISSING:
            space[f"_default_{field.name}"] = field.default
            return f"{field.name}=_default_{field.name}"
        return f"{field.name}=_MISSING" if field.default_factory is not dataclasses.MISSING else field.name

    def _assignment(field: Any, space: dict[str, Any]) -> str:
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            space[f"_make_{name}"] = field.default_factory
            value = f"_make_{name}() if {name} is _MISSING else {name}" if field.init else f"_make_{name}()"
        elif not field.init:
            if field.default is dataclasses.MISSING:
                return ""
            space[f"_default_{name}"] = field.default
            value = f"_default_{name}"
        return f"_set(self, {name!r}, {value})"

    def _eq(cls: type, space: dict[str, Any]) -> str:
        names = [field.name for field in dataclasses.fields(cls) if field.compare]
        ours, theirs = (_tuple(f"{side}.{name}" for name in names) for side in ("self", "other"))
        return (
            "def __eq__(self, other):\n if other.__class__ is self.__class__:\n"
            f"  return {ours} == {theirs}\n return NotImplemented"
        )

    def _hash(cls: type, space: dict[str, Any]) -> str:
        fields = dataclasses.fields(cls)
        names = [field.name for field in fields if (field.compare if field.hash is None else field.hash)]
        return f"def __hash__(self):\n return hash({_tuple(f'self.{name}' for name in names)})"

    def _tuple(items: Any) -> str:
        return "(" + "".join(f"{item}, " for item in items) + ")"

    def _repr(self: Any) -> str:
        shown = (
            f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr
        )
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _setattr(self: Any, name: str, value: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _delattr(self: Any, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _getstate(self: Any) -> list[Any]:
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _setstate(self: Any, state: list[Any]) -> None:
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)

    _SHARED = {"__repr__": _repr, "__setattr__": _setattr, "__delattr__": _delattr}
    _STATE = {"__getstate__": _getstate, "__setstate__": _setstate}
