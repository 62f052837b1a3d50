"""Functions of `app` that run with the rights of the owner: what they do is all that a role of the service may do to their tables."""

from collections.abc import Iterator
from typing import TypeAlias

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, Grant, Privilege, Statement
from bdc.schema.names import APP

# Name, parameters, signature, what it returns, language, volatility.
OwnerFunction: TypeAlias = tuple[str, str, str, str, str, str]
_SEARCH = "pg_catalog, public, pg_temp"


def owner_function(declared: OwnerFunction, body: str, role: str) -> Iterator[Statement]:
    """Yield the function, and the right of `role` to call it."""
    name, parameters, signature, returns, language, volatility = declared
    function = Name(name, APP)
    yield CreateFunction(
        function,
        body,
        parameters=parameters,
        returns=returns,
        language=language,
        definer=True,
        volatility=volatility,
        search_path=_SEARCH,
    )
    yield Grant((Privilege("execute"),), "function", function, (role,), signature=signature)
