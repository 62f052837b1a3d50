"""Schema tree → SDL, through graphql-core's own objects and printer; what is not valid GraphQL does not get out."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from bdc.surface.graphql.scalars import BUILT_IN, CUSTOM
from bdc.surface.graphql.tree import (
    Argument,
    EnumType,
    EnumValue,
    Field,
    InputField,
    InputType,
    ListOf,
    ObjectType,
    Schema,
    TypeRef,
)

if TYPE_CHECKING:
    from graphql import GraphQLSchema


Item = TypeVar("Item", Field, Argument, InputField, EnumValue)


class InvalidSchema(Exception):
    """The system has names that GraphQL does not allow; the message lists them."""


def print_sdl(schema: Schema) -> str:
    """Return the SDL: types, members and arguments in name order. Raises InvalidSchema."""
    from graphql import print_schema

    built = to_graphql(schema)
    built.type_map = {name: built.type_map[name] for name in sorted(built.type_map, key=_order)}
    return print_schema(built) + "\n"


def _sorted(items: Iterable[Item]) -> list[Item]:
    """Put what has a name in order; graphql-core would build the whole schema once more for it."""
    return sorted(items, key=lambda item: _order(item.name))


@cache
def _order(name: str) -> Any:
    """What names are sorted by: graphql-core's order, in which numbers count as numbers."""
    from graphql.pyutils import natural_comparison_key

    return natural_comparison_key(name)


def to_graphql(schema: Schema) -> "GraphQLSchema":
    """Return the executable-less schema object. Raises InvalidSchema."""
    from graphql import GraphQLError, validate_schema

    try:
        built = _Builder(schema).build()
        errors = validate_schema(built)
    except (GraphQLError, TypeError) as error:
        raise InvalidSchema(str(error)) from error
    if errors:
        raise InvalidSchema("\n".join(error.message for error in errors))
    return built


class _Builder:
    """Makes each named type once; fields are looked up lazily, so that types may refer to one another."""

    def __init__(self, schema: Schema) -> None:
        import graphql

        self._schema = schema
        self._core = graphql
        self._types: dict[str, Any] = {name: graphql.specified_scalar_types[name] for name in BUILT_IN}

    def build(self) -> "GraphQLSchema":
        schema, core = self._schema, self._core
        for name in schema.scalars:
            custom = CUSTOM[name]
            self._types[name] = core.GraphQLScalarType(
                name, description=custom.doc, specified_by_url=custom.specified_by or None
            )
        for enum in schema.all_enums:
            self._types[enum.name] = self._enum(enum)
        for input_ in schema.inputs:
            self._types[input_.name] = self._input(input_)
        for interface in schema.interfaces:
            self._types[interface.name] = self._interface(interface)
        for object_ in (*schema.values, *schema.objects):
            self._types[object_.name] = self._object(object_)
        mutation = self._object(ObjectType("Mutation", schema.mutations)) if schema.mutations else None
        built: GraphQLSchema = core.GraphQLSchema(
            query=self._object(ObjectType("Query", schema.queries)),
            mutation=mutation,
            types=[type_ for name, type_ in self._types.items() if name not in BUILT_IN],
        )
        return built

    def _ref(self, type_: TypeRef) -> Any:
        core = self._core
        inner: Any = (
            core.GraphQLList(self._ref(type_.item)) if isinstance(type_, ListOf) else self._types[type_.name]
        )
        return inner if type_.nullable else core.GraphQLNonNull(inner)

    def _enum(self, enum: EnumType) -> Any:
        value = self._core.GraphQLEnumValue
        values = {
            each.name: value(each.name, description=each.doc or None, deprecation_reason=each.deprecated)
            for each in _sorted(enum.values)
        }
        return self._core.GraphQLEnumType(enum.name, values, description=enum.doc or None)

    def _input(self, input_: InputType) -> Any:
        def fields() -> dict[str, Any]:
            make = self._core.GraphQLInputField
            return {
                field.name: make(
                    self._ref(field.type), description=field.doc or None, deprecation_reason=field.deprecated
                )
                for field in _sorted(input_.fields)
            }

        return self._core.GraphQLInputObjectType(input_.name, fields, description=input_.doc or None)

    def _object(self, object_: ObjectType) -> Any:
        def fields() -> dict[str, Any]:
            return {field.name: self._field(field) for field in _sorted(object_.fields)}

        nodes = [self._types[each.name] for each in self._schema.interfaces] if object_.node else []
        return self._core.GraphQLObjectType(object_.name, fields, nodes, description=object_.doc or None)

    def _interface(self, interface: ObjectType) -> Any:
        def fields() -> dict[str, Any]:
            return {field.name: self._field(field) for field in _sorted(interface.fields)}

        return self._core.GraphQLInterfaceType(interface.name, fields, description=interface.doc or None)

    def _field(self, field: Field) -> Any:
        core = self._core
        arguments = {
            argument.name: core.GraphQLArgument(
                self._ref(argument.type),
                default_value=core.Undefined if argument.default is None else argument.default,
                description=argument.doc or None,
            )
            for argument in _sorted(field.arguments)
        }
        return core.GraphQLField(
            self._ref(field.type),
            arguments,
            description=field.doc or None,
            deprecation_reason=field.deprecated,
        )
