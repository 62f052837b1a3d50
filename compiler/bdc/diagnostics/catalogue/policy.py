"""E3: policies."""

from dataclasses import replace

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

UNCOVERED_ENTITY = Declared(
    "E301",
    "uncovered-entity",
    "an api reaches `{entity}`, and it has no policy",
    label="reached here",
    help="say who may: `policy {entity} {{ allow read to … }}`",
)
UNCOVERED_OPERATION = Declared(
    "E302",
    "uncovered-operation",
    "nobody may `{action}`{of}",
    label="offered here",
    also=(("policy", "its policy"),),
    help="say who may, in the operation: `allow …`",
)
UNCOVERED_BY_POLICY = UNCOVERED_OPERATION.variant(
    "nobody may `{action}`{of}",
    label="offered here",
    also=(("policy", "its policy"),),
    help="say who may, in `policy {entity}`: `allow {action} to …`",
)
UNKNOWN_ACTION = Declared(
    "E303", "unknown-action", "there is no action `{name}` on `{entity}`", help="there are {candidates}"
)
OLD_OUTSIDE_UPDATE = Declared(
    "E304",
    "old-outside-update",
    "`{name}` has no meaning in {place}",
    help="`old` and `new` are the row before and after an update: give `update` a rule of its own",
)
FOREIGN_ROLE = Declared(
    "E305",
    "foreign-role",
    "`{role}` is a role on rows of `{entity}`, and this is about {here}",
    also=(("declared", "declared here"),),
    help="declare a role on {here}, or follow the relation with `via`",
)
NO_IDENTITY = Declared(
    "E306",
    "no-identity",
    "policies need an `identity` declaration",
    help='write `identity User {{ bearer jwt {{ … }}  claim id: uuid = "sub" … }}`',
)
UNSCOPED = Declared(
    "E307",
    "unscoped",
    "rows of `{entity}` belong to one `{tenant}` each, and its policy does not say so",
    help="begin it with `scope {tenant} == actor.{tenant}`",
)
DUPLICATE_POLICY = Declared(
    "E308",
    "duplicate-policy",
    "`{entity}` has two policies",
    label="the second",
    also=(("first", "the first"),),
    help="all rules of an entity stand in one place",
)
TWO_OF = Declared(
    "E309",
    "two-of",
    "there is {what} already",
    also=(("first", "here"),),
    help="keep one of the two, and write in it what the other says",
)
BAD_VIA = Declared(
    "E310", "bad-via", "`via {path}` leads nowhere: {why}", help="`via` names a relation to one"
)
VIA_CYCLE = Declared(
    "E312",
    "via-cycle",
    "this rule follows itself: {chain}",
    help="write one of these rules with `to` and roles",
)
UNREADABLE_REFERENCE = Declared(
    "E313",
    "unreadable-reference",
    "`{action}` of `{entity}` takes `{field}`, and none of its callers may read a `{target}`",
    label="every `{action}` is answered with 422",
    also=(("policy", "the policy of `{target}`"),),
    help="write `allow read to {roles:bare}` in `policy {target}`{refer}",
)
UNREADABLE_OPTIONAL_REFERENCE = replace(
    UNREADABLE_REFERENCE, label="every value is answered with 422", severity=Severity.WARNING
)
CALLER_OF_AN_ANONYMOUS_CREATE = Declared(
    "E314",
    "caller-of-an-anonymous-create",
    "`{field}` of `{entity}` is taken from the caller, and `anonymous` may create a row",
    label="a request without a token has no `actor`",
    help="write `?` after the type of `{field}`, or allow `create` to roles that a token carries",
)
