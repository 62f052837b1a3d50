"""Where a request to a custom operation carries its arguments."""

from typing import Literal

from bdc.ir import (
    ArrayType,
    EntityType,
    ExpandNode,
    Operation,
    Parameter,
    Resource,
    Scalar,
    ScalarType,
    StructType,
    Type,
)
from bdc.source.records import dataclass
from bdc.surface.members import Member, parameter_member

Place = Literal["path", "query", "header", "body", "whole"]
_BODILESS = ("GET", "DELETE")


@dataclass(frozen=True, slots=True)
class Bound:
    """One argument: `wire` is its name where it stands (that of a header for headers, '' for a whole body)."""

    member: Member
    place: Place
    wire: str

    @property
    def type(self) -> Type:
        assert self.member.type is not None
        return self.member.type


def bound_members(operation: Operation) -> tuple[Bound, ...]:
    """Return the arguments, in the order of their declaration."""
    return tuple(_bound(operation, parameter) for parameter in operation.parameters)


def members_in(operation: Operation, *places: Place) -> tuple[Member, ...]:
    """Return the arguments that stand in one of `places`."""
    return tuple(bound.member for bound in bound_members(operation) if bound.place in places)


def whole_body(operation: Operation) -> Member | None:
    """Return the argument that is the body itself, if one is."""
    return next(iter(members_in(operation, "whole")), None)


def has_body(operation: Operation) -> bool:
    """Whether a request carries anything in its body."""
    return bool(members_in(operation, "body", "whole"))


def is_plain_body(operation: Operation) -> bool:
    """Whether the body carries all arguments as its members."""
    return takes_body(operation) and all(bound.place == "body" for bound in bound_members(operation))


def takes_body(operation: Operation) -> bool:
    """Whether the method of an operation has a body at all."""
    return operation.http.method not in _BODILESS


def is_json_text(logical: Type) -> bool:
    """Whether a parameter of this type is written as JSON in a query string: what has no text of its own."""
    if isinstance(logical, ArrayType):
        return is_json_text(logical.item) or isinstance(logical.item, ArrayType)
    return isinstance(logical, StructType) or (
        isinstance(logical, ScalarType) and logical.scalar is Scalar.JSON
    )


def _bound(operation: Operation, parameter: Parameter) -> Bound:
    place = parameter.place or ("query" if operation.http.method == "GET" else "body")
    wire = {"header": parameter.header, "whole": ""}.get(place, parameter.name)
    member = parameter_member(parameter)
    return Bound(member, place, wire)


def expandable(resource: Resource | None, operation: Operation | None) -> tuple[ExpandNode, ...]:
    """Return what a caller may ask to be included in the row that an operation of `resource` answers with (None: one of its own:
    create, get, list, update). An argument called `expand` takes the place of that."""
    if resource is None or operation is None:
        return resource.expand if resource is not None else ()
    returned = operation.returns
    if not isinstance(returned, EntityType) or returned.name != resource.entity:
        return ()
    taken = any(bound.place == "query" and bound.wire == "expand" for bound in bound_members(operation))
    return () if taken else resource.expand
