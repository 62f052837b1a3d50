"""Words of SQL, Prisma, Django and other languages, and what says the same here. Keys are lower case."""

# What other languages call our types.
TYPES = {
    "str": "string",
    "varchar": "string",
    "char": "string",
    "integer": "int",
    "int32": "int",
    "smallint": "int",
    "serial": "int",
    "number": "int",
    "int64": "bigint",
    "long": "bigint",
    "bigserial": "bigint",
    "double": "float",
    "real": "float",
    "numeric": "decimal",
    "boolean": "bool",
    "guid": "uuid",
    "datetime": "timestamp",
    "timestamptz": "timestamp",
    "instant": "timestamp",
    "interval": "duration",
    "jsonb": "json",
    "object": "json",
    "map": "json",
    "any": "json",
    "blob": "bytes",
    "bytea": "bytes",
    "binary": "bytes",
}

# What other languages call callers without a token.
ANONYMOUS = frozenset({"public", "everyone", "everybody", "anyone", "anybody", "unauthenticated"})

_COUNTED = "numbers that the database counts are `@identity` on the field: `id: int @identity @id`"
_JOINED = "write `concat(…)`"
_RANGE = 'ranges are SQL: `exclude busy using gist (room with "=", sql("tstzrange(starts, ends)") with "&&")`'
FUNCTIONS = {
    "serial": _COUNTED,
    "autoincrement": _COUNTED,
    "auto_increment": _COUNTED,
    "nextval": _COUNTED,
    "sequence": _COUNTED,
    "format": _JOINED,
    "uuid": "write `uuid7()`, or `uuid4()` for a random one",
    "gen_random_uuid": "write `uuid4()`, or `uuid7()` for one that is ordered by time",
    "cuid": "write `uuid7()`",
    "len": "write `length(…)`",
    "size": "write `length(…)` of a text, `count(…)` of a relation",
    "char_length": "write `length(…)`",
    "current_timestamp": "write `now()`",
    "timestamp": "write `now()`",
    "current_date": "write `today()`",
    "date": "write `today()`",
    "ifnull": "write `coalesce(…)`",
    "nvl": "write `coalesce(…)`",
    "isnull": "write `… == null`",
    "average": "write `avg(x in xs, x.value)`",
    "mean": "write `avg(x in xs, x.value)`",
    "any": "write `exists x in xs where (…)`",
    "some": "write `exists x in xs where (…)`",
    "all": "write `every x in xs where (…)`",
    "has_role": "roles are named by the rule: `allow read to admin when …`",
    "substr": "write `substring(text, start, count)`",
    "interval": "write the time itself: `1d`, `15m`",
    "duration": "write the time itself: `1d`, `15m`",
    **dict.fromkeys(("period", "range", "tsrange", "tstzrange", "daterange", "overlaps"), _RANGE),
    **{
        name: f'write `date_part("{unit}", time)`'
        for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
        for name in (unit, f"{unit}_of", f"get_{unit}", f"extract_{unit}")
        if name != "day_of"
    },
    **dict.fromkeys(
        ("weekday", "dow", "day_of_week", "weekday_of", "isodow"),
        'write `date_part("weekday", time)`: Monday is 1',
    ),
    **dict.fromkeys(("extract", "datepart", "part"), 'write `date_part("year", time)`'),
    **dict.fromkeys(
        ("age", "years_between", "datediff", "date_diff"),
        "write `today() - day`: the difference is a duration",
    ),
    "iif": "write `if … then … else …`",
}
# Words that are values elsewhere and functions here.
CALLED = {
    "now": "now()",
    "today": "today()",
    "current_timestamp": "now()",
    "current_date": "today()",
    "uuid": "uuid7()",
    "current_user": "actor",
    "me": "actor",
    "caller": "actor",
    "self": "actor",
}
# What others write behind `else` for a field that a caller may not read.
NOT_SHOWN = frozenset(
    {"hide", "hidden", "omit", "none", "nil", "redact", "redacted", "deny", "nothing", "forbidden"}
)
_TIMES = "`with Timestamps` of `std.mixins` brings `created_at` and `updated_at`"
_KEY = "the key is marked with `@id`"
_DELETES = "what happens when the other row goes is `@on_delete(cascade)`, `restrict` or `set_null`"
ATTRIBUTES = {
    "primary": _KEY,
    "primary_key": _KEY,
    "pk": _KEY,
    "key": _KEY,
    "default": "the default stands behind the type: `x: int = 1`",
    "index": "indexes are members of the entity: `index (x)`",
    "indexed": "indexes are members of the entity: `index (x)`",
    "relation": "a relation is a field whose type is an entity; the other side is `xs: X[] @inverse(field)`",
    "nullable": "what may be null has a `?` behind its type: `x: int?`",
    "optional": "what may be null has a `?` behind its type: `x: int?`",
    "null": "what may be null has a `?` behind its type: `x: int?`",
    "required": "a field is required unless its type ends with `?`",
    "notnull": "a field is required unless its type ends with `?`",
    "auto": _COUNTED,
    "autoincrement": _COUNTED,
    "generated": "a field that follows from others is `@computed(…)`, with `@stored` if it is kept in the table",
    "updatedat": _TIMES,
    "updated_at": _TIMES,
    "createdat": _TIMES,
    "created_at": _TIMES,
    "map": 'the column is named by `@column("…")`, the table by `@table("…")`',
    "max": "the length is of the type: `string(..80)`",
    "min": "the length is of the type: `string(1..80)`",
    "references": "a relation is a field whose type is an entity: `author: User`",
    "length": "the length is of the type: `string(1..80)`",
    "size": "the length is of the type: `string(1..80)`",
    "range": "the range is of the type: `int(1..10)`",
    "regex": 'write `@pattern("…")`',
    "private": "write `@hidden` for what no answer shows, or a rule in the policy: `field x { read to admin }`",
    "secret": "write `@encrypted`, and `@hidden` for what no answer shows",
    "cascade": _DELETES,
    "ondelete": _DELETES,
    "soft_delete": "write `with SoftDelete` behind the name of the entity (`use std.mixins { SoftDelete }`)",
    "softdelete": "write `with SoftDelete` behind the name of the entity (`use std.mixins { SoftDelete }`)",
    "timestamps": "write `with Timestamps` behind the name of the entity (`use std.mixins { Timestamps }`)",
    "audit": "write `@audited`",
    "allow": "what callers may do stands in a policy: `policy Order { allow read to member }`",
    "deny": "what callers may do stands in a policy: `policy Order { deny delete to member }`",
}

# What other languages call our declarations.
DECLARATIONS = {
    **dict.fromkeys(
        ("model", "class", "table", "record", "object", "collection", "node", "document"), "entity"
    ),
    **dict.fromkeys(("interface", "trait", "abstract", "base", "fragment"), "mixin"),
    **dict.fromkeys(("message", "dto", "composite", "input"), "struct"),
    **dict.fromkeys(("service", "controller", "router", "endpoints", "rest"), "api"),
    **dict.fromkeys(("permission", "permissions", "rule", "rules", "access", "acl", "guard"), "policy"),
    **dict.fromkeys(("task", "worker", "cron", "schedule"), "job"),
    **dict.fromkeys(("fixture", "fixtures", "data"), "seed"),
    **dict.fromkeys(("workflow", "statemachine", "fsm", "lifecycle"), "machine"),
    **dict.fromkeys(("auth", "authentication", "principal"), "identity"),
    **dict.fromkeys(("scalar", "domain", "typedef", "alias"), "type"),
    **dict.fromkeys(("integration", "client"), "external"),
    "exception": "error",
    "group": "role",
    "scenario": "test",
    "projection": "view",
    "deployment": "deploy",
    "import": "use",
}
# Operators of filters.
OPERATORS = {
    **dict.fromkeys(("starts_with", "begins_with", "prefix"), "startswith"),
    **dict.fromkeys(("like", "ilike", "icontains", "substring", "search"), "contains"),
    **dict.fromkeys(("between", "ranges"), "range"),
    **dict.fromkeys(("equals", "equal", "exact", "is"), "eq"),
    **dict.fromkeys(("not", "neq", "not_equals"), "ne"),
    **dict.fromkeys(("min", "from", "ge", "after"), "gte"),
    **dict.fromkeys(("max", "to", "le", "before"), "lte"),
    "any": "in",
}
_OPERATION = "an operation stands in a resource, or in the api: `op publish() -> Post`"
_ITEM = "it is a member of the entity"
# Declarations of other languages that are none here, and where the same is said.
DECLARED_ELSEWHERE = {
    "union": "a choice between entities is the type of a field: `about: Quote | Ticket`; of structs, an optional member each",
    "query": _OPERATION,
    "mutation": _OPERATION,
    "action": _OPERATION,
    "func": _OPERATION,
    "function": _OPERATION,
    "fn": _OPERATION,
    "def": _OPERATION,
    "op": _OPERATION,
    "resource": "a resource stands in an api: `api Shop v1 { resource Order { ops list, get } }`",
    "index": f"{_ITEM}: `index (status)`",
    "unique": f"{_ITEM}: `unique (org, email)`",
    "relation": "a relation is a field whose type is an entity: `author: User`",
    "hook": "what happens with an operation stands in its body",
    "trigger": "what happens with an operation stands in its body",
    "subscription": 'events are sent by `webhooks to Hook { }` or `stream Orders to nats at env("URL") { }`',
    "const": "constants are written where they are used; a type with bounds has a name: `type Sku = string(3..32)`",
}
