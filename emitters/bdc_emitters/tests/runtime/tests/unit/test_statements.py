"""The statements of the service: parameterised, and bound to the caller. `python -m api.statement` shows them."""

from api.engine.statement import statements
from api.routes import ROUTES
from services.data.statements import FRAGMENTS

# A caller without a role, and one with all of them.
SEEN = (frozenset[str](), FRAGMENTS.roles)


def test_every_statement_binds_the_caller_and_takes_parameters() -> None:
    found = [
        (route.name, text) for route in ROUTES for roles in SEEN for text in statements(route, roles=roles)
    ]
    assert found
    for name, text in found:
        assert "$1" in text, name
        assert "set_config" in text or "api_" in text, name
