"""E22 to E25: keys, references, collections, views, partitions, and what a deploy says."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

NO_KEY = Declared(
    "E221",
    "no-key",
    "entity `{entity}` has no key",
    help="write `id: uuid = uuid7() @id`, or `id (a, b)` for a key of several fields",
)
TWO_KEYS = Declared(
    "E222",
    "two-keys",
    "entity `{entity}` has two keys",
    also=(("first", "{why}"),),
    help="write a key of several fields once: `id (a, b)`",
)
BAD_COLUMN = Declared(
    "E223",
    "bad-column",
    "`{field}` cannot be part of {place}: {why}",
    help="name a field that is stored in a column of its own",
)
NO_INVERSE = Declared(
    "E224",
    "no-inverse",
    "cannot tell which reference of `{target}` belongs to `{entity}.{field}`",
    help="write `@inverse({candidates[0]})`, or `@through` for a relation of many to many",
)
ONE_REFERENCE_BACK = NO_INVERSE.variant(
    "`{entity}.{field}` does not name the reference of `{target}` that it follows",
    help="write `@inverse({candidates[0]})`, or `@through` for a relation of many to many",
)
NO_REFERENCE_BACK = NO_INVERSE.variant(
    "cannot tell which reference of `{target}` belongs to `{entity}.{field}`",
    help="add a reference to `{entity}` to `{target}`, or name a join entity with `@through(…)`",
)
BAD_INVERSE = Declared(
    "E225",
    "bad-inverse",
    "`{inverse}` cannot be the inverse of `{field}`: {why}",
    also=(("declared", "declared here"),),
    help="name a reference of the other entity that refers to this one",
)
BAD_THROUGH = Declared("E226", "bad-through", "`{through}` does not join `{field}`: {why}", help="{help}")
BAD_OWNED = Declared(
    "E227",
    "bad-owned",
    "`{field}` cannot be `@owned`: {why}",
    help="remove `@owned`; the rows are then created, changed and deleted by requests of their own",
)
BAD_TENANT = Declared("E228", "bad-tenant", "{why}", also=(("other", "the first"),), help="{help}")
CROSS_TENANT = Declared(
    "E229",
    "cross-tenant",
    "`{entity}` has no tenant, but refers to `{target}`, which belongs to one `{root}`",
    help="give `{entity}` a `@tenant` field, so that it refers only to rows of its own `{root}`",
)
BAD_ON_DELETE = Declared(
    "E230",
    "bad-on-delete",
    "`{field}`: {why}",
    help="choose another `@on_delete`: `no_action`, `restrict`, `cascade`, `set_null` or `set_default`",
)
MACHINE_FIELD = Declared(
    "E231",
    "machine-field",
    "`{entity}.{field}` cannot have a machine: {why}",
    help="give a machine to a field that is an enum and cannot be null",
)
CLASHING_COLUMNS = Declared(
    "E232",
    "clashing-columns",
    "two {what} are named `{name}` {place}",
    also=(("first", "the first"),),
    help="{help}",
)
SYSTEM_COLUMN = Declared(
    "E233",
    "system-column",
    "column `{name}` conflicts with a system column of PostgreSQL",
    label="every table has a column of this name",
    help='give it another name in the database: `@column("{name}_")`',
)
BAD_REFERENCE = Declared("E240", "bad-reference", "`{field}` cannot be a reference: {why}", help="{help}")
BAD_NESTING = Declared(
    "E471",
    "bad-nesting",
    "`{entity}` cannot be nested in `{around}`",
    label="{why}",
    help="{help}",
)
VIA_NOWHERE = BAD_NESTING.variant(
    "`via {via}` stands at `{entity}`, which is nested in no resource",
    help="remove it, or write `resource {entity}` in the resource of the row that `{via}` leads to",
)
BAD_SINGLE = Declared(
    "E472",
    "bad-single",
    "the caller has no single row of `{entity}` here",
    label="{why}",
    help="{help}",
)
BAD_SHOW = Declared("E473", "bad-show", "rows cannot show `{name}` here", label="{why}", help="{help}")
BAD_PROFILE = Declared(
    "E474", "bad-profile", "`{name}` does not fit the profile", label="{why}", help="{help}"
)
BAD_VIEW = Declared("E241", "bad-view", "view `{view}`: {why}", help="{help}")
BAD_PARTITION = Declared("E242", "bad-partition", "invalid partitioning: {why}", help="{help}")
NO_PARTITION = BAD_PARTITION.variant(
    "`{entity}` has no partition, so that no row can be stored",
    help="write its partitions, at least `{example}`",
    severity=Severity.WARNING,
)
BAD_ARC = Declared(
    "E243",
    "bad-arc",
    "`{field}` cannot be a choice: {why}",
    help="name two or more entities, each once, without a default: `A | B`",
)
UNCLEAR_JOIN = Declared(
    "E244",
    "unclear-join",
    "no table joins `{field}`: {why}",
    also=(("other", "declared here"),),
    help="{help}",
)
RELATION_OUTSIDE_ENTITY = Declared(
    "E245",
    "relation-outside-entity",
    "only entities can have relations, found {what}",
    help="declare an entity instead, or keep the keys: {keys:bare}",
)
CHOICE_OF_VALUES = RELATION_OUTSIDE_ENTITY.variant(
    "structs are no alternatives, found {what}",
    help="write an optional member for each: {members:bare}",
)
UNGUARDED = Declared(
    "E250",
    "unguarded",
    "{by} uses `{entity}`, which is `@unguarded`",
    also=(("declared", "the service has no access to its table"),),
    help="write `policy {entity} {{ … }}`, and remove `@unguarded` from the entity",
)
KEYLESS = Declared(
    "E251",
    "keyless",
    "{by} needs the key of `{entity}`, which is `@keyless`",
    also=(("declared", "it has no key"),),
    help="add a key: `id (a, b)`, or `id: uuid = uuid7() @id`",
)
TOO_NEW = Declared(
    "E252",
    "too-new",
    "`{field}` is `@virtual`, which PostgreSQL {version} does not have",
    also=(("declared", "version {version} is declared here"),),
    help="write `@stored` instead, or declare `version: {since}`",
)

NO_STORE = Declared(
    "E253",
    "no-store",
    "`{group}` of `deploy {deploy}` names no `store`",
    help='write `{group}: {{ store: "{example}" … }}`',
)
NO_STANDBY = Declared(
    "E254",
    "no-standby",
    "`durability: required` in `deploy {deploy}` has no replica to wait for",
    label="every write waits for a replica, and there is none",
    help="write `replicas: 2` or more, or leave `durability` out",
)
SETTING_WITHOUT_EFFECT = Declared(
    "E255", "setting-without-effect", "`{setting}` has no effect: {reason}", help="{help}"
)
