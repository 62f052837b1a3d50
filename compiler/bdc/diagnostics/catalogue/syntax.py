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
    "unmatched `{bracket}`",
    label="no open bracket matches it",
    fix="remove it",
)
MIXED_CONNECTIVES = Declared(
    "E004",
    "mixed-connectives",
    "`and` and `or` cannot be mixed without parentheses",
    label="`{found}` after `{before}`",
    also=(("other", "`{before}` here"),),
    help="write parentheses: `a and (b or c)` or `(a and b) or c`",
)
MISSING_MARK = Declared(
    "E005",
    "missing-mark",
    "`{mark}` is missing before {before}",
    label="expected `{mark}` here",
    fix="add `{mark}`",
)
STRAY_TEXT = Declared("E006", "stray-text", "unexpected `{text}`", label="remove this", fix="remove it")
STRAY_SEMICOLON = STRAY_TEXT.variant(
    "unexpected `;`", label="remove this", help="remove it: a line needs no mark at its end", fix="remove it"
)
STRAY_AND = STRAY_TEXT.variant("unexpected `&&`", label="write `and`", fix="write `and`")
STRAY_OPERATOR = STRAY_TEXT.variant(
    "unexpected `&&`", label='operators stand in quotes: `… with "&&"`', fix="put it in quotes"
)
STRAY_QUOTE = STRAY_TEXT.variant(
    "`{first}` is not a quotation mark",
    label="remove this",
    help='write texts in straight double quotes: "…"',
    fix="remove it",
)
UNTERMINATED = Declared(
    "E007",
    "unterminated",
    "text without closing `{quotes}`",
    label="a text ends on the line where it begins",
    help='only `sql """…"""` can have several lines',
    fix="add `{quotes}`",
    is_sure=False,
)
UNTERMINATED_SQL = UNTERMINATED.variant(
    "text without closing `{quotes}`", label="begins here", fix="add `{quotes}`"
)
NO_EDITION = Declared(
    "E008",
    "no-edition",
    "the file does not begin with an edition",
    label="expected `bds 1` before this",
    help="write `bds 1` as the first line: the edition is the version of the language",
    fix="begin with `bds 1`",
)
UNKNOWN_EDITION = Declared(
    "E009",
    "unknown-edition",
    "unknown edition {found}",
    label="the only edition is 1",
    help="a later edition needs a later release of bdc",
    fix="write `1`",
    is_sure=False,
)
UNKNOWN_UNIT = Declared(
    "E010",
    "unknown-unit",
    "unknown unit `{unit}`",
    help="units are ms, s, m (minutes), h, d, Ki, Mi, Gi, Ti and %",
    fix="write `{suggestion}`",
)
NOT_WHOLE = Declared(
    "E011",
    "not-whole",
    "expected a whole number",
    label="not a whole number",
    help="write only digits: `10`",
)
MISPLACED_WHERE = Declared(
    "E012",
    "misplaced-where",
    "`where` needs a bound collection",
    label="no name is bound to a collection here",
    help="bind a name: `count(o in orders where (o.status == placed))`",
)
DOCUMENTS_NOTHING = Declared(
    "E013",
    "documents-nothing",
    "documentation without a declaration",
    label="no declaration follows",
    help="write `///` before a declaration, or `//` for a comment",
    fix="make it a comment",
)
MISPLACED_HEADER = Declared(
    "E014",
    "misplaced-header",
    "misplaced {what}",
    label="declarations come before it",
    help="write in this order: edition, module, uses, declarations",
)
SECOND_HEADER = MISPLACED_HEADER.variant(
    "duplicate {what}",
    label="the second",
    also=(("first", "the first"),),
    help="remove the second",
)
ASSIGNS = Declared("E015", "assigns", "expected `==`, found `=`", fix="write `==`")
RESERVED_NAME = Declared(
    "E016",
    "reserved-name",
    "`{word}` is a reserved word",
    label="reserved in expressions",
    help="choose another name; reserved words are and, or, not, in, where, if, then, else, exists, every",
    fix="write `{word}_`",
    is_sure=False,
)
UNFINISHED = Declared(
    "E017",
    "unfinished",
    "incomplete declaration",
    label="expected more after this",
    also=(("next", "`{name}` begins here"),),
)
UNFINISHED_BEFORE = UNFINISHED.variant(
    "incomplete declaration", label="expected {expected} after this", also=(("next", "`{name}` begins here"),)
)
NOT_A_DECLARATION = Declared(
    "E018",
    "not-a-declaration",
    "expected a declaration, found {found}",
    label="not the beginning of a declaration",
    help="declarations begin with: type enum struct mixin entity view machine error event identity role policy api external job webhooks stream source consume load deploy seed test sql",
)
TOO_DEEP = Declared(
    "E019",
    "too-deep",
    "too deep nesting",
    label="more than {limit} brackets are open here",
    help="split it, and give the parts names",
)
