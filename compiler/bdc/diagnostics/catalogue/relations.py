"""E22 to E25: keys, references, collections, views, partitions, and what a deploy says."""

from bdc.diagnostics.declared import Declared

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
    help="a key of several fields is written once, `id (a, b)`",
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
    help="say by which: `@inverse({candidates[0]})`, or `@through` for a relation of many to many",
)
NO_REFERENCE_BACK = NO_INVERSE.variant(
    "cannot tell which reference of `{target}` belongs to `{entity}.{field}`",
    help="give `{target}` a reference to `{entity}`, or name a join entity with `@through(…)`",
)
BAD_INVERSE = Declared(
    "E225",
    "bad-inverse",
    "`{inverse}` cannot be the inverse of `{field}`: {why}",
    also=(("declared", "declared here"),),
    help="name a reference of the other entity that leads back to this one",
)
BAD_THROUGH = Declared("E226", "bad-through", "`{through}` does not join `{field}`: {why}", help="{help}")
BAD_OWNED = Declared(
    "E227",
    "bad-owned",
    "`{field}` cannot be `@owned`: {why}",
    help="remove `@owned`; the rows are then created, changed and deleted by themselves",
)
BAD_TENANT = Declared("E228", "bad-tenant", "{why}", also=(("other", "the other one"),), help="{help}")
CROSS_TENANT = Declared(
    "E229",
    "cross-tenant",
    "`{target}` rows belong to one `{root}` each, and `{entity}` rows do not",
    help="give `{entity}` a `@tenant` field, so that it can only point at rows of its own `{root}`",
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
    "two {what} would both be called `{name}` {place}",
    also=(("first", "the first is here"),),
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
BAD_VIEW = Declared("E241", "bad-view", "view `{view}`: {why}", help="{help}")
BAD_PARTITION = Declared("E242", "bad-partition", "invalid partitioning: {why}", help="{help}")
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
    "only entities can have relations, and this is {what}",
    help="make what has it an entity, or keep the values: {keys:bare}",
)
UNGUARDED = Declared(
    "E250",
    "unguarded",
    "{by} reaches `{entity}`, which is `@unguarded`",
    also=(("declared", "its table has no rules of ours, and nobody may use it"),),
    help="write `policy {entity} {{ … }}`, and take `@unguarded` away where the entity itself says it",
)
KEYLESS = Declared(
    "E251",
    "keyless",
    "{by} needs the key of `{entity}`, which is `@keyless`",
    also=(("declared", "its rows cannot be told apart"),),
    help="give it a key: `id (a, b)`, or `id: uuid = uuid7() @id`",
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
    label="with one server, every write waits for a second one that never comes",
    help="write `replicas: 2` or more, or leave `durability` out",
)
SETTING_WITHOUT_EFFECT = Declared(
    "E255", "setting-without-effect", "`{setting}` has no effect: {reason}", help="{help}"
)
