"""Who may call: security requirements, and a summary of the policy beside each operation."""

from collections.abc import Sequence
from typing import Any

from bdc.ir import Identity, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE
from bdc.policy.matrix import NO_ROLE, MatrixRow, Verdict, matrix_of
from bdc.surface import Endpoint
from bdc.surface.addresses import own_caller

BEARER, API_KEY = "bearer", "api_key"


class Access:
    """Reads the permission matrix for operations."""

    def __init__(self, system: SystemIR) -> None:
        self._matrix = matrix_of(system)
        self._system = system

    def schemes(self) -> dict[str, Any]:
        """Return the security schemes that some api uses."""
        identity = self._system.identity
        used = {kind for api in self._system.apis for kind in api.auth}
        found: dict[str, Any] = {}
        if "bearer" in used:
            text = "A JSON Web Token in `Authorization: Bearer …`."
            found[BEARER] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": text}
        if "api_key" in used and identity and identity.key_header:
            text = "A key that was shown once when it was made."
            found[API_KEY] = {
                "type": "apiKey",
                "in": "header",
                "name": identity.key_header,
                "description": text,
            }
        return found

    def default(self) -> list[dict[str, list[str]]]:
        """Return what holds where an operation says nothing: every one does, so this is for readers of the whole."""
        return [{name: []} for name in self.schemes()]

    def anonymous(self, endpoint: Endpoint) -> bool:
        """Whether a request without a token is answered with more than a 401."""
        return not _is_of_caller(endpoint) and self._matrix.anonymous_may(
            self._entity(endpoint), endpoint.action
        )

    def security(self, endpoint: Endpoint) -> list[dict[str, list[str]]]:
        known = self.schemes()
        shown = [name for name in endpoint.api.auth if name in known]
        wanted: list[dict[str, list[str]]] = [{name: []} for name in self._of_callers(endpoint, shown)]
        return [*wanted, {}] if self.anonymous(endpoint) or not wanted else wanted

    def _of_callers(self, endpoint: Endpoint, shown: Sequence[str]) -> Sequence[str]:
        """Return those of the schemes `shown` that some caller has whom the policy may allow the operation: callers of several identities
        show different ones. All of them where there is one identity, or no such caller."""
        identity = self._system.identity
        if identity is None or not identity.others:
            return shown
        roles = self._matrix.callers(self._entity(endpoint), endpoint.action)
        held = {self._holders(role) for role in roles if role != ANONYMOUS_ROLE}
        if endpoint.single and endpoint.resource is not None:
            held &= {own_caller(self._system, endpoint.resource)}
        return [name for name in shown if name in self._shown_by(identity, held)] or shown

    def _holders(self, role: str) -> str:
        """Return the entity of the callers that have a role, or none at all."""
        identity = self._system.identity
        assert identity is not None
        other = identity.of_role(role)
        return other.entity if other is not None else "" if role == NO_ROLE else identity.entity

    @staticmethod
    def _shown_by(identity: Identity, held: set[str]) -> set[str]:
        if "" in held:
            return {BEARER, API_KEY}
        of_main = {BEARER, *((API_KEY,) if identity.api_key_header is not None else ())}
        return {name for entity in held for name in (of_main if entity == identity.entity else (API_KEY,))}

    def policy(self, endpoint: Endpoint) -> dict[str, Any]:
        """Return `x-bdc-policy`: role → `always` or the condition; roles that never may are left out."""
        rows = self._matrix.of(self._entity(endpoint), endpoint.action)
        allowed = {row.role: _may(row) for row in rows if row.verdict is not Verdict.NEVER}
        made: dict[str, Any] = {"action": endpoint.action, "allowed": allowed}
        scope = next((row.scope for row in rows if row.scope), "")
        if scope:
            made["scope"] = scope
        return made

    def may_write_unseen(self, endpoint: Endpoint) -> bool:
        """Whether somebody may write a row that he may not read afterwards: the answer is then empty."""
        return self._matrix.may_write_unseen(self._entity(endpoint), endpoint.action)

    def _entity(self, endpoint: Endpoint) -> str | None:
        return endpoint.entity.name if endpoint.entity else None


def _may(row: MatrixRow) -> str:
    return "always" if row.verdict is Verdict.ALWAYS else f"when {row.condition}"


def _is_of_caller(endpoint: Endpoint) -> bool:
    """Whether an answer follows from the caller, so that there is none without."""
    return endpoint.single or (endpoint.own is not None and endpoint.own.of_caller)
