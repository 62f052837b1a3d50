"""Parameters of a function: the caller, the row, the values. And what every function does first: bind the caller."""

from collections.abc import Iterable
from hashlib import sha256

from sqlglot import exp

from bdc.ir import Identity, Scalar, ScalarType, Type
from bdc.ir.compiled import ANONYMOUS_ROLE, FunctionParameter, IdentityParameter, ParameterRole
from bdc.naming.sql import fitted
from bdc.query.names import column
from bdc.query.trees import boolean, call, disjunction, equal, text
from bdc.query.types import parameter
from bdc.query.writes.names import RELEASE, variable
from bdc.query.writes.plpgsql import Assign, Declared, Statement
from bdc.source.records import dataclass

OUTPUTS = (Declared("status", "integer"), Declared("etag", "text"), Declared("body", "text"))
BOUND = "v_bound"
_PREFIXES = {
    ParameterRole.IDENTITY: "p_actor_",
    ParameterRole.KEY: "p_key_",
    ParameterRole.ARGUMENT: "p_argument_",
}


_REQUEST = "request_id"
_PLAIN = (Scalar.UUID, Scalar.INT, Scalar.BIGINT, Scalar.BOOL)


@dataclass(frozen=True, slots=True)
class Signature:
    """The caller (`identity`, one parameter each) and the parameters that follow. `owner` is the specification's identity. `sharded`:
    the tenant has its own type, by which Citus finds the server to run the function on."""

    identity: tuple[IdentityParameter, ...]
    owner: Identity | None
    rest: tuple[FunctionParameter, ...]
    sharded: bool = False

    @property
    def parameters(self) -> tuple[FunctionParameter, ...]:
        first = tuple(
            FunctionParameter(item.name, self._carried(item), ParameterRole.IDENTITY)
            for item in self.identity
        )
        return (*first, *self.rest)

    def _carried(self, item: IdentityParameter) -> str:
        """A claim travels as text; drivers take the text of a uuid for one."""
        tenant = self.owner.tenant_claim if self.owner is not None else None
        if not self.sharded or self.owner is None or item.claim is None or item.claim != tenant:
            return "text"
        found = next(claim for claim in self.owner.claims if claim.name == tenant)
        return "uuid" if found.type == ScalarType(scalar=Scalar.UUID) else "text"

    def declared(self) -> tuple[Declared, ...]:
        return tuple(Declared(sql_name(item), item.sql_type) for item in self.parameters)

    def call(self, name: str, outputs: Iterable[Declared]) -> str:
        """Return the text that calls function `name`: `select status, etag, body from «release».order_create($1, $2)`."""
        numbers = ", ".join(_passed(index, item) for index, item in enumerate(self.parameters, 1))
        return f"select {', '.join(item.name for item in outputs)} from {RELEASE}.{name}({numbers})"

    def bind(self, operation: str) -> Statement:
        """Bind the caller and the operation for the transaction, as one simple expression: no query is planned or run."""
        settings = [
            (item.setting, variable(sql_name(p)))
            for item, p in zip(self.identity, self.parameters, strict=False)
        ]
        settings.append(("app.operation", text(operation)))
        calls = [call("set_config", text(name), value, boolean(True)) for name, value in settings]
        return Assign(BOUND, call("concat", *calls))

    def scope(self) -> exp.Expression:
        """Whose idempotency keys these are: the actor's, within a tenant. Row level security asks for the same text."""
        values = [self._claim(name) for name in self._scoped()]
        return call("concat_ws", text("/"), *(value for value in values if value is not None))

    def scoped_key(self, key: exp.Expression) -> exp.Expression:
        """Return the key as it is kept. Where both parts of the scope are texts, `a` of `b/c` and `a/b` of `c` have one scope:
        the length of the first part, before the key, says which it is. Other scopes are read in one way only."""
        claims = {claim.name: claim.type for claim in self.owner.claims} if self.owner else {}
        free = [name for name in self._scoped() if _may_hold_a_slash(claims.get(name))]
        found = (self._claim(name) for name in (self.owner.keys if self.owner else ()))
        actors = [each for each in found if each is not None]
        if len(free) < 2 or not actors:
            return key
        lengths = (part for each in actors for part in (call("char_length", each), text("/")))
        return call("concat", *lengths, key)

    def _scoped(self) -> list[str]:
        if self.owner is None:
            return ["id"]
        return [name for name in (*self.owner.keys, self.owner.tenant_claim) if name]

    def tenant(self) -> exp.Expression:
        """Return the caller's tenant as text; null where there are no tenants."""
        name = self.owner.tenant_claim if self.owner else None
        return (self._claim(name) if name else None) or exp.Null()

    def roles(self) -> exp.Expression:
        """Return the caller's claim roles, comma-joined; where callers have none, all are anonymous."""
        name = self.owner.roles_claim if self.owner else None
        return (self._claim(name) if name else None) or text(ANONYMOUS_ROLE)

    def is_known(self) -> exp.Expression:
        """Whether the caller has an identity: anonymous callers share one."""
        keys = self.owner.keys if self.owner else ("id",)
        known = [
            exp.NEQ(this=variable(sql_name(given)), expression=text(item.anonymous))
            for item, given in zip(self.identity, self.parameters, strict=False)
            if item.claim in keys
        ]
        return disjunction(known) if known else boolean(False)

    def _claim(self, claim: str) -> exp.Expression | None:
        for item, given in zip(self.identity, self.parameters, strict=False):
            if item.claim == claim:
                return variable(sql_name(given))
        return None


def _passed(number: int, item: FunctionParameter) -> str:
    """Return a parameter as the call passes it: its type is the function's, but for those that travel as text."""
    passed = parameter(f"${number}", item.sql_type)
    return passed if passed.count("::") > 1 else f"${number}"


def _may_hold_a_slash(type_: Type | None) -> bool:
    return not (isinstance(type_, ScalarType) and type_.scalar in _PLAIN)


def sql_name(item: FunctionParameter) -> str:
    """Return the name of a parameter inside its function: `p_key_id`, `p_argument_reason`, `p_input`."""
    if item.role is ParameterRole.IDENTITY and item.name == _REQUEST:
        return f"p_{_REQUEST}"
    return _prefixed(_PREFIXES.get(item.role, "p_"), item.name)


def key_condition(
    keys: Iterable[FunctionParameter], columns: Iterable[str], alias: str
) -> list[exp.Expression]:
    """Return `alias.column = parameter` for every part of the key."""
    found = zip(keys, columns, strict=True)
    return [equal(column(alias, name), variable(sql_name(key))) for key, name in found]


def claim(name: str) -> str:
    """Return the name of the parameter that carries a claim of the caller."""
    return _prefixed(_PREFIXES[ParameterRole.IDENTITY], name)


def argument(name: str) -> str:
    """Return the name of an argument of the operation inside its function."""
    return _prefixed(_PREFIXES[ParameterRole.ARGUMENT], name)


def _prefixed(prefix: str, name: str) -> str:
    """PostgreSQL reads a bare name in lower case: two names that differ only there are told apart by a digest."""
    lower = name.lower()
    digest = "" if lower == name else "_" + sha256(name.encode()).hexdigest()[:8]
    return fitted(f"{prefix}{lower}{digest}")
