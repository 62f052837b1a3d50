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
UNKNOWN_TYPE = Declared(
    "E103", "unknown-type", "there is no type `{name}` here", help="there are {candidates:12}"
)
UNKNOWN_MODULE = Declared(
    "E104", "unknown-module", "there is no module `{name}`", help="there are {candidates:12}"
)
UNKNOWN_IMPORT = Declared(
    "E105", "unknown-import", "module `{module}` declares no `{name}`", help="there are {candidates:12}"
)
UNUSED_IMPORT = Declared(
    "E106",
    "unused-import",
    "`{name}` is imported from `{module}` and never used",
    help="remove it from the `use` line",
    fix="remove it",
    severity=Severity.WARNING,
)
AMBIGUOUS_IMPORT = Declared(
    "E107",
    "ambiguous-import",
    "`{name}` would mean two things in this module",
    label="imported here",
    also=(("first", "already means this"),),
    help="import it under another name: `{name} as Other{name}`",
)
UNKNOWN_FIELD = Declared(
    "E108", "unknown-field", "{owner} has no {noun} `{name}`", help="there are {candidates:12}"
)
NOT_OF_THE_ROW = UNKNOWN_FIELD.variant(
    "`{written}` is not a field of `{entity}` itself",
    help="name `{path[0]}`, or show the value in a view: `{shown}: … = x.{written}`",
)
UNKNOWN_VALUE = Declared(
    "E109", "unknown-value", "`{name}` means nothing here{where}", help="there are {candidates:12}"
)
ENTITY_AS_VALUE = UNKNOWN_VALUE.variant(
    "`{name}` means nothing here{where}",
    help="rows of `{name}` are reached along a collection: declare one of type `{name}[]` and name it here",
)
UNKNOWN_FUNCTION = Declared(
    "E110", "unknown-function", "there is no function `{name}`", help="there are {candidates:12}"
)
UNKNOWN_ATTRIBUTE = Declared(
    "E111", "unknown-attribute", "{place} knows no attribute `@{name}`", help="there are {known:8}"
)
WRONG_KIND = Declared(
    "E112",
    "wrong-kind",
    "expected {wanted}, found `{name}`, which is {found}",
    also=(("declared", "declared here"),),
    help="write the name of {wanted}",
)
UNKNOWN_ENUM_VALUE = Declared(
    "E113", "unknown-enum-value", "enum `{enum}` has no value `{name}`", help="there are {candidates:12}"
)
UNKNOWN_DECLARATION = Declared(
    "E114", "unknown-declaration", "there is no {kind} `{name}` here", help="there are {candidates:12}"
)
UNKNOWN_OPERATION = Declared(
    "E115", "unknown-operation", "`{entity}` has no operation `{name}`", help="there are {candidates:12}"
)
UNKNOWN_SETTING = Declared(
    "E116", "unknown-setting", "{place} has no setting `{name}`", help="there are {candidates:12}"
)
STILL_THERE = Declared(
    "E117",
    "still-there",
    "{kind} `{name}` of {owner} is still there, and here it is said that something else is what it was",
    also=(("declared", "declared here"),),
    help="remove the `@was`, or rename in two steps",
)
DROPPED_BUT_THERE = STILL_THERE.variant(
    "{kind} `{name}` of {owner} is still there, and here it is said that it is gone",
    also=(("declared", "declared here"),),
    help="remove the `dropped` line",
)
CLAIMED_TWICE = Declared(
    "E118",
    "claimed-twice",
    "what becomes of {kind} `{name}` of {owner} is said twice",
    label="again here",
    also=(("first", "first said here"),),
    help="it has one successor, or is dropped",
)
