"""E5: changes that are not planned, and rows that a migration would not survive.

`{rows}` in the words of E505 to E510 is counted by the migration runner; `{query}` shows those rows.
"""

from bdc.diagnostics.declared import Declared

CANNOT_PLAN = Declared("E501", "cannot-plan", "{object}: {why}", help="{instead}")

RENAMED_OR_REPLACED = Declared(
    "E502",
    "renamed-or-replaced",
    "was {kind} {old}{inside} renamed to {new}, or dropped?",
    help="write `@was({quoted})` on {new} when it is the same, or `{dropped}` when it is not",
)

REMOVED_UNSAID = Declared(
    "E503",
    "removed-unsaid",
    "{kind} {object} was removed without `dropped`",
    help="write `@was({quoted})` on what it has become, or `{dropped}` where it stood, with what becomes of its data, or put it back",
)
REMOVED_SQL = REMOVED_UNSAID.variant(
    "{kind} {name} is gone, and nothing says that it may",
    help="write `{dropped}`, with `@discard` when its rows may be lost, or put it back",
)

REQUIRED_WITHOUT_VALUE = Declared(
    "E504",
    "required-without-value",
    "{object} is required, and rows that exist have nothing for it",
    help="give {column} a default, or say with `backfill` what those rows get, or make it optional",
)
REQUIRED_MEMBER_WITHOUT_VALUE = REQUIRED_WITHOUT_VALUE.variant(
    "{object} is required, and values that exist have nothing for it",
    help="give {member} a default, or write `@backfill(value)` for what existing values get, or make it optional",
)

EMPTY_WHERE_REQUIRED = Declared(
    "E505",
    "empty-where-required",
    "{rows} rows of {table} have no {column}, which becomes required",
    help="say with `backfill` what they get, give {column} a default, or leave it optional",
)
FILLED_WITH_NULL = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} would get no {column}, which is required",
    help="say another `backfill`, or leave it optional: {query}",
)
COMPUTED_AS_NULL = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} would get no {column}, which is required",
    help="leave it optional, or correct them: {query}",
)
EMPTY_IN_DOMAIN = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} have nothing for the domain {domain} in {column}",
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
    "{rows} rows of {table} refer to rows of {target} that are not there",
    help="remove or correct them first: {query}",
)
FILLED_WITH_ORPHANS = ORPHANS.variant(
    "{rows} rows of {table} would get a {column} that leads to no row of {target}",
    help="say another `backfill` for {column}, or add those rows to {target} first",
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
    "{rows} rows of {table} hold a value whose {path} does not fit what is written there from now on",
    help="correct them first: {query}",
)

DOES_NOT_FIT = Declared(
    "E509",
    "does-not-fit",
    "{rows} rows of {table} hold a value in {column} that {type} does not have",
    help="correct them first ({query}), or say with `backfill` what becomes of them",
)
OTHER_VALUE = DOES_NOT_FIT.variant(
    "{rows} rows of {table} hold a value whose {path} is not what is written there from now on",
    help="correct them first: {query}",
)
EMPTY_MEMBER = EMPTY_WHERE_REQUIRED.variant(
    "{rows} rows of {table} hold a value whose {path} is missing or null, and becomes required",
    help="correct them first: {query}",
)

VALUE_STILL_HELD = Declared(
    "E510",
    "value-still-held",
    "{rows} rows of {table} hold a {column} that is no longer a value",
    help="correct them first ({query}), or say what takes the place of the value",
)
MEMBER_STILL_HELD = VALUE_STILL_HELD.variant(
    "{rows} rows of {table} hold a value whose {path} is {values}, which is no longer a value",
    help="correct them first: {query}",
)

DELETED_ROWS_REAPPEAR = Declared(
    "E511",
    "deleted-rows-reappear",
    "{object} is without `SoftDelete`, and rows that were deleted would appear again",
    help="write `entity {entity} … @restore_deleted` if they may (remove those that may not first), or keep `SoftDelete`",
)

STOPS_HALF_WAY = Declared(
    "E520",
    "stops-half-way",
    "{migration} stops at `{operation}` ({title}): {reason}",
    help="write at this place what PostgreSQL accepts, or split the change into two migrations; `--no-prove` writes the migration as it is",
)
STOPS_FOR_ROWS = STOPS_HALF_WAY.variant(
    "{migration} stops at `{operation}` ({title}): {reason}",
    help="it runs on empty tables, so rows that the old schema allows stop it: say what they get (`@backfill(…)`), or make the "
    "condition as wide as it was; `--no-prove` writes the migration as it is",
)
DOES_NOT_ARRIVE = STOPS_HALF_WAY.variant(
    "{migration} does not do what it is for: {reason}", help=STOPS_HALF_WAY.help
)
