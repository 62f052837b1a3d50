"""E20 and E21: types of values, attributes and their arguments."""

from bdc.diagnostics.declared import Declared

TYPE_MISMATCH = Declared(
    "E201",
    "type-mismatch",
    "expected `{wanted}`, found `{found}`",
    help="write a value of type `{wanted}`, or change the type that is expected",
)
INCOMPARABLE = Declared(
    "E202",
    "incomparable",
    "`{left}` and `{right}` cannot be compared with `{operator}`",
    also=(
        ("left_span", "this is `{left}`"),
        ("right_span", "this is `{right}`"),
    ),
    help="{help}",
)
OPTIONAL_PATH = Declared(
    "E203",
    "optional-path",
    "`{path}` may be null, so `.{step}` may lead nowhere",
    also=(("optional", "this may be null"),),
    help="check first: `{path} != null and …`; for a value: `if {path} == null then null else …`",
)
MAY_BE_NULL = Declared(
    "E204",
    "may-be-null",
    "this value can be null, but {place} requires one",
    help="give a value for that case, `coalesce(…, …)`, or write `{wanted}?`",
)
BAD_OPERAND = Declared(
    "E205", "bad-operand", "`{operator}` expects {wanted}, found `{found}`", help="give `{operator}` {wanted}"
)
OUT_OF_RANGE = Declared(
    "E206",
    "out-of-range",
    "{value} is no `{type}`: {rule}",
    help="write a value that the type allows, or change the bounds of the type",
)
WRONG_ARGUMENTS = Declared(
    "E207", "wrong-arguments", "{problem}", help="it is called like this: `{signature}`"
)
NOT_A_COLLECTION = Declared(
    "E208",
    "not-a-collection",
    "`{name}` is `{found}`, not a collection",
    help="only a relation to many (`items: OrderItem[]`) can be counted, summed or searched",
)
NOT_A_RELATION = NOT_A_COLLECTION.variant("`{name}` cannot be {use}", help="{only}")
HIDDEN_NAME = Declared(
    "E209",
    "hidden-name",
    "`{name}` already means {what} here",
    help="bind another name, so that a reader never has to guess which is meant",
)
NOT_ALLOWED_HERE = Declared("E210", "not-allowed-here", "{what} cannot stand in {place}", help="{help}")
MISPLACED_ATTRIBUTE = Declared(
    "E211",
    "misplaced-attribute",
    "`@{name}` cannot stand here: {why}",
    help="remove `@{name}` here",
    fix="remove it",
)
ATTRIBUTE_ARGUMENT = Declared(
    "E212", "attribute-argument", "`@{name}` {problem}", help="it is written like this: `{usage}`"
)
CYCLE = Declared("E213", "cycle", "{kind} is made of itself: {chain}", help="remove one of these steps")
BAD_TYPE_ARGUMENT = Declared(
    "E214", "bad-type-argument", "`{type}` {problem}", help="it is written like this: `{usage}`"
)
MISSING_MEMBER = Declared(
    "E215",
    "missing-member",
    "{owner} needs {names}",
    help="write `{written}` here, or give {names} a default where it is declared",
)
MISSING_PART = MISSING_MEMBER.variant("{owner} needs {names:bare}", help="{usage}")
DEFAULT_NOT_ALLOWED = Declared(
    "E216", "default-not-allowed", "`{name}` can have no default: {why}", help="remove the default"
)
NEVER_NULL = Declared(
    "E217",
    "never-null",
    "`{path}` is never null, so this is always the same",
    help="remove the comparison, or make the field optional with `?`",
)
BAD_SETTING = Declared("E218", "bad-setting", "`{name}` expects {wanted}", help="write {wanted} for `{name}`")
