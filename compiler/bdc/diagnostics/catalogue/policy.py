"""E3: policies."""

from dataclasses import replace

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

UNCOVERED_ENTITY = Declared(
    "E301",
    "uncovered-entity",
    "`{entity}` has no policy, but an api exposes it",
    label="exposed here",
    help="write `policy {entity} {{ allow read to … }}`",
)
UNCOVERED_BY_JOB = UNCOVERED_ENTITY.variant(
    "`{entity}` has no policy, but a job looks at its rows",
    label="by this job",
    help="write `policy {entity} {{ allow read to … }}`",
)
UNCOVERED_OPERATION = Declared(
    "E302",
    "uncovered-operation",
    "no rule allows `{action}`{of}",
    label="exposed here",
    also=(("policy", "its policy"),),
    help="write `allow …` in the operation",
)
UNCOVERED_BY_POLICY = UNCOVERED_OPERATION.variant(
    "no rule allows `{action}`{of}",
    label="exposed here",
    also=(("policy", "its policy"),),
    help="write `allow {action} to …` in `policy {entity}`",
)
UNKNOWN_ACTION = Declared(
    "E303", "unknown-action", "unknown action `{name}` on `{entity}`", help="expected {candidates:any}"
)
OLD_OUTSIDE_UPDATE = Declared(
    "E304",
    "old-outside-update",
    "`{name}` is not available in {place}",
    help="write a rule for `update` alone: `old` and `new` are the row before and after it",
)
FOREIGN_ROLE = Declared(
    "E305",
    "foreign-role",
    "role `{role}` is for rows of `{entity}`, found {here}",
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
    "the policy of `{entity}` has no scope for its tenant `{tenant}`",
    help="write `scope {tenant} == actor.{claim}` as its first line",
)
SCOPED_BY_ROW = UNSCOPED.variant(
    "the scope of `{entity}` compares its tenant with `actor.{claim}`, which is no claim",
    help='write `claim {claim}: {type} = "{claim}"` in `identity {identity}`: the tenant is known before any row is read',
)
DUPLICATE_POLICY = Declared(
    "E308",
    "duplicate-policy",
    "`{entity}` has two policies",
    label="the second",
    also=(("first", "the first"),),
    help="write all rules of an entity in one policy",
)
TWO_OF = Declared(
    "E309",
    "two-of",
    "duplicate: there is already {what}",
    also=(("first", "the first"),),
    help="merge the two into one",
)
TWO_IDENTITIES = TWO_OF.variant(
    "duplicate: there is already an identity of `{entity}`",
    label="also the identity of all roles",
    also=(("first", "the first"),),
    help="list the roles of one of them in it, `roles {example}`: all other roles belong to the other",
)
BAD_VIA = Declared("E310", "bad-via", "invalid `via {path}`: {why}", help="name a relation to one")
VIA_CYCLE = Declared(
    "E312",
    "via-cycle",
    "cyclic `via`: {chain}",
    help="write roles in one of these rules: `to …`",
)
UNREADABLE_REFERENCE = Declared(
    "E313",
    "unreadable-reference",
    "`{action}` of `{entity}` takes `{field}`, but none of its callers may read a `{target}`",
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
    "`{field}` of `{entity}` is taken from the caller, but `anonymous` may create a row",
    label="a request without a token has no `actor`",
    help="write `?` after the type of `{field}`, or allow `create` to roles that a token carries",
)
BAD_SIGN_IN = Declared("E315", "bad-sign-in", "sign-in cannot work: {why}", help="{remedy}")
BAD_IDENTITY = Declared("E316", "bad-identity", "the second identity cannot work: {why}", help="{remedy}")
