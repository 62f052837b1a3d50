"""E6: names that a target cannot have."""

from bdc.diagnostics.declared import Declared
from bdc.diagnostics.diagnostic import Severity

GRAPHQL_NAME_CLASH = Declared(
    "E601",
    "graphql-name-clash",
    "name conflict in GraphQL: {kind} `{name}`",
    label="{second.what}",
    also=(("first_span", "{first.what}"),),
    help="{help}",
)
HANDLER_FILE_CLASH = Declared(
    "E602",
    "handler-file-clash",
    "name conflict in Python: {kind} `{name}`",
    label="{second.what}",
    also=(("first_span", "{first.what}"),),
    help="{help}",
)
DATABASE_NAME_CLASH = Declared(
    "E603",
    "database-name-clash",
    "name conflict in PostgreSQL: {kind} `{name}`",
    label="{second.what}",
    also=(("first_span", "{first.what}"),),
    help="{help}",
)
NOTHING_TO_QUERY = Declared(
    "E604",
    "nothing-to-query",
    "GraphQL of `{api}` has nothing to query",
    label="no row of this api can be read",
    help="offer rows in it, `resource X {{ ops list, get }}`, or leave `graphql` out",
)

NOT_ON_CITUS = Declared(
    "E611",
    "not-on-citus",
    "`{subject}` does not fit on shards: {why}",
    help="{help}",
)
MISSING_FOR_PRODUCTION = Declared(
    "E610",
    "missing-for-production",
    "`deploy {deploy}` does not say {fact}",
    help="{help}",
    severity=Severity.WARNING,
)
