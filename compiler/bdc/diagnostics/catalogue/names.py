"""E1: names."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

DUPLICATE_NAME = Declared(
    "E101",
    "duplicate-name",
    "{kind} `{name}` is declared twice",
    label="again here",
    also=(("first", "first declared here"),),
    help="rename one of them, or remove it",
)
DUPLICATE_MEMBER = Declared(
    "E102",
    "duplicate-member",
    "{kind} `{name}` is written twice in {owner}",
    label="again here",
    also=(("first", "first written here"),),
    help="remove one of the two, or give it another name than `{name}`",
    fix="remove the second",
)
UNKNOWN_TYPE = Declared("E103", "unknown-type", "unknown type `{name}`", help="expected {candidates:any 12}")
UNKNOWN_MODULE = Declared(
    "E104", "unknown-module", "unknown module `{name}`", help="expected {candidates:any 12}"
)
UNKNOWN_IMPORT = Declared(
    "E105",
    "unknown-import",
    "module `{module}` has no declaration `{name}`",
    help="expected {candidates:any 12}",
)
UNUSED_IMPORT = Declared(
    "E106",
    "unused-import",
    "unused import `{name}` of `{module}`",
    help="remove it from the `use` line",
    fix="remove it",
    severity=Severity.WARNING,
)
AMBIGUOUS_IMPORT = Declared(
    "E107",
    "ambiguous-import",
    "ambiguous name `{name}`",
    label="imported here",
    also=(("first", "declared or imported here"),),
    help="import it under another name: `{name} as Other{name}`",
)
UNKNOWN_FIELD = Declared(
    "E108", "unknown-field", "{owner} has no {noun} `{name}`", help="expected {candidates:any 12}"
)
NOT_OF_THE_ROW = UNKNOWN_FIELD.variant(
    "`{written}` is not a field of `{entity}`",
    help="write `{path[0]}`, or show the value in a view: `{shown}: … = x.{written}`",
)
FIELD_OF_A_CLAIM = UNKNOWN_FIELD.variant(
    "`{claim}` is a claim of the token, a plain value: it has no field `{name}`",
    help="follow a reference of the row: `{last}.{name}`",
)
UNKNOWN_VALUE = Declared(
    "E109", "unknown-value", "unknown name `{name}`{where}", help="expected {candidates:any 12}"
)
ENTITY_AS_VALUE = UNKNOWN_VALUE.variant(
    "unknown name `{name}`{where}",
    help="declare a collection of type `{name}[]`, and write its name here",
)
UNKNOWN_FUNCTION = Declared(
    "E110", "unknown-function", "unknown function `{name}`", help="expected {candidates:any 12}"
)
UNKNOWN_ATTRIBUTE = Declared(
    "E111", "unknown-attribute", "unknown attribute `@{name}` on {place}", help="expected {known:any 8}"
)
WRONG_KIND = Declared(
    "E112",
    "wrong-kind",
    "expected {wanted}, found `{name}`, which is {found}",
    also=(("declared", "declared here"),),
    help="write the name of {wanted}",
)
UNKNOWN_ENUM_VALUE = Declared(
    "E113", "unknown-enum-value", "enum `{enum}` has no value `{name}`", help="expected {candidates:any 12}"
)
UNKNOWN_DECLARATION = Declared(
    "E114", "unknown-declaration", "unknown {kind} `{name}`", help="expected {candidates:any 12}"
)
UNKNOWN_OPERATION = Declared(
    "E115", "unknown-operation", "`{entity}` has no operation `{name}`", help="expected {candidates:any 12}"
)
UNKNOWN_SETTING = Declared(
    "E116", "unknown-setting", "{place} has no setting `{name}`", help="expected {candidates:any 12}"
)
STILL_THERE = Declared(
    "E117",
    "still-there",
    "`@was({name})`, but {kind} `{name}` of {owner} still exists",
    also=(("declared", "declared here"),),
    help="remove `@was({name})`, or rename in two steps",
)
DROPPED_BUT_THERE = STILL_THERE.variant(
    "`dropped {name}`, but {kind} `{name}` of {owner} still exists",
    also=(("declared", "declared here"),),
    help="remove `dropped {name}`",
)
CLAIMED_TWICE = Declared(
    "E118",
    "claimed-twice",
    "{kind} `{name}` of {owner} is renamed or dropped twice",
    label="again here",
    also=(("first", "first here"),),
    help="keep one of the two",
)
