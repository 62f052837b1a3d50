"""E40 to E43: apis, operations, machines, events. E499: what this release cannot do."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

NO_BODY = Declared("E401", "no-body", "operation `{name}` has no body", help="{ways}")
TWO_BODIES = Declared(
    "E402",
    "two-bodies",
    "operation `{name}` has two bodies: {bodies[0]} and {bodies[1]}",
    help="keep one of the two",
)
OTHER_RESULT = Declared(
    "E422",
    "other-result",
    "operation `{name}` has no `{returns}` to answer with",
    help="write `-> {entity}`, leave the result out, or work it out in a `@handler`",
)
RESULT_WITHOUT_ROW = OTHER_RESULT.variant(
    "operation `{name}` has no `{returns}` to answer with",
    help="leave the result out: an operation outside a resource has no row",
)
RESULT_IS_REMOVED = OTHER_RESULT.variant(
    "operation `{name}` may remove the `{returns}` that it answers with",
    help="leave the result out",
)
UNWRITABLE_FIELD = Declared(
    "E423",
    "unwritable-field",
    "`{verb} {target}` cannot write `{field}`: {why}",
    help="{remedy}",
)
INCOMPLETE_STATEMENT = Declared(
    "E424",
    "incomplete-statement",
    "`{verb} {entity}` needs {missing}",
    help="{remedy}",
)
STATEMENT_WITHOUT_KEY = INCOMPLETE_STATEMENT.variant(
    "`{verb} {entity}` gives no unique key: each call would add a row", help="{remedy}"
)
STATEMENT_WITHOUT_VALUE = INCOMPLETE_STATEMENT.variant("`{verb} {entity}` gives no value", help="{remedy}")
ERROR_WITH_MEMBERS = Declared(
    "E425",
    "error-with-members",
    "a constraint cannot raise `{error}`: nothing gives {members}",
    help="make its members optional (`?`), or raise another error",
)
UNKNOWN_TRANSITION_OPERATION = Declared(
    "E403",
    "unknown-transition-operation",
    "unknown operation `{name}` on `{entity}`",
    help="write `op {name}() -> {entity}` in its resource",
)
REFUSAL_WITHOUT_TRANSITION = Declared(
    "E404",
    "refusal-without-transition",
    "`on illegal_transition` has no effect: `{name}` performs no transition",
    help="remove `on illegal_transition`, or name the operation in a machine",
)
UNFILLED_REFUSAL = Declared(
    "E405",
    "unfilled-refusal",
    "no value for `{member}` of error `{error}`, which the system raises",
    also=(("declared", "declared here"),),
    help="give the member the name and type of a field of `{entity}`",
)
UNFILLED_EVENT = Declared(
    "E406",
    "unfilled-event",
    "no value for `{member}` of event `{event}`, which `{operation}` emits",
    also=(("declared", "declared here"),),
    help="give the member the name and type of a parameter or of a field of the row, or the type of the row{row}",
)
UNBOUNDED_EXPAND = Declared(
    "E407",
    "unbounded-expand",
    "`{field}` is expanded without a limit",
    help="write the most rows to show: `{field}(max: 100)`",
    fix="write `(max: 100)`",
    is_sure=False,
)
POINTLESS_BOUND = Declared(
    "E408",
    "pointless-bound",
    "`max` has no effect: `{field}` is at most one row",
    help="write `{field}` alone",
    fix="remove `max`",
)
BAD_LIST_FIELD = Declared(
    "E409",
    "bad-list-field",
    "a list cannot be {use} by `{field}`: {why}",
    help="remove `{field}` here, or name {instead}",
)
BAD_OPERATOR = Declared(
    "E410", "bad-operator", "`{field}` cannot be filtered by `{operator}`", help="expected {known:any}"
)
HIDDEN_FIELD = Declared(
    "E411",
    "hidden-field",
    "a list {use} by `{field}` reveals its values to callers that may not read them",
    also=(("rule", "the rule that hides it"),),
    help="remove `{field}` here, or let every caller of the list read it",
)
HIDDEN_RELATION = HIDDEN_FIELD.variant(
    "`{field}` cannot be expanded: no answer has it",
    help="remove it here, or show it: remove `@hidden` or `@writeonly` there",
)
HIDDEN_EXPECTATION = HIDDEN_FIELD.variant(
    "a test cannot look at `{field}`: no answer has it",
    help="expect what an answer shows, or show it: remove `@hidden` or `@writeonly` there",
)
UNSERVED_LIST = Declared(
    "E412",
    "unserved-list",
    "no index for a list of `{entity}` {use} by `{field}` ({rows:_} rows)",
    help="add `{index}` to `entity {holder}`",
    severity=Severity.WARNING,
)
UNSERVABLE_LIST = UNSERVED_LIST.variant(
    "no index can serve a list of `{entity}` {use} by `{field}` ({rows:_} rows)",
    help="keep the value in a column of the row (`@stored`), or remove `{field}` here",
)
INCOMPLETE_INPUT = Declared(
    "E413",
    "incomplete-input",
    "a new `{entity}` needs {names}, but the input does not have it",
    help="add it to the input, give the field a default, or make it optional with `?`",
)
INPUT_WITHOUT_KEY = INCOMPLETE_INPUT.variant(
    "a new `{entity}` needs {names}, but the input does not have it",
    help="{keys} the key: add {them} to the input, or give {them} a default{others}",
)
OPTIONAL_BUT_NEEDED = INCOMPLETE_INPUT.variant(
    "`{field}?` must be given all the same: no row can be without it",
    help="give the field a default (`{field}: … = {example}`), make it optional in the entity, or remove the `?` here",
    severity=Severity.WARNING,
)
FORBIDDEN_INPUT = Declared(
    "E414",
    "forbidden-input",
    "`{field}` is not allowed in an input: {why}",
    help="remove `{field}` from the input",
    fix="remove it",
)
NOTHING_TO_GIVE = FORBIDDEN_INPUT.variant(
    "`{verb}` of `{entity}` has no input: callers can set none of its fields",
    help="list the operations without `{verb}`: `ops {left}`",
)
DUPLICATE_PATH = Declared(
    "E415",
    "duplicate-path",
    "duplicate path `{what}`",
    also=(("first", "the first"),),
    help="give one of the two another path",
)
OFFERED_TWICE = DUPLICATE_PATH.variant(
    "api `{api}` has two `@single` resources of `{what}`",
    help="offer all operations in one of the two, or write the other in another api",
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
    "unknown parameter `{{{name}}}` in the path of `{operation}`",
    help="declare it: `op {operation}({name}: …)`{or_key}",
)
UNKNOWN_SQL_PARAMETER = Declared(
    "E417",
    "unknown-sql-parameter",
    "unknown parameter `:{name}` in the SQL of `{operation}`",
    help="declare it: `op {operation}({name}: …)`",
)
PATH_WITHOUT_KEY = Declared(
    "E418",
    "path-without-key",
    "the path of `{operation}` has no key of `{entity}`",
    label="expected {holes}",
    help='write `"{path}"`, or declare the operation outside the resource',
)
NOT_BOUND = Declared("E419", "not-bound", "{what}", label="{why}", help="{help}")
UNREACHABLE_STATE = Declared(
    "E420",
    "unreachable-state",
    "no transition of `{machine}` leads to `{state}`",
    also=(("declared", "declared here"),),
    help="add transitions from `{initial}` to it, or remove the value",
    severity=Severity.WARNING,
)
AMBIGUOUS_TRANSITION = Declared(
    "E421",
    "ambiguous-transition",
    "`{operation}` leads from `{source}` to `{targets[0]}` and to `{targets[1]}`",
    also=(("first", "the other target"),),
    help="write another operation for one of the two transitions",
)
BYPASSED_HOOK = Declared(
    "E426",
    "bypassed-hook",
    "this writes rows of `{entity}` without the hooks of `{action}`",
    help="{remedy}",
)
PII_IN_EVENT = Declared(
    "E431",
    "pii-in-event",
    "event `{event}` carries personal data in `{member}`: {fields}",
    help="carry the key only; readers of the event can request the row",
    severity=Severity.WARNING,
)
TOLD_BY_COMPUTED = Declared(
    "E432",
    "told-by-computed",
    "{carrier} reveals `{hidden_name}` to callers that may not read it",
    also=(("rule", "the rule that hides it"),),
    help="{remedy}",
)
PLAIN_VALUE_FOR_ENCRYPTED_FIELD = Declared(
    "E433", "plain-value-for-encrypted-field", "{where} stores `{field}` unencrypted", help="{help}"
)
BAD_ADDRESS = Declared(
    "E470",
    "bad-address",
    "`{field}` cannot name a {entity} in paths",
    label="{why}",
    help="{help}",
)
NO_SUBSCRIPTION = Declared(
    "E450",
    "no-subscription",
    "rows of `{entity}` cannot be subscriptions of webhooks: {why}",
    help="{remedy}",
)
UNSENT_EVENT = Declared(
    "E451",
    "unsent-event",
    "webhooks cannot send `{event}`: {why}",
    help="leave it out of `events`, or declare it on an entity with a policy",
)
NOT_IN_VERSION = Declared(
    "E475", "not-in-version", "`{api}` does not show `{member}`", label="{why}", help="remove it here"
)
NO_VALUE_IN_VERSION = NOT_IN_VERSION.variant(
    "`{api}` cannot create rows of `{entity}`: it gives no `{member}`",
    help="give `{member}` a default, or leave `create` out of `ops` here",
)
NEVER_SHOWN = NOT_IN_VERSION.variant("`{member}` cannot be left out by version", label="{why}", help="{help}")
NOT_SUPPORTED = Declared(
    "E499", "not-supported", "{what} is not supported yet by this release", help="{remedy}"
)
