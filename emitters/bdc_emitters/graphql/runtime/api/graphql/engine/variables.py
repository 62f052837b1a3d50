"""Variables: compiled once per operation into coercers, which give plain JSON values in canonical form.

`Coercion.coerce(given)` returns all variables that have a value, defaults included. When something does not fit, graphql-core
is asked to say what, so that the words are those every client knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    type_from_ast,
)
from graphql.execution import get_variable_values

from api.graphql.engine.errors import LIMIT, VARIABLES, Refused, of_document, refused
from api.graphql.engine.literals import read
from api.graphql.engine.scalars import READERS
from services.data.engine.jsontext import as_floats
from services.data.engine.values import as_float

Coercer = Callable[[Any], Any]
TOO_DEEP = "The variables are nested too deeply."
_INT = range(-(2**31), 2**31)


class Coercion:
    """The variables of one operation."""

    __slots__ = ("_coercers", "_operation", "_schema", "names")

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._operation = operation
        # name, coercer, required, default or Undefined
        self._coercers: list[tuple[str, Coercer, bool, Any]] = []
        inputs = Inputs()
        for definition in operation.variable_definitions or ():
            type_: Any = type_from_ast(schema, definition.type)
            default: Any = Undefined
            if definition.default_value is not None:
                default = inputs.coercer(type_)(read(definition.default_value, {}))
            required = isinstance(type_, GraphQLNonNull) and default is Undefined
            name = definition.variable.name.value
            self._coercers.append((name, inputs.coercer(type_), required, default))
        self.names = tuple(name for name, *_ in self._coercers)

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables that have a value. Raises `Refused`."""
        found: dict[str, Any] = {}
        try:
            for name, coercer, required, default in self._coercers:
                if name in given:
                    found[name] = coercer(given[name])
                elif default is not Undefined:
                    found[name] = default
                elif required:
                    raise ValueError(name)
        except RecursionError:  # inputs of filters may contain themselves
            raise refused(LIMIT, TOO_DEEP) from None
        except (ValueError, GraphQLError):
            raise self._explained(given) from None
        return found

    def _explained(self, given: Mapping[str, Any]) -> Refused:
        definitions = self._operation.variable_definitions or ()
        try:
            result = get_variable_values(
                self._schema, definitions, as_floats(dict(given)), max_errors=10, hide_suggestions=True
            )
        except RecursionError:
            return refused(LIMIT, TOO_DEEP)
        if isinstance(result, list):
            return of_document(VARIABLES, result)
        return refused(VARIABLES, "The variables do not fit their types.")


class Inputs:
    """Coercers of input types, each made once (inputs may contain themselves)."""

    def __init__(self) -> None:
        self._objects: dict[str, Coercer] = {}

    def coercer(self, type_: GraphQLInputType) -> Coercer:
        """Return the function that turns a JSON value into its canonical form, or raises ValueError or GraphQLError."""
        if isinstance(type_, GraphQLNonNull):
            return _non_null(self.coercer(type_.of_type))
        if isinstance(type_, GraphQLList):
            return _list(self.coercer(type_.of_type))
        if isinstance(type_, GraphQLScalarType):
            return _nullable(_scalar(type_))
        if isinstance(type_, GraphQLEnumType):
            return _nullable(_enum(frozenset(type_.values)))
        return _nullable(self._object(type_))

    def _object(self, type_: GraphQLInputObjectType) -> Coercer:
        known = self._objects.get(type_.name)
        if known is not None:
            return known
        fields: dict[str, Coercer] = {}
        required: list[str] = []

        def coerce(value: Any) -> Any:
            if type(value) is not dict:
                raise ValueError
            if any(name not in value for name in required):
                raise ValueError
            return {
                name: fields[name](item) if name in fields else _unknown(name) for name, item in value.items()
            }

        self._objects[type_.name] = coerce
        for name, field in type_.fields.items():
            fields[name] = self.coercer(field.type)
            if isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined:
                required.append(name)
        return coerce


def _unknown(name: str) -> Any:
    raise ValueError(name)


def _non_null(inner: Coercer) -> Coercer:
    def coerce(value: Any) -> Any:
        if value is None:
            raise ValueError
        return inner(value)

    return coerce


def _nullable(inner: Coercer) -> Coercer:
    return lambda value: None if value is None else inner(value)


def _list(item: Coercer) -> Coercer:
    def coerce(value: Any) -> Any:
        if value is None:
            return None
        return [item(each) for each in value] if type(value) is list else [item(value)]

    return coerce


def _enum(names: frozenset[str]) -> Coercer:
    def coerce(value: Any) -> Any:
        if type(value) is not str or value not in names:
            raise ValueError
        return value

    return coerce


def _scalar(type_: GraphQLScalarType) -> Coercer:
    built_in = _BUILT_IN.get(type_.name)
    if built_in is not None:
        return built_in
    read = READERS.get(type_.name, type_.parse_value)

    def coerce(value: Any) -> Any:
        if type_.name == "BigInt":
            value = _whole(value)
        read(value)  # raises; the canonical form stays JSON
        return value

    return coerce


def _int(value: Any) -> int:
    value = _whole(value)
    if type(value) is not int or value not in _INT:
        raise ValueError
    return value


def _whole(value: Any) -> Any:
    """Return a whole number that is written with a fraction or an exponent (`3.0`) as an int."""
    if type(value) in (float, Decimal) and abs(value) < 2**64 and value == int(value):
        return int(value)
    return value


def _float(value: Any) -> float:
    number = as_float(value) if type(value) in (int, float, Decimal) else None
    if number is None:
        raise ValueError
    return number


def _string(value: Any) -> str:
    if type(value) is not str:
        raise ValueError
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError
    return value


def _id(value: Any) -> str:
    value = _whole(value)
    if type(value) is int:
        return str(value)
    return _string(value)


_BUILT_IN: dict[str, Coercer] = {
    "Int": _int,
    "Float": _float,
    "String": _string,
    "Boolean": _boolean,
    "ID": _id,
}
