"""E0: the text of a specification."""

from bdc.diagnostics.declared import Declared

UNEXPECTED = Declared("E001", "unexpected", "unexpected {what}", label="expected {expected}")
NEVER_CLOSED = Declared(
    "E002",
    "never-closed",
    "this `{bracket}` is never closed",
    label="opened here",
    also=(("noticed", "`{closing}` is missing before {found}"),),
    fix="add `{closing}`",
)
NEVER_OPENED = Declared(
    "E003",
    "never-opened",
    "this `{bracket}` closes nothing",
    label="no bracket is open here",
    fix="remove it",
)
MIXED_CONNECTIVES = Declared(
    "E004",
    "mixed-connectives",
    "`and` and `or` cannot be mixed without parentheses",
    label="`{found}` after `{before}`: which belongs together?",
    also=(("other", "`{before}` here"),),
    help="put parentheses around one side: `a and (b or c)` or `(a and b) or c`",
)
MISSING_MARK = Declared(
    "E005",
    "missing-mark",
    "`{mark}` is missing before {before}",
    label="expected `{mark}` here",
    fix="add `{mark}`",
)
STRAY_TEXT = Declared(
    "E006", "stray-text", "`{text}` means nothing here", label="remove this", fix="remove it"
)
STRAY_SEMICOLON = STRAY_TEXT.variant(
    "`;` is not used", label="remove this", help="a line ends where it ends", fix="remove it"
)
STRAY_QUOTE = STRAY_TEXT.variant(
    "`{first}` does not quote",
    label="remove this",
    help='text stands in straight double quotes: "…"',
    fix="remove it",
)
UNTERMINATED = Declared(
    "E007",
    "unterminated",
    "this text has no closing `{quotes}`",
    label="a text ends on the line it begins on",
    help='text of several lines is for `sql """…"""` only',
    fix="add `{quotes}`",
    is_sure=False,
)
UNTERMINATED_SQL = UNTERMINATED.variant(
    "this text has no closing `{quotes}`", label="begins here", fix="add `{quotes}`"
)
NO_EDITION = Declared(
    "E008",
    "no-edition",
    "the file does not begin with its edition",
    label="expected `bds 1` before this",
    help="the edition says which version of the language the file is written in",
    fix="begin with `bds 1`",
)
UNKNOWN_EDITION = Declared(
    "E009",
    "unknown-edition",
    "there is no edition {found}",
    label="the only edition is 1",
    help="a file of a later edition needs a later compiler",
    fix="write `1`",
    is_sure=False,
)
UNKNOWN_UNIT = Declared(
    "E010",
    "unknown-unit",
    "there is no unit `{unit}`",
    help="units are ms s m h d (m is minutes), Ki Mi Gi Ti, and %",
    fix="write `{suggestion}`",
)
NOT_WHOLE = Declared(
    "E011",
    "not-whole",
    "expected a whole number",
    label="not a whole number",
    help="write digits alone: `10`",
)
MISPLACED_WHERE = Declared(
    "E012",
    "misplaced-where",
    "`where` needs a bound collection",
    label="nothing is bound that this could be about",
    help="write `count(o in orders where (o.status == placed))`: an aggregate, a name, and its collection",
)
DOCUMENTS_NOTHING = Declared(
    "E013",
    "documents-nothing",
    "this documentation documents nothing",
    label="nothing follows that could be documented",
    help="`///` belongs to the declaration after it; `//` is a comment that belongs to nobody",
    fix="make it a comment",
)
MISPLACED_HEADER = Declared(
    "E014",
    "misplaced-header",
    "the {what} stands too late",
    label="declarations stand before it",
    help="the order is: edition, module, uses, declarations",
)
SECOND_HEADER = MISPLACED_HEADER.variant(
    "a file has one {what}",
    label="a second one",
    also=(("first", "the first"),),
    help="remove the second one",
)
ASSIGNS = Declared("E015", "assigns", "`=` gives a default; to compare, write `==`", fix="write `==`")
RESERVED_NAME = Declared(
    "E016",
    "reserved-name",
    "`{word}` cannot be a name",
    label="a word of expressions",
    help="every other word may be a name; these may not: and or not in where if then else exists every",
    fix="write `{word}_`",
    is_sure=False,
)
UNFINISHED = Declared(
    "E017",
    "unfinished",
    "this is not finished",
    label="something is missing at its end",
    also=(("next", "`{name}` begins here"),),
)
UNFINISHED_BEFORE = UNFINISHED.variant(
    "this is not finished", label="expected {expected} after this", also=(("next", "`{name}` begins here"),)
)
NOT_A_DECLARATION = Declared(
    "E018",
    "not-a-declaration",
    "{found} does not begin a declaration",
    label="expected a declaration",
    help="declarations begin with: type enum struct mixin entity view machine error event identity role policy api external job load deploy seed test sql",
)
TOO_DEEP = Declared(
    "E019",
    "too-deep",
    "this is nested too deeply",
    label="more than {limit} brackets are open here",
    help="give parts of it names of their own",
)
