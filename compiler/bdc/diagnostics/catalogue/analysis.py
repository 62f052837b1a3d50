"""E40 to E43: apis, operations, machines, events. E499: what this release cannot do."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

NO_BODY = Declared("E401", "no-body", "operation `{name}` has no body", help="{ways}")
TWO_BODIES = Declared(
    "E402", "two-bodies", "operation `{name}` has two bodies: {bodies[0]} and {bodies[1]}", help="keep one"
)
UNKNOWN_TRANSITION_OPERATION = Declared(
    "E403",
    "unknown-transition-operation",
    "no api has an operation `{name}` on `{entity}`",
    help="write `op {name}() -> {entity}` in its resource",
)
REFUSAL_WITHOUT_TRANSITION = Declared(
    "E404",
    "refusal-without-transition",
    "operation `{name}` performs no transition, so none can be illegal",
    help="remove `on illegal_transition`, or name the operation in a machine",
)
UNFILLED_REFUSAL = Declared(
    "E405",
    "unfilled-refusal",
    "the system raises `{error}` here, and has no value for its `{member}`",
    also=(("declared", "declared here"),),
    help="members of such an error are fields of `{entity}`, by name and type",
)
UNFILLED_EVENT = Declared(
    "E406",
    "unfilled-event",
    "`{operation}` emits `{event}`, and has no value for its `{member}`",
    also=(("declared", "declared here"),),
    help="a member is the row itself, or has the name and type of a parameter or a field of the row{instead}",
)
UNBOUNDED_EXPAND = Declared(
    "E407",
    "unbounded-expand",
    "`{field}` may hold any number of rows, and this expands all of them",
    help="say how many at most: `{field}(max: 100)`",
    fix="bound it",
    is_sure=False,
)
POINTLESS_BOUND = Declared(
    "E408",
    "pointless-bound",
    "`{field}` is one row at most, so `max` says nothing",
    help="write `{field}` alone",
    fix="remove the bound",
)
BAD_LIST_FIELD = Declared(
    "E409",
    "bad-list-field",
    "a list cannot be {use} by `{field}`: {why}",
    help="remove `{field}` here, or name {instead}",
)
BAD_OPERATOR = Declared(
    "E410", "bad-operator", "`{field}` cannot be filtered by `{operator}`", help="there are {known}"
)
HIDDEN_FIELD = Declared(
    "E411",
    "hidden-field",
    "a list {use} by `{field}` would tell its values to callers who may not read them",
    also=(("rule", "the callers who may read it"),),
    help="remove `{field}` here, or let every caller of the list read it",
)
UNSERVED_LIST = Declared(
    "E412",
    "unserved-list",
    "no index serves a list {use} by `{field}`, and there are {rows:_} rows of `{entity}`",
    help="add `index ({columns:bare})` to `entity {entity}`",
    severity=Severity.WARNING,
)
INCOMPLETE_INPUT = Declared(
    "E413",
    "incomplete-input",
    "a new `{entity}` needs {names}, and this input does not take it",
    help="take it, give the field a default, or make it optional with `?`",
)
INPUT_WITHOUT_KEY = INCOMPLETE_INPUT.variant(
    "a new `{entity}` needs {names}, and this input does not take it",
    help="{keys} the key: add {them} to the input, or give {them} a default{others}",
)
FORBIDDEN_INPUT = Declared(
    "E414",
    "forbidden-input",
    "no caller can give `{field}`: {why}",
    help="remove `{field}` from the input",
    fix="remove it",
)
NOTHING_TO_GIVE = FORBIDDEN_INPUT.variant(
    "`{verb}` of `{entity}` would take nothing: no field of it is a caller's to give",
    help="say which operations there are, without `{verb}`: `ops list, get`",
)
DUPLICATE_PATH = Declared(
    "E415",
    "duplicate-path",
    "duplicate path `{what}`",
    also=(("first", "the first"),),
    help="give one of the two another path",
)
ROUTE_CLASH = DUPLICATE_PATH.variant(
    "duplicate path: `{name}` leads to two operations",
    label="this operation",
    also=(("first", "and this one"),),
    help='give one of them another path: `resource X at "/…"`, or `@http(METHOD, "/…")` on an operation',
)
UNKNOWN_PATH_PARAMETER = Declared(
    "E416",
    "unknown-path-parameter",
    "the path takes `{{{name}}}`, and operation `{operation}` has no such parameter",
    help="declare it: `op {operation}({name}: …)`{or_key}",
)
UNKNOWN_SQL_PARAMETER = Declared(
    "E417",
    "unknown-sql-parameter",
    "the SQL of `{operation}` takes `:{name}`, and the operation has no such parameter",
    help="declare it: `op {operation}({name}: …)`",
)
PATH_WITHOUT_KEY = Declared(
    "E418",
    "path-without-key",
    "the path of `{operation}` does not name the `{entity}` that it is about",
    label="without {holes}",
    help='write the key into it: `"{path}"`; or declare the operation outside the resource',
)
NOT_BOUND = Declared("E419", "not-bound", "{what}", label="{why}", help="{help}")
UNREACHABLE_STATE = Declared(
    "E420",
    "unreachable-state",
    "no row of `{machine}` can ever become `{state}`",
    also=(("declared", "declared here"),),
    help="add a transition that leads there from `{initial}`, or remove the value",
    severity=Severity.WARNING,
)
AMBIGUOUS_TRANSITION = Declared(
    "E421",
    "ambiguous-transition",
    "from `{source}`, `{operation}` would lead to `{targets[0]}` and to `{targets[1]}`",
    also=(("first", "the other target"),),
    help="give one of the two transitions to an operation of its own",
)
PII_IN_EVENT = Declared(
    "E431",
    "pii-in-event",
    "event `{event}` carries personal data in `{member}`: {fields}",
    help="carry the key, and let the reader of the event ask for the rest",
    severity=Severity.WARNING,
)
TOLD_BY_COMPUTED = Declared(
    "E432",
    "told-by-computed",
    "{carrier} would tell `{hidden_name}` to callers that may not read it",
    also=(("rule", "the rule that hides it"),),
    help="{remedy}",
)
PLAIN_VALUE_FOR_ENCRYPTED_FIELD = Declared(
    "E433", "plain-value-for-encrypted-field", "{where} would store `{field}` unencrypted", help="{help}"
)
NOT_SUPPORTED = Declared(
    "E499", "not-supported", "{what} is not supported yet by this release", help="{remedy}"
)
