"""Who is calling: claims, roles and the parameters by which the database is told."""

from collections.abc import Mapping
from typing import Any


class Actor:
    """A caller. `identity` holds one text per declared claim, in declared order: the first parameters of every statement.

    The anonymous actor has the role `anonymous` and the identity that equals no row's. `caller` names one of an identity beside the main one
    (`Device 7`), whose callers are told apart from those of the main one by it; '' for these.
    """

    __slots__ = ("anonymous", "caller", "claims", "identity", "roles")

    def __init__(
        self,
        claims: Mapping[str, Any],
        roles: frozenset[str],
        identity: tuple[str, ...],
        anonymous: bool = False,
        caller: str = "",
    ) -> None:
        self.claims = claims
        self.roles = roles
        self.identity = identity
        self.anonymous = anonymous
        self.caller = caller

    def counted(self, name: str) -> str:
        """Return what the calls of this caller are counted by, where they are counted by the claim `name`; '' where it has no such claim."""
        return self.caller if name == "id" and self.caller else self.claim(name)

    def claim(self, name: str) -> str:
        """Return a claim as text; '' when the caller does not have it."""
        value = self.claims.get(name)
        return "" if value is None else str(value)
