"""What the query room hands out: SQL text and the facts needed to call it. Plain frozen data.

Two kinds of operation come out of here:

* **Writes** are PostgreSQL functions (`CompiledFunction`) in the schema of the release: one call, one implicit
  transaction, one answer `(status, etag, body)`. Refusals are raised: SQLSTATE `BD` + HTTP status, message = problem code,
  detail = JSON members.
* **Reads** are one statement composed from fragments (`EntityRead`): the fragments are compiled here once, with the policy
  inlined; a selection (REST default, `expand`, a GraphQL document) only chooses among them. The composer is ordinary Python
  in the service's runtime; it adds nothing but parameters and aliases.

In fragment text `«a»` stands for the alias of the row, `«b»` for the alias of a related row, `«t»` for that of the join
table between them, `«p»` for the parameter, `«actor.org»` for the parameter that carries the claim `org`.
"""

from enum import StrEnum

from bdc.source.records import dataclass

ALIAS = "«a»"
RELATED = "«b»"
PARAMETER = "«p»"
ANONYMOUS_ROLE = "anonymous"  # what a request without a token carries


@dataclass(frozen=True, slots=True)
class IdentityParameter:
    """A transaction-local setting that every statement binds first: `setting` (`app.actor_id`) gets parameter `name`.

    Always text. The roles claim is sent comma-joined. `anonymous` is the value for a request without a token: the nil uuid
    for uuid claims, '' otherwise: it equals no row's value.
    """

    name: str
    setting: str
    claim: str | None
    anonymous: str


PURGE = "_purge_idempotency_keys"
"""The name of the function that forgets old idempotency keys; there is none where no operation keeps any."""


class ParameterRole(StrEnum):
    IDENTITY = "identity"
    KEY = "key"
    INPUT = "input"  # jsonb: the validated body
    ARGUMENT = "argument"  # one argument of a custom operation, as its SQL type
    IF_MATCH = "if_match"  # bigint or null
    IDEMPOTENCY_KEY = "idempotency_key"  # text or null
    REQUEST_HASH = "request_hash"  # text or null
    EXPAND = "expand"  # text[] or null: the relations that the caller asked to be included
    RESULT = "result"  # text: the JSON that a handler returned, when its operation returns something else than its row


@dataclass(frozen=True, slots=True)
class FunctionParameter:
    """`name` as the service knows it (a key field, an argument); `sql_type` as PostgreSQL does."""

    name: str
    sql_type: str
    role: ParameterRole


@dataclass(frozen=True, slots=True)
class CompiledFunction:
    """One write (or SQL operation) as a function. `sql` is the whole CREATE FUNCTION, `call` the statement that calls it. `unplaced`: of
    a system on shards, the tables of tenants that some statement looks at without the tenant."""

    name: str
    entity: str | None
    operation: str
    parameters: tuple[FunctionParameter, ...]
    sql: str
    call: str
    unplaced: tuple[str, ...] = ()


def half(operation: str, part: str) -> str:
    """Return what one half of an operation with user code is called among the operations; no operation has a colon in its name."""
    return f"{operation}:{part}"


@dataclass(frozen=True, slots=True)
class ReadRule:
    """One way to be allowed (or denied): the caller carries one of `roles` (None: any caller) and `sql`, over `«a»`, is
    true ('': always). The composer drops what the caller's roles decide, so that a plan sees only what is left."""

    roles: tuple[str, ...] | None
    sql: str = ""


@dataclass(frozen=True, slots=True)
class ReadMember:
    """A member of a row's JSON. `sql` is the value over `«a»`, of SQL type `sql_type`; its JSON text is `prefix`, then the
    value of `text` (an SQL expression that is never null), then `suffix`. `json` names the kind: `number`, `bool`,
    `string`, `plain` (a string that needs no escaping: uuid, decimal, enum), `time` (dates and times), `raw` (json).

    `field` is the declared field behind it. `visible`: None when every reader of the row sees it; otherwise who does, and
    the others get `mask`, SQL of JSON text. `encrypted`: the text holds what is needed to decrypt between chr(3) and chr(4).
    `look`: the FROM item that works its aggregates out together with those of other members, where there are some; `looked`: its text over that.
    """

    name: str
    field: str
    sql: str
    sql_type: str
    json: str
    prefix: str
    text: str
    suffix: str
    nullable: bool
    encrypted: bool = False
    computed: bool = False
    visible: tuple[ReadRule, ...] | None = None
    mask: str = "'null'"
    look: str = ""
    looked: str = ""


@dataclass(frozen=True, slots=True)
class ReadRelation:
    """A relation: `join` is a condition over `«a»` (the row) and `«b»` (the related row). `through` is the FROM item that a
    join table adds (alias `«t»`), with its condition inside `join`. Related rows are ordered by `order` (over `«b»`).
    `through_entity` is the entity of the join table, whose rows must be readable too.
    `guarded_by_parent`: the related entity's policy follows from the parent's (`allow read via parent`), so that its
    predicate need not be repeated. `implied`: the join proves the scope of the related row. `visible`: as of a member."""

    name: str
    target: str
    many: bool
    join: str
    nullable: bool
    max: int | None = None
    order: str | None = None
    through: str | None = None
    through_entity: str | None = None
    guarded_by_parent: bool = False
    implied: bool = False
    visible: tuple[ReadRule, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """`field` and `operator` as in the query string; `sql` a condition over `«a»` and `«p»`. `type` is the Scalar name (or
    `enum:Name`) the value is parsed as; `many` when the value is a comma-separated list sent as an array."""

    field: str
    operator: str
    sql: str
    sql_type: str
    type: str
    many: bool = False
    parameter: str = ""  # its name in a query string (`customer_id`)


@dataclass(frozen=True, slots=True)
class ReadSort:
    """`sql` over `«a»`; `sql_type` to cast a cursor's text back; a nullable sort key sorts nulls last, both ways."""

    field: str
    sql: str
    sql_type: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class ReadKey:
    """One part of the key: `member` as in JSON and paths (`id`, `product_id`), its column and type. `kind`: the scalar that its
    text is read as."""

    member: str
    column: str
    sql_type: str
    kind: str = "string"


@dataclass(frozen=True, slots=True)
class ReadParent:
    """The row of `entity` that a row stands under in paths: `join` is a condition over `«a»` (the row) and `«b»` (that row), `keys` name it,
    by their names in paths."""

    entity: str
    join: str
    keys: tuple[ReadKey, ...]


@dataclass(frozen=True, slots=True)
class EntityRead:
    """Everything the composer needs to read one entity. A row is visible when `base` (soft deletion) and `scope` hold, one
    of `allow` does and none of `deny`. `version` is the column of the ETag, `search` a condition over
    `«a»` and `«p»`, `search_fields` the members it looks at. `rank`: how well a row matches; `…_prefix`: where the last word may be a
    beginning. These are there where some list needs them. `nearest`: for each order by distance its name, the vector and the distance, over
    `«a»` and `«p»`. `address`: what names a row in paths, where `keys` do not; `parents`: the
    rows that it stands under there, the nearest first."""

    entity: str
    table: str
    keys: tuple[ReadKey, ...]
    base: str
    scope: str
    allow: tuple[ReadRule, ...]
    deny: tuple[ReadRule, ...]
    members: tuple[ReadMember, ...]
    relations: tuple[ReadRelation, ...]
    filters: tuple[ReadFilter, ...] = ()
    sorts: tuple[ReadSort, ...] = ()
    search: str | None = None
    search_fields: tuple[str, ...] = ()
    search_prefix: str | None = None
    rank: str | None = None
    rank_prefix: str | None = None
    nearest: tuple[tuple[str, str, str], ...] = ()
    version: str | None = None
    address: tuple[ReadKey, ...] = ()
    parents: tuple[ReadParent, ...] = ()


@dataclass(frozen=True, slots=True)
class RowPolicy:
    """One CREATE POLICY: `command` select/insert/update/delete/all, `restrictive` for the tenant floor, `role` without the
    system's prefix (`runtime`, `service`). `using` and `check` are SQL over the bare table name, None when absent. `folded`: the tenant
    floor is part of both."""

    table: str
    name: str
    command: str
    restrictive: bool
    roles: tuple[str, ...]
    using: str | None
    check: str | None
    rule_ids: tuple[str, ...] = ()
    folded: bool = False


@dataclass(frozen=True, slots=True)
class HelperFunction:
    """A function in schema `app` that policies call: SECURITY DEFINER, owned by the owner, executable by runtime and
    service only. `sql` creates or replaces it, `signature` is its parenthesised list of argument types."""

    name: str
    sql: str
    signature: str


@dataclass(frozen=True, slots=True)
class CallerRule:
    """A rule that only a trigger can hold, for the role `runtime`: `condition` over the records `old` and `new` must be true
    when `column` is written (None: at every update). `rule` is what a refusal names; `default`: what a new row has
    in the column when it is not written, as SQL (None: null)."""

    table: str
    name: str
    rule: str
    column: str | None
    condition: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class CompiledJob:
    """A job as a function that does a bounded part of it: `call` takes the run, the rows at most, and the place (`statement` from 1,
    `tenant`, `key`), and answers with the place to go on and the rows that it changed. It is done after `statements`."""

    name: str
    function: str
    statements: int
    sql: str
    call: str


@dataclass(frozen=True, slots=True)
class CompiledQueries:
    """All that the query room knows of one system. `release` names the schema of the functions: `api_<hash of their text>`."""

    release: str
    identity: tuple[IdentityParameter, ...]
    reads: tuple[EntityRead, ...]
    functions: tuple[CompiledFunction, ...]
    row_policies: tuple[RowPolicy, ...]
    helpers: tuple[HelperFunction, ...] = ()
    caller_rules: tuple[CallerRule, ...] = ()
    jobs: tuple[CompiledJob, ...] = ()
