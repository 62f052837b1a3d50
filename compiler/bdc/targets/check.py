"""Every target in turn."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.ir import SystemIR
from bdc.model import Model
from bdc.targets.database import database_clashes
from bdc.targets.graphql import graphql_clashes
from bdc.targets.places import Places
from bdc.targets.python import handler_clashes
from bdc.targets.routes import route_clashes


def check_targets(model: Model, system: SystemIR) -> Iterator[Fact]:
    """Yield what a target cannot tell apart."""
    places = Places(model, system)
    yield from route_clashes(places, system)
    yield from graphql_clashes(places, system)
    yield from handler_clashes(places, system)
    yield from database_clashes(model, system)
