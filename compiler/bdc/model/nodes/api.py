"""Apis: resolved, defaults not yet made explicit."""

from typing import Literal

from bdc import ir
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.job import ExternalCall
from bdc.model.nodes.policy import Grant, Word
from bdc.model.nodes.values import Entry
from bdc.source import Span
from bdc.source.records import dataclass

Verb = Literal["list", "get", "create", "update", "delete"]
VERBS: tuple[Verb, ...] = ("list", "get", "create", "update", "delete")
PageKind = Literal["cursor", "offset"]
ShowPosition = Literal["row", "list", "self"]
Measure = Literal["cosine", "l2", "ip", "l1"]
Auth = Literal["bearer", "api_key"]
Introspection = Literal["always", "dev", "never"]
StatementVerb = Literal["update", "create", "put", "remove"]
HttpMethod = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Lists in the order of a distance from the vector in `field`."""

    field: Word
    measure: Measure


@dataclass(frozen=True, slots=True)
class Filter:
    """`operators` as written (`range`, `ne`, …); empty: the default of the type. `via`: the relations that lead from the row
    of the list to the row that has `field`. `called`: what callers write for it."""

    field: str
    operators: tuple[Word, ...]
    span: Span
    via: tuple[str, ...] = ()
    called: Word | None = None

    @property
    def path(self) -> str:
        """The field as it is written."""
        return ".".join((*self.via, self.field))


@dataclass(frozen=True, slots=True)
class Expand:
    field: str
    max: int | None
    children: tuple["Expand", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class OwnList:
    """The list of a resource at another path, where `presets` (names of filters, and texts of values) are given."""

    name: str
    path: str
    presets: tuple[tuple[str, str], ...]
    doc: str
    span: Span


@dataclass(frozen=True, slots=True)
class InputMember:
    """`optional`: a `?` was written. `by`: the field of the far side whose value names a row there; None: its key. `creates`: rows that are
    missing there are made. `called`: what callers write for it. `replace`: an update puts the given rows in the place of those there."""

    field: str
    optional: bool
    children: tuple["InputMember", ...] | None
    span: Span
    by: Word | None = None
    creates: bool = False
    called: Word | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ShowMember:
    """`members`: the related row with these, in place of its key."""

    field: str
    members: tuple["ShowMember", ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Show:
    """`position`: `row`, `list` or `self`."""

    position: ShowPosition
    members: tuple[ShowMember, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class RaisedError:
    error: str
    on: Word | None
    span: Span


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must hold before anything is written; otherwise `error` is raised, with `members`."""

    condition: ir.Expr
    error: str
    members: tuple[Assignment, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """`row`: the parameter whose row an update changes; None otherwise."""

    verb: StatementVerb
    entity: str
    row: str | None
    values: tuple[Assignment, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Enqueue:
    """A run of `job` with arguments (parameters as lowering calls them), queued with the operation: at once, `after` seconds, or `at` a time.
    `cancels`: runs with these arguments are stopped instead."""

    job: str
    values: tuple[Assignment, ...]
    after: int | None
    at: ir.Expr | None
    span: Span
    cancels: bool = False


@dataclass(frozen=True, slots=True)
class Http:
    method: HttpMethod
    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class KeyOperation:
    """What is done with the API keys of a row: `make`, `list` or `revoke`. `roles`: those that a new key carries."""

    verb: str
    roles: tuple[Word, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    name: str
    span: Span
    entity: str | None
    doc: str = ""
    parameters: tuple[Entry, ...] = ()
    returns: ir.Type | None = None
    returns_nullable: bool = False
    idempotent: bool = False
    handler: bool = False
    sql: str | None = None
    sql_span: Span | None = None
    returns_span: Span | None = None
    sets: tuple[Assignment, ...] = ()
    requires: tuple[Requirement, ...] = ()
    statements: tuple[Statement, ...] = ()
    enqueues: tuple[Enqueue, ...] = ()
    calls: tuple[ExternalCall, ...] = ()
    errors: tuple[RaisedError, ...] = ()
    emits: tuple[Word, ...] = ()
    http: Http | None = None
    allows: tuple[Grant, ...] = ()
    deprecated: str | None = None
    envelope: tuple[Word, ...] = ()
    graphql: str | None = None
    replica: bool = False
    keys: KeyOperation | None = None

    @property
    def states(self) -> bool:
        """Whether statements are its body, or part of it."""
        return bool(self.sets or self.requires or self.statements or self.enqueues)

    @property
    def roles(self) -> tuple[Word, ...]:
        """The roles of all its `allow`s."""
        return tuple(role for grant in self.allows for role in grant.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    entity: str
    span: Span
    path: str
    path_span: Span
    by: Word | None = None  # the field whose value names a row in paths; None: the key
    parent: str | None = None  # the entity whose resource this stands in; `path` names the row of it
    via: str | None = None  # the reference that leads there
    doc: str = ""
    operations: tuple[Word, ...] | None = None
    selectable: bool = False
    bulk: bool = False
    conditional: bool = False
    minimal: bool = False
    replica: bool = False
    can: bool = False
    single: Span | None = None  # one row, that of the caller, which no key in the path names
    page_default: int = 20
    page_max: int = 100
    page_total: bool = False
    page_kind: PageKind = "cursor"
    filters: tuple[Filter, ...] = ()
    search: tuple[Word, ...] = ()
    nearest: Nearest | None = None
    search_prefix: bool = False
    search_rank: bool = False
    search_fuzzy: bool = False
    sorts: tuple[Word, ...] = ()
    order: tuple[Word, ...] = ()  # `-created_at`: downwards
    expand: tuple[Expand, ...] = ()
    shows: tuple[Show, ...] = ()
    envelope: tuple[Word, ...] = ()  # the names of the members that hold a row, and the rows of a page
    create: tuple[InputMember, ...] | None = None
    update: tuple[InputMember, ...] | None = None
    input_spans: tuple[tuple[str, Span], ...] = ()
    lists: tuple[OwnList, ...] = ()
    custom: tuple[Operation, ...] = ()
    hooks: tuple[Operation, ...] = ()  # named like the operation that they belong to

    def offers(self, verb: str) -> bool:
        return self.operations is None or any(word.text == verb for word in self.operations)


@dataclass(frozen=True, slots=True)
class RateLimit:
    count: int
    seconds: int
    by: str | None


@dataclass(frozen=True, slots=True)
class GraphQL:
    path: str
    depth: int
    cost: int
    introspection: Introspection
    persisted: bool = False
    relay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    name: str
    span: Span
    version: str
    path: str
    called: str | None = None  # as it is written, where another version has that name
    deprecated: str | None = None
    sunset: str = ""  # the day on which it goes away
    doc: str = ""
    auth: tuple[Auth, ...] = ()
    limit: RateLimit | None = None
    graphql: GraphQL | None = None
    profile: ir.Profile | None = None
    profile_span: Span | None = None
    resources: tuple[Resource, ...] = ()
    operations: tuple[Operation, ...] = ()
