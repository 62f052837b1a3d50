"""Security schemes → the identity, roles, and which roles may call an operation."""

from dataclasses import dataclass, field

from bdc.importing.draft import Part, Unit
from bdc.importing.openapi.context import ImportContext, field_name
from bdc.importing.openapi.place import Place
from bdc.importing.text import quoted

_TOKENS = ("oauth2", "openIdConnect")


@dataclass(slots=True)
class Security:
    """`credentials`: what of `bearer` and `api_key` is taken; `caller`: the role of every caller with a credential; `scopes`: scope → role."""

    root: Place
    context: ImportContext
    credentials: dict[str, str] = field(default_factory=dict)
    header: str = "x-api-key"
    caller: str = "caller"
    scopes: dict[str, str] = field(default_factory=dict)
    schemes: dict[str, Place] = field(default_factory=dict)

    def read(self) -> None:
        """Read the schemes."""
        for name, place in (self.root / "components" / "securitySchemes").members():
            scheme, _ = place.followed()
            self.schemes[name] = scheme
            self._scheme(name, scheme)

    def _scheme(self, name: str, scheme: Place) -> None:
        kind, says = scheme.text("type"), [scheme.path, f"{scheme.path}/type"]
        leave = self.context.ledger.leave
        if kind == "http" and (scheme.text("scheme") or "").lower() == "bearer":
            self._take(name, "bearer", [*says, f"{scheme.path}/scheme", f"{scheme.path}/bearerFormat"])
        elif kind in _TOKENS:
            self._take(name, "bearer", says)
            leave(scheme.path, "tokens come from their issuer: JWT_ISSUER and JWKS_URL say which one it is")
        elif kind == "apiKey" and scheme.text("in") == "header" and self._is_authorization(scheme):
            self._take(name, "bearer", [*says, f"{scheme.path}/in"])
            leave(scheme.path, "a token in `Authorization` follows the word `Bearer`")
        elif (
            kind == "apiKey" and scheme.text("in") == "header" and "api_key" not in self.credentials.values()
        ):
            self.header = scheme.text("name") or self.header
            self._take(name, "api_key", [*says, f"{scheme.path}/in", f"{scheme.path}/name"])
        else:
            leave(scheme.path, "the language has tokens (`bearer`) and one key in a header (`api_key`)")

    def _is_authorization(self, scheme: Place) -> bool:
        return (scheme.text("name") or "").lower() == "authorization"

    def _take(self, name: str, credential: str, says: list[str]) -> None:
        self.credentials[name] = credential
        self.context.ledger.carry(says)

    def roles(self, operation: Place) -> tuple[list[str], tuple[str, ...]]:
        """Return the roles that may call an operation, and the path of what says so."""
        own = operation if operation.has("security") else self.root
        listed = (own / "security").value
        says = (f"{own.path}/security" if own.path else "security",) if own.has("security") else ()
        if not isinstance(listed, list) or not listed or any(each == {} for each in listed):
            return ["anonymous", self.caller], says
        found: list[str] = []
        for each in listed:
            found += self._alternative(each, says)
        return list(dict.fromkeys(found)) or [self.caller], says

    def _alternative(self, each: object, says: tuple[str, ...]) -> list[str]:
        if not isinstance(each, dict):
            return [self.caller]
        wanted = [str(scope) for scopes in each.values() if isinstance(scopes, list) for scope in scopes]
        roles = [self.scopes.setdefault(scope, self._role(scope)) for scope in wanted]
        if len(roles) > 1 or len(each) > 1:
            for path in says:
                self.context.ledger.leave(
                    path, "several scopes or credentials are required together: the policy names the first"
                )
        return roles[:1] or [self.caller]

    def _role(self, scope: str) -> str:
        taken = {*self.scopes.values(), self.caller, "anonymous"}
        name, number = field_name(scope), 2
        while name in taken:
            name, number = f"{field_name(scope)}{number}", number + 1
        return name

    def units(self, entity: str, audience: str) -> list[Unit]:
        """Return the identity and the roles. `entity`: of the callers; `audience`: of the tokens."""
        identity = Unit([Part(f"identity {entity}", needed=True)]).block()
        kinds = set(self.credentials.values()) or {"bearer"}
        if "bearer" in kinds:
            identity.put(
                Unit(
                    [
                        Part(
                            f'bearer jwt {{ issuer: env("JWT_ISSUER")  audience: {quoted(audience)}  jwks: env("JWKS_URL") }}',
                            needed=True,
                        )
                    ]
                )
            )
        if "api_key" in kinds:
            identity.put(Unit([Part(f"api_key header({quoted(self.header)})", needed=True)]))
        identity.put(Unit([Part('claim id: uuid = "sub"', needed=True)]))
        identity.put(Unit([Part('claim roles: string[] = "roles"', needed=True)]))
        roles = [Unit([Part(f"role {self.caller}", needed=True)])]
        for scope, role in self.scopes.items():
            roles.append(
                Unit([Part(f"role {role}", needed=True)], doc=(f"Tokens with the scope `{scope}`.",))
            )
        return [identity, *roles]

    def auth(self) -> str:
        return ", ".join(sorted(set(self.credentials.values()) or {"bearer"}, reverse=True))
