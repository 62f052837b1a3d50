"""What user code of operations and jobs finds in its context: a client of each service that it calls."""

from bdc.ir import ExternalCall
from bdc.naming.casing import snake
from bdc.naming.distinct import distinct
from bdc.naming.python import client_class, identifier

# What every context has already.
CONTEXT_NAMES = frozenset(
    [
        "actor",
        "cipher",
        "connection",
        "operation",
        "request_id",
        "fetch",
        "fetchrow",
        "execute",
        "encrypt",
        "decrypt",
        "elevated",
        "transaction",
    ]
)


def called_services(calls: tuple[ExternalCall, ...]) -> tuple[tuple[str, str], ...]:
    """Return what the context of user code calls each service that it calls, and its class."""
    named_ = dict.fromkeys(each.external for each in calls)
    names = distinct(((each, identifier(snake(each))) for each in named_), CONTEXT_NAMES)
    return tuple((names[each], client_class(each)) for each in named_)
