"""Who is calling: claims, roles and the parameters by which the database is told."""

from collections.abc import Mapping
from typing import Any


class Actor:
    """A caller. `identity` holds one text per declared claim, in declared order: the first parameters of every statement.

    The anonymous actor has the role `anonymous` and the identity that equals no row's.
    """

    __slots__ = ("anonymous", "claims", "identity", "roles")

    def __init__(
        self,
        claims: Mapping[str, Any],
        roles: frozenset[str],
        identity: tuple[str, ...],
        anonymous: bool = False,
    ) -> None:
        self.claims = claims
        self.roles = roles
        self.identity = identity
        self.anonymous = anonymous

    def claim(self, name: str) -> str:
        """Return a claim as text; '' when the caller does not have it."""
        value = self.claims.get(name)
        return "" if value is None else str(value)
