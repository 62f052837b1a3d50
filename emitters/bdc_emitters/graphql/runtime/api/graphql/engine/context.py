"""What resolvers know of the request: `info.context`."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.engine.http.request import Request
from api.graphql.engine.collect import Fragments
from api.graphql.engine.literals import Variables
from api.graphql.engine.loaders import Loaders
from api.graphql.engine.tables import Tables
from services.data.engine.database import Source
from services.engine.container import Services
from services.security.engine.actor import Actor


@dataclass(slots=True)
class Context:
    """The caller, the variables and the request. `loaders` batch what rows of one level ask for."""

    services: Services
    actor: Actor
    request_id: str
    fragments: Fragments
    variables: Variables
    request: Request
    tables: Tables
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(self.services, self.actor, self.request_id, self.source, self.tables)

    @property
    def source(self) -> Source:
        """What answers where a replica may."""
        return self.request.source(self.actor)
