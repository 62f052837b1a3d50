"""Words that are no names in a specification."""

# What expressions read, the constants, and what an enum keeps for values that have gone.
NO_NAMES = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "where",
        "if",
        "then",
        "else",
        "exists",
        "every",
        "true",
        "false",
        "null",
        "dropped",
    ]
)
