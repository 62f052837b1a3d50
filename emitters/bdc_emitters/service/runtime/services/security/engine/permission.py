"""What roles an operation needs, as far as that can be said without looking at a row."""

from dataclasses import dataclass

from services.engine.problems import Problem
from services.security.engine.actor import Actor
from services.security.engine.claims import challenged


@dataclass(frozen=True, slots=True)
class Permission:
    """`roles`: claim roles of which one must be held. `by_row`: a rule by relation may allow it to anyone who is signed in,
    so that only the database can tell. `rule` and `because` are said when it is refused."""

    operation: str
    roles: frozenset[str]
    by_row: bool
    rule: str
    because: str

    def require(self, actor: Actor) -> None:
        """Raise `forbidden` (or `unauthenticated` without credentials) when no row could make this allowed."""
        if not self.roles.isdisjoint(actor.roles) or (self.by_row and not actor.anonymous):
            return
        if actor.anonymous:
            raise challenged()
        raise Problem(
            "forbidden",
            self.because,
            members={"rule": self.rule, "because": self.because, "operation": self.operation},
        )


def permission(
    operation: str, roles: tuple[str, ...], rule: str, because: str = "", *, by_row: bool = False
) -> Permission:
    """Return what `operation` needs; `because`: what the policy says of it, if it says anything."""
    return Permission(operation, frozenset(roles), by_row, rule, because or _reason(operation, roles))


def _reason(operation: str, roles: tuple[str, ...]) -> str:
    entity, _, name = operation.rpartition(".")
    what = f"`{name}` on {entity}" if entity else f"`{name}`"
    return f"{what} is for {' or '.join(roles)}." if roles else f"No role may do {what}."
