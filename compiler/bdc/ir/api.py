"""What is offered over REST and GraphQL. Defaults have been made explicit by lowering."""

from typing import Annotated
from typing import Literal as Kind

from pydantic import Field

from bdc.ir.base import Node, Origin
from bdc.ir.behaviour import Assignment
from bdc.ir.expr import Expr
from bdc.ir.external import ExternalCall
from bdc.ir.policy import Grant
from bdc.ir.shapes import InputShape
from bdc.ir.types import Scalar, ScalarType, Type


class RateLimit(Node):
    """`count` calls per `seconds`, counted per value of `by` (a claim name; None: per client address)."""

    count: int
    seconds: int
    by: str | None = None


class GraphQLSettings(Node):
    """`persisted`: requests may name documents that are kept beside the specification, and in production no others are answered.
    `relay`: rows have global ids, by which `node` and `nodes` find them."""

    path: str
    depth: int = 8
    cost: int = 2000
    introspection: Kind["always", "dev", "never"] = "dev"
    persisted: bool = False
    relay: bool = False


class Page(Node):
    """`default` rows when the caller does not say, `max` at most. `kind`: pages go on from the last row (a keyset), or callers say how
    many rows to leave out. `total`: callers may ask how many rows there are, and pages by offset say so by themselves."""

    kind: Kind["cursor", "offset"] = "cursor"
    default: int = 20
    max: int = 100
    total: bool = False


class Filter(Node):
    """A filter on `field` (scalar, enum, reference or collection). Operators: eq, in, ne, gt, gte, lt, lte, contains,
    startswith, isnull. `via`: the relations that lead from a row of the list to the row that has the field; a row is found when
    one of the rows there, which the caller may read, is as asked. `called`: its name in requests, where it is another one.
    In a query string: `?status=placed`, `?status[in]=a,b`, `?created_at[gte]=…`. `range` in the language is gt gte lt lte (and eq).
    On a reference the parameter is `<name>_id`, on a collection `<name>` and it takes ids (rows related to any of them)."""

    field: str
    operators: tuple[str, ...]
    via: tuple[str, ...] = ()
    called: str | None = None

    @property
    def path(self) -> str:
        """The field with the relations that lead to it: `author.name`."""
        return ".".join((*self.via, self.field))


class ExpandNode(Node):
    """A relation that a caller may ask to be included (`?expand=customer,items`); `children` come along with it when they
    are declared in braces. `max` bounds a to-many (never None on one). `always`: a `show` has it, and no caller asks for it."""

    field: str
    max: int | None = None
    children: tuple["ExpandNode", ...] = ()
    always: bool = False


class ShowMember(Node):
    """A field that rows show; `members`: the related row with these members, in place of its key."""

    field: str
    members: tuple["ShowMember", ...] | None = None


class Show(Node):
    """What rows show: in lists (`list`), where the row is the caller's own (`self`), or wherever no other one says it (`row`)."""

    position: Kind["row", "list", "self"] = "row"
    members: tuple[ShowMember, ...]


class Envelope(Node):
    """The names of the members that hold a row, and the rows of a page."""

    one: str
    many: str = ""


class Profile(Node):
    """How an api looks to its callers, where it differs from what it would be. `names`: how members and parameters are written. `envelope`:
    rows stand in a member (`{"article": {…}}`). `bare`: those in bodies of requests do not. `errors`: problem documents, or `{"errors": {"title": ["…"]}}`. `invalid`: the status of what a
    request says wrongly; None: 400 or 422. `update`: the method of changes. `created` and `deleted`: statuses. `scheme`: what may stand before
    a token beside `Bearer`. `sign_up` and `sign_in`: paths. `token`: the member that holds the token where the caller's own row is answered, `password` the one that sets another password where that row is
    changed."""

    names: Kind["snake", "camel"] = "snake"
    envelope: bool = False
    bare: bool = False
    errors: Kind["problem", "members"] = "problem"
    invalid: Kind[400, 422] | None = None
    update: Kind["PATCH", "PUT"] = "PATCH"
    created: Kind[200, 201] = 201
    deleted: Kind[200, 204] = 204
    scheme: str | None = None
    sign_up: str | None = None
    sign_in: str | None = None
    token: str | None = None
    password: str | None = None


class Parameter(Node):
    """An argument of an operation. `place`: where a request carries it: in the path, in the query string, in the header
    `header`, as a member of the JSON body, or as the `whole` body. None, in documents of earlier releases: in the query of a
    GET, in the body of everything else."""

    name: str
    type: Type
    nullable: bool = False
    default: Expr | None = None
    doc: str = ""
    place: Kind["path", "query", "header", "body", "whole"] | None = None
    header: str = ""
    graphql: str | None = None  # what `@graphql` calls it
    refers: str | None = None  # an entity: the argument is the key of one of its rows
    row: str = ""  # what expressions call that row

    @property
    def is_key_of_parts(self) -> bool:
        """Whether it carries a key of several parts: a JSON array of them. Only jobs take such rows."""
        return (
            self.refers is not None and isinstance(self.type, ScalarType) and self.type.scalar is Scalar.JSON
        )


class RaisedError(Node):
    """An error an operation may raise; `on` names what the system maps to it (`illegal_transition`)."""

    error: str
    on: str | None = None


class Http(Node):
    method: Kind["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: (
        str  # relative to the api's base path; in a resource it holds every part of the key, by its JSON name
    )


class HandlerBody(Node):
    """User code in services/business/; `transition` when a machine names the operation too: performed after the handler."""

    kind: Kind["handler"] = "handler"
    sets: tuple[Assignment, ...] = ()


class Requirement(Node):
    """What must hold before anything is written; otherwise `error` is raised, with `members`; those not given come from
    arguments and fields of the same name."""

    condition: Expr
    error: str
    members: tuple[Assignment, ...] = ()


class OperationStatement(Node):
    """A statement about a row of `entity`. `update` changes the row that the parameter called `row` names; `create` adds one;
    `put` adds one unless there is one with the same unique values; `remove` deletes those with these values. A path of root
    `param` may name a row: `this`, or what a parameter calls its row."""

    verb: Kind["update", "create", "put", "remove"]
    entity: str
    row: str | None = None
    values: tuple[Assignment, ...] = ()


class Enqueue(Node):
    """A run of `job` that is queued with the operation: its arguments by the names of the parameters; at once, `after` so many seconds, or
    `at` a time. A value of root `param` that is a row stands for its key. `cancels`: runs with these arguments that wait or are under way are
    stopped instead."""

    job: str
    values: tuple[Assignment, ...] = ()
    after: int | None = None
    at: Expr | None = None
    cancels: bool = False


class TransitionBody(Node):
    """Checks `requires`, performs the machine's transition named like the operation, then `sets`, then runs `statements` in
    order. Outside a resource there is no row: then only the first and the last. `restores`: takes the mark of deletion from its row, and does
    nothing else."""

    kind: Kind["transition"] = "transition"
    sets: tuple[Assignment, ...] = ()
    requires: tuple[Requirement, ...] = ()
    statements: tuple[OperationStatement, ...] = ()
    enqueues: tuple[Enqueue, ...] = ()
    restores: bool = False


class SqlBody(Node):
    """A statement with `:name` parameters, run as the runtime role. `keys`: what it does with the API keys of its row, and `granted` the roles of a new one."""

    kind: Kind["sql"] = "sql"
    sql: str
    keys: Kind["make", "list", "revoke"] | None = None
    granted: tuple[str, ...] = ()


Body = Annotated[HandlerBody | TransitionBody | SqlBody, Field(discriminator="kind")]


class Operation(Node):
    """A custom operation. `entity`: the resource it stands in (then it takes a row by key, and If-Match if versioned).
    `writes` is false for SQL bodies mapped to GET. `roles` with `condition`, and `also`: its own `allow`s (operations outside a
    resource); one that holds is enough. `calls`: what its handler calls, which then runs outside of a transaction.
    `replica`: it reads, and may do so on a replica of the database. `called`: its name as it is written, where an operation of another api has
    that name."""

    name: str
    called: str | None = None
    entity: str | None
    doc: str = ""
    parameters: tuple[Parameter, ...] = ()
    returns: Type | None = None
    returns_nullable: bool = False
    idempotent: bool = False
    writes: bool = True
    body: Body
    calls: tuple[ExternalCall, ...] = ()
    errors: tuple[RaisedError, ...] = ()
    emits: tuple[str, ...] = ()
    http: Http
    roles: tuple[str, ...] = ()
    condition: Expr | None = None
    also: tuple[Grant, ...] = ()
    deprecated: str | None = None
    graphql: str | None = None
    envelope: Envelope | None = None
    replica: bool = False
    origin: Origin

    @property
    def allows(self) -> tuple[Grant, ...]:
        """All that lets a caller in; none where a policy decides, or nothing does."""
        first = (Grant(roles=self.roles, condition=self.condition),) if self.roles else ()
        return first + self.also


class Hook(Node):
    """What `action` of a resource does beside its row, however it is called: it checks `requires` and writes `sets` before, runs `statements`,
    queues runs and emits events after. Before, a path without a name is about the row as it is about to be written; after, of root `param` it
    may name a row: `this`, or the one that a reference of the row leads to. `old` is the row before an update or a deletion."""

    action: Kind["create", "update", "delete"]
    entity: str
    body: TransitionBody
    errors: tuple[RaisedError, ...] = ()
    emits: tuple[str, ...] = ()
    origin: Origin

    @property
    def name(self) -> str:
        """What the operation is called."""
        return self.action

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """A generated operation has an input, and no arguments."""
        return ()


class Single(Node):
    """One row at `path`, without a key: the row of the caller, or the row that refers to the caller by `Resource.by`.
    `operations`: of get, update, delete, in this order. `replica`: it may be read on a replica of the database."""

    path: str
    doc: str = ""
    operations: tuple[Kind["get", "update", "delete"], ...]
    envelope: Envelope | None = None
    replica: bool = False
    origin: Origin


class Preset(Node):
    """A filter that a list has, whatever its caller asks: `filter` as callers write it, `value` as a query string has it."""

    filter: str
    value: str


class OwnList(Node):
    """The list of a resource at another path, where some filters are given. `of_caller`: what they compare follows from the caller, so
    that there is none without."""

    name: str
    path: str
    doc: str = ""
    presets: tuple[Preset, ...]
    of_caller: bool = False
    origin: Origin


class Nearest(Node):
    """Lists may be ordered by how near the vector in `field` is to one that the caller gives. `measure`: cosine, l2, ip (negative inner
    product) or l1."""

    field: str
    measure: Kind["cosine", "l2", "ip", "l1"]


class Resource(Node):
    """`operations`: of list, get, create, update, delete, in this order. `order`: that of a list which its caller does not sort,
    `-created_at` downwards; the key decides where it leaves rows equal. `selectable`: callers may say which members of a row they want
    (`?fields=id,title`). `by`: the field whose value names a row in paths, where the key does not. `can`: rows say on request what
    the caller may do with them (`?_can=true`). `parent`: the entity whose resource this stands in: its rows are those that lead there by
    the reference `via`, and `path` names that row (`/articles/{slug}/comments`). `bulk`: a call may
    write many rows. `conditional`: reads and lists answer with an ETag of what they hold, and with 304 to a caller that has it.
    `minimal`: writes answer without a body to a caller that asks so (`Prefer: return=minimal`).
    `single`: the row of the caller has a path of its own. `replica`: gets and lists may read a replica of the database."""

    entity: str
    path: str
    by: str | None = None
    parent: str | None = None
    via: str | None = None
    conditional: bool = False
    minimal: bool = False
    replica: bool = False
    doc: str = ""
    operations: tuple[Kind["list", "get", "create", "update", "delete"], ...]
    page: Page = Field(default_factory=Page)
    filters: tuple[Filter, ...] = ()
    search: tuple[str, ...] = ()
    nearest: Nearest | None = None
    search_prefix: bool = False  # the last word may be the beginning of one
    search_rank: bool = False  # the best matches first, where the caller does not sort
    search_fuzzy: bool = False  # words that are alike match too
    lists: tuple[OwnList, ...] = ()
    sorts: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    selectable: bool = False
    can: bool = False
    bulk: bool = False
    expand: tuple[ExpandNode, ...] = ()
    create: InputShape | None = None
    update: InputShape | None = None
    custom: tuple[Operation, ...] = ()
    hooks: tuple[Hook, ...] = ()
    single: Single | None = None
    shows: tuple[Show, ...] = ()
    envelope: Envelope | None = None
    origin: Origin

    def hook(self, action: str) -> Hook | None:
        """Return what create, update or delete does beside its row, if anything."""
        return next((each for each in self.hooks if each.action == action), None)

    @property
    def offered(self) -> tuple[str, ...]:
        """All that the resource offers on rows, be they named by a key or the caller's own, each once."""
        own = self.single.operations if self.single is not None else ()
        return (*self.operations, *(each for each in own if each not in self.operations))


class Api(Node):
    """`called`: its name as it is written, where another version of it has that name. `deprecated`: why no client should begin to use it, and
    `sunset` the day on which it goes away, '' where none is known."""

    name: str
    called: str | None = None
    deprecated: str | None = None
    sunset: str = ""
    version: str
    path: str
    doc: str = ""
    auth: tuple[Kind["bearer", "api_key"], ...] = ()
    limit: RateLimit | None = None
    graphql: GraphQLSettings | None = None
    profile: Profile | None = None
    resources: tuple[Resource, ...] = ()
    operations: tuple[Operation, ...] = ()
    origin: Origin

    @property
    def place(self) -> tuple[str, str]:
        """Its name as it is written, and its version."""
        return (self.called or self.name, self.version)
