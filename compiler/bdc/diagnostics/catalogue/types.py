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
    "`{path}` can be null, so `.{step}` needs a check",
    also=(("optional", "this can be null"),),
    help="check first: `{path} != null and …`; for a value: `if {path} == null then null else …`",
)
MAY_BE_NULL = Declared(
    "E204",
    "may-be-null",
    "this value can be null, but {place} requires one",
    help="give a value for that case, `coalesce(…, …)`, or write `{wanted}?`",
)
BAD_OPERAND = Declared(
    "E205",
    "bad-operand",
    "`{operator}` expects {wanted}, found `{found}`",
    help="write {wanted} beside `{operator}`",
)
OUT_OF_RANGE = Declared(
    "E206",
    "out-of-range",
    "{shown} is not a valid `{type}`: {rule}",
    help="write a value that the type allows, or change the bounds of the type",
)
WRONG_ARGUMENTS = Declared("E207", "wrong-arguments", "{problem}", help="usage: `{signature}`")
NOT_A_COLLECTION = Declared(
    "E208",
    "not-a-collection",
    "`{name}` is `{found}`, not a collection",
    help="only a relation to many (`items: OrderItem[]`) can be counted, summed or searched",
)
LIST_OF_VALUES = NOT_A_COLLECTION.variant(
    "`{name}` is `{found}`, a list of values, not a collection",
    help="write `length({name})`; `value in {name}` asks whether the list has a value",
)
NOT_A_RELATION = NOT_A_COLLECTION.variant("`{name}` cannot be {use}", help="{only}")
HIDDEN_NAME = Declared(
    "E209",
    "hidden-name",
    "`{name}` is already the name of {what}",
    help="choose another name here",
)
NOT_ALLOWED_HERE = Declared("E210", "not-allowed-here", "{what} is not allowed in {place}", help="{help}")
MISPLACED_ATTRIBUTE = Declared(
    "E211",
    "misplaced-attribute",
    "`@{name}` is not allowed here: {why}",
    help="remove `@{name}` here",
    fix="remove it",
)
ATTRIBUTE_ARGUMENT = Declared("E212", "attribute-argument", "`@{name}` {problem}", help="usage: `{usage}`")
CYCLE = Declared("E213", "cycle", "{kind} contains itself: {chain}", help="remove one of these references")
BAD_TYPE_ARGUMENT = Declared("E214", "bad-type-argument", "`{type}` {problem}", help="usage: `{usage}`")
MISSING_MEMBER = Declared(
    "E215",
    "missing-member",
    "{owner} needs {names}",
    help="write `{written}` here, or give {names} a default where it is declared",
)
MISSING_PART = MISSING_MEMBER.variant("{owner} needs {names:bare}", help="{usage}")
DEFAULT_NOT_ALLOWED = Declared(
    "E216",
    "default-not-allowed",
    "`{name}` cannot have a default: {why}",
    help="remove the default",
    fix="remove it",
)
NEVER_NULL = Declared(
    "E217",
    "never-null",
    "comparison with null has no effect: `{path}` is never null",
    help="remove the comparison, or make the field optional with `?`",
)
BAD_SETTING = Declared("E218", "bad-setting", "`{name}` expects {wanted}", help="write {wanted} for `{name}`")
