"""E5: changes that are not planned, and rows that a migration would not survive.

`{rows}` in the words of E505 to E510 is counted by the migration runner; `{query}` shows those rows.
"""

from bdc.diagnostics.declared import Declared

CANNOT_PLAN = Declared("E501", "cannot-plan", "{object}: {why}", help="{instead}")

RENAMED_OR_REPLACED = Declared(
    "E502",
    "renamed-or-replaced",
    "was {kind} {old}{inside} renamed to {new}, or dropped?",
    help="write `@was({quoted})` on {new} if it was renamed, or `{dropped}` if it was dropped",
)

REMOVED_UNSAID = Declared(
    "E503",
    "removed-unsaid",
    "{kind} {object} was removed without `dropped`",
    help="write `@was({quoted})` on its new name, or `{dropped}` in its place, or put it back",
)
REMOVED_SQL = REMOVED_UNSAID.variant(
    "{kind} {name} was removed without `dropped`",
    help="write `{dropped}`, with `@discard` if its rows may be lost, or put it back",
)

REQUIRED_WITHOUT_VALUE = Declared(
    "E504",
    "required-without-value",
    "{object} is required, but existing rows have no value for it",
    help="give {column} a constant default, write `@backfill(…)` for existing rows, or make it optional",
)
REQUIRED_MEMBER_WITHOUT_VALUE = REQUIRED_WITHOUT_VALUE.variant(
    "{object} is required, but existing values do not have it",
    help="give {member} a constant default, write `@backfill(…)` for existing values, or make it optional",
)

EMPTY_WHERE_REQUIRED = Declared(
    "E505",
    "empty-where-required",
    "{rows} rows of {table} have no {column}, which becomes required",
    help="write `@backfill(…)` for these rows, give {column} a default, or leave it optional",
)
FILLED_WITH_NULL = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} would get no {column}, which is required",
    help="write another `@backfill(…)`, or leave it optional: {query}",
)
COMPUTED_AS_NULL = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} would get no {column}, which is required",
    help="leave it optional, or correct them: {query}",
)
EMPTY_IN_DOMAIN = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} have no value in {column}, which the domain {domain} requires",
    help="correct them first: {query}",
)

REPEATED = Declared(
    "E506",
    "repeated",
    "{rows} rows of {table} repeat a value of {index}, which is unique",
    help="merge or correct them first: {query}",
)
EXCLUDED = REPEATED.variant(
    "at least {rows} rows of {table} are excluded by others, by {constraint}",
    help="correct or remove them first: {query}",
)

ORPHANS = Declared(
    "E507",
    "orphans",
    "{rows} rows of {table} refer to rows of {target} that do not exist",
    help="remove or correct them first: {query}",
)
FILLED_WITH_ORPHANS = ORPHANS.variant(
    "{rows} rows of {table} would get a {column} that refers to no row of {target}",
    help="write another `@backfill(…)` for {column}, or add those rows to {target} first",
)

UNSATISFIED = Declared(
    "E508",
    "unsatisfied",
    "{rows} rows of {table} do not satisfy {constraint}",
    help="correct those rows first: {query}",
)
UNSATISFIED_DOMAIN = UNSATISFIED.variant(
    "{rows} rows of {table} do not satisfy the domain {domain} in {column}",
    help="correct them first: {query}",
)
IN_THE_DEFAULT_PARTITION = UNSATISFIED.variant(
    "{rows} rows of {table} belong to the new partition {partition}",
    help="move them away first: {query}",
)
NARROWER_VALUE = UNSATISFIED.variant(
    "{rows} rows of {table} hold a value whose {path} does not fit its new type",
    help="correct them first: {query}",
)

DOES_NOT_FIT = Declared(
    "E509",
    "does-not-fit",
    "{rows} rows of {table} hold a value in {column} that is not a valid {type}",
    help="correct them first ({query}), or write `@backfill(…)` for them",
)
OTHER_VALUE = DOES_NOT_FIT.variant(
    "{rows} rows of {table} hold a value whose {path} is not valid for its new type",
    help="correct them first: {query}",
)
EMPTY_MEMBER = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} hold a value without {path}, which becomes required",
    help="correct them first: {query}",
)

VALUE_STILL_HELD = Declared(
    "E510",
    "value-still-held",
    "{rows} rows of {table} hold a value in {column} that was removed",
    help="correct them first ({query}), or write what replaces the value",
)
MEMBER_STILL_HELD = VALUE_STILL_HELD.variant(
    "{rows} rows of {table} hold a value whose {path} is {values}, which was removed",
    help="correct them first: {query}",
)

DELETED_ROWS_REAPPEAR = Declared(
    "E511",
    "deleted-rows-reappear",
    "deleted rows of {object} would reappear: it no longer has `SoftDelete`",
    help="write `entity {entity} … @restore_deleted` to restore them, or keep `SoftDelete`",
)

STOPS_HALF_WAY = Declared(
    "E520",
    "stops-half-way",
    "{migration} stops at `{operation}` ({title}): {reason}",
    help="correct the specification here, or split the change into two migrations; `--no-prove` writes the migration as it is",
)
STOPS_FOR_ROWS = STOPS_HALF_WAY.variant(
    "{migration} stops at `{operation}` ({title}): {reason}",
    help="rows that the old schema allows stop it, since it runs on empty tables: write `@backfill(…)` for them, or make the "
    "condition as wide as it was; `--no-prove` writes the migration as it is",
)
DOES_NOT_ARRIVE = STOPS_HALF_WAY.variant(
    "{migration} does not reach its state: {reason}", help=STOPS_HALF_WAY.help
)
