"""Words that begin a member of a block in other languages, and what says the same here."""

_SORTED = "the order that a list has by itself stands behind its sorts: `sort name default name desc`"
_POLICY = "permissions stand in a policy: `policy Order { allow read to member }`"
_SHOWN = "the members of answers: `show { id, name }`"
_INDEXED = "write `index (status)`"
# By block: the word that begins it here, or what says the same.
ITEMS = {
    "API": {
        **dict.fromkeys(("security", "authentication", "authorize"), "auth"),
        **dict.fromkeys(("rate", "throttle", "rate_limit", "ratelimit"), "limit"),
        **dict.fromkeys(("entity", "expose", "crud", "model"), "resource"),
        **dict.fromkeys(("query", "mutation", "action", "rpc", "operation", "function"), "op"),
        **dict.fromkeys(("allow", "deny", "policy"), _POLICY),
        "version": "the version stands behind the name: `api Shop v1 {`",
        "path": 'the path stands behind the name: `api Shop v1 at "/v1" {`',
        "base": 'the path stands behind the name: `api Shop v1 at "/v1" {`',
        "optional": "requests without a token are of the role `anonymous`: what it may do stands in the policies",
    },
    "RESOURCE": {
        **dict.fromkeys(("methods", "actions", "operations", "crud", "verbs"), "ops"),
        **dict.fromkeys(("pagination", "paginate", "paging", "pages"), "page"),
        **dict.fromkeys(("filters", "where", "filterable"), "filter"),
        **dict.fromkeys(("sorts", "sortable"), "sort"),
        **dict.fromkeys(("include", "includes", "embed", "with", "load"), "expand"),
        **dict.fromkeys(("inputs", "body", "accept", "accepts"), "input"),
        **dict.fromkeys(("action", "operation", "mutation"), "op"),
        **dict.fromkeys(("order", "orderby", "order_by", "ordering", "default"), _SORTED),
        **dict.fromkeys(("fields", "select", "output", "returns", "response", "view"), _SHOWN),
        **dict.fromkeys(("allow", "deny", "policy", "auth", "scope"), _POLICY),
        "limit": "how many requests are answered stands in the api: `limit 600 per 1m by actor.id`; the size of pages is `page cursor(max: 100)`",
        "path": 'the path stands behind the name: `resource Order at "/orders" {`',
    },
    "OP": {
        **dict.fromkeys(("emit", "publish", "raises_event"), "emits"),
        **dict.fromkeys(("error", "raise", "raises", "throws", "throw"), "errors"),
        **dict.fromkeys(("check", "assert", "ensure", "guard", "when"), "require"),
        **dict.fromkeys(("insert", "add", "new"), "create"),
        **dict.fromkeys(
            ("delete", "destroy"),
            "rows are removed by their values: `remove Like { user: actor, post: this }`; a row of its own by `ops delete`",
        ),
        **dict.fromkeys(("query", "exec", "execute"), "sql"),
        **dict.fromkeys(("assign", "patch", "modify"), "set"),
        **dict.fromkeys(("upsert", "get_or_create"), "put"),
        **dict.fromkeys(("queue", "schedule", "dispatch", "run"), "enqueue"),
        **dict.fromkeys(("return", "returns"), "an operation answers with its row: `op publish() -> Post`"),
        **dict.fromkeys(
            ("let", "var", "if", "for"),
            "statements are `require`, `set`, `update`, `create`, `put`, `remove`; the rest is Python: `@handler`",
        ),
    },
    "POLICY": {
        **dict.fromkeys(("permit", "grant", "can", "enable"), "allow"),
        **dict.fromkeys(("forbid", "cannot", "reject", "revoke", "disallow", "block"), "deny"),
        **dict.fromkeys(("tenant", "where", "restrict"), "scope"),
        **dict.fromkeys(
            ("hide", "mask", "redact"), 'write `field email { read to admin  else mask("***") }`'
        ),
        "role": "roles are declared beside the policies: `role owner on Order when buyer == actor`",
    },
    "ENTITY": {
        **dict.fromkeys(
            ("constraint", "assert", "ensure", "validate"), "write `check positive (amount > 0)`"
        ),
        **dict.fromkeys(
            ("relation", "has_many", "hasmany", "many"),
            "the other side of a reference: `lines: Line[] @inverse(order)`",
        ),
        **dict.fromkeys(
            ("belongs_to", "belongsto", "ref", "references", "foreign"),
            "a reference is a field: `author: User`",
        ),
        **dict.fromkeys(("primary", "pk"), "write `id (order, position)`"),
        **dict.fromkeys(("drop", "removed"), "dropped"),
        **dict.fromkeys(("key", "indexed"), _INDEXED),
        **dict.fromkeys(("policy", "allow", "deny"), _POLICY),
        **dict.fromkeys(
            ("state", "states", "machine", "transitions"),
            "a machine stands beside the entity: `machine Order.status { draft -> placed by place }`",
        ),
        **dict.fromkeys(
            ("on", "trigger", "before", "after", "hook"),
            "hooks stand in a resource: `before create { require … }`",
        ),
    },
    "TEST": {
        **dict.fromkeys(("when", "call", "execute"), "do"),
        **dict.fromkeys(("assert", "then", "verify", "check"), "expect"),
        **dict.fromkeys(("create", "let", "row", "setup"), "given"),
        **dict.fromkeys(("login", "user", "actor"), "as"),
        **dict.fromkeys(("wait", "advance", "sleep"), "after"),
    },
}
