"""What Relay asks of a schema: the interface `Node`, ids of rows that are one of a kind, and the two fields that find rows by them."""

from bdc.ir import Api, Entity
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tree import Argument, Field, ListOf, Member, Named, Node, ObjectType, Part, optional
from bdc.surface.relay import NODE, TYPE, has_node, refetched

_DOC = "Names the row among those of all types; `node` finds it again."
GLOBAL_ID = Field("id", "relay_global_id", Named("ID"), Member(NODE), _DOC)
INTERFACE = ObjectType(TYPE, (GLOBAL_ID,), "A row that `node` finds by its id.")
BACKWARDS = (
    Field("hasPreviousPage", "has_previous_page", Named("Boolean"), Part("has_previous_page")),
    Field("startCursor", "start_cursor", optional(Named("String")), Part("start_cursor")),
)


def id_fields(types: Types, entity: Entity) -> tuple[Field, ...]:
    """Return the global id of rows of an entity, where they have one."""
    return (GLOBAL_ID,) if types.global_ids and has_node(types.system, entity) else ()


def node_fields(types: Types, api: Api) -> tuple[Field, ...]:
    """Return `node(id)` and `nodes(ids)`; nothing where no row can be found so."""
    found = tuple(refetched(types.system, api).items())
    if api.graphql is None or not api.graphql.relay or not found:
        return ()
    one, some = Argument("id", "id", Named("ID")), Argument("ids", "ids", ListOf(Named("ID")), "At most 100.")
    node, doc = Named(TYPE, True), "null when there is none that the caller may read."
    return (
        Field("node", "node", node, Node(found), f"The row of an id; {doc}", arguments=(one,)),
        Field(
            "nodes",
            "nodes",
            ListOf(node),
            Node(found, many=True),
            f"One row for each id; {doc}",
            arguments=(some,),
        ),
    )
