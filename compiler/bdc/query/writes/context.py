"""What every write of one system is compiled with: its policies, its identity, and whether policy is written into the SQL."""

from collections.abc import Iterable
from dataclasses import field, replace
from functools import cached_property

from sqlglot import exp

from bdc.ir import Claim, Entity, Expr, FieldRule, ReferenceField, SystemIR, Type
from bdc.ir.compiled import FunctionParameter, IdentityParameter, ParameterRole
from bdc.query.claims import find_claim, identity_parameters, known
from bdc.query.expressions import lower
from bdc.query.policy import Policies, RulePredicate
from bdc.query.relations import address_parts, deleted, key_parts, not_deleted, tenant_column
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import boolean, call, cast, equal, number, text, text_array
from bdc.query.types import sql_type
from bdc.query.writes.function_names import function_names
from bdc.query.writes.names import variable
from bdc.query.writes.plpgsql import Assign, Declared, Statement
from bdc.query.writes.signature import Signature, argument, claim
from bdc.source.records import dataclass
from bdc.surface.addresses import around


@dataclass(frozen=True)
class Context:
    """`inline`: conditions of policy stand in the statements. Without it they rely on row level security alone; either
    way both may be on, and both say the same. `restores`: the row of the function is one that is marked as deleted. `several`: its input
    holds many rows."""

    system: SystemIR
    policies: Policies
    inline: bool
    names: Names = field(default_factory=Names)
    role_tests: dict[tuple[str, ...], str] = field(default_factory=dict)
    restores: bool = False
    several: bool = False

    def fresh(self) -> "Context":
        """Return the context of another function: aliases are unique within one, and depend on nothing outside it."""
        return replace(self, names=Names(), role_tests={})

    @cached_property
    def identity(self) -> tuple[IdentityParameter, ...]:
        return identity_parameters(self.system)

    def function_name(self, entity: str | None, operation: str, part: str = "") -> str:
        """Return the name of the function that performs an operation; `part`: `begin` or `finish` of one with user code."""
        return function_names(self.system)[entity, operation, part]

    @property
    def scope(self) -> Scope:
        """A scope where the operation's parameters are arguments of the function."""
        return Scope(
            self.system,
            parameter=lambda name, _: variable(argument(name)),
            names=self.names,
            claim=_claim,
            role_test=self._role_test,
            own=self.policies.terms.own,
        )

    def _role_test(self, roles: Iterable[str]) -> exp.Expression:
        """Whether the caller carries one of these roles: asked once per call, kept in a variable."""
        asked = tuple(roles)
        name = self.role_tests.setdefault(asked, f"v_role_{len(self.role_tests) + 1}")
        return variable(name)

    def role_variables(self, signature: Signature) -> tuple[tuple[Declared, Statement], ...]:
        """Return the variables that role tests of this function are kept in, and how they are set."""
        held = call("string_to_array", signature.roles(), text(","))
        return tuple(
            (
                Declared(name, "boolean"),
                Assign(name, exp.ArrayOverlaps(this=held.copy(), expression=text_array(roles))),
            )
            for roles, name in self.role_tests.items()
        )

    def signature(self, *rest: FunctionParameter) -> Signature:
        return Signature(self.identity, self.system.identity, rest, self.system.sharded)

    def keys(self, entity: Entity) -> tuple[FunctionParameter, ...]:
        """Return the parameters that carry the key of a row."""
        table = self.system.table(entity.table)
        return tuple(
            FunctionParameter(part.member, sql_type(table.column(part.column).type), ParameterRole.KEY)
            for part in key_parts(entity)
        )

    def address(self, entity: Entity) -> tuple[FunctionParameter, ...]:
        """Return the parameters that carry what names a row in paths, and the rows that it stands under."""
        table = self.system.table(entity.table)
        return self.around(entity) + tuple(
            FunctionParameter(part.member, sql_type(table.column(part.column).type), ParameterRole.KEY)
            for part in address_parts(self.system, entity)
        )

    def around(self, entity: Entity) -> tuple[FunctionParameter, ...]:
        """Return the parameters that carry what names the rows which a row stands under in paths, outermost first."""
        found: list[FunctionParameter] = []
        for parent in reversed(around(self.system, entity)):
            table = self.system.table_of(parent.entity.name)
            for name, part in zip(parent.names, address_parts(self.system, parent.entity), strict=True):
                found.append(around_parameter(name, sql_type(table.column(part.column).type)))
        return tuple(found)

    def reference_type(self, reference: ReferenceField) -> Type:
        """Return the type of the column that carries a reference: that of the key it leads to."""
        target = dict(zip(reference.columns, reference.target_columns, strict=True))[reference.column]
        return self.system.table_of(reference.target).column(target).type

    def tenant(self) -> exp.Expression:
        """Return the tenant of the caller: the only one that new rows ever get."""
        identity = self.system.identity
        if identity is None or identity.tenant_claim is None:
            raise TypeError("rows with a tenant need an identity with a tenant claim")
        return _claim(self.system, identity.tenant_claim)

    def allowed(self, scope: Scope, entity: str, action: str) -> list[exp.Expression]:
        """Return the conditions of policy, none when row level security is to do it."""
        return [one_by_one(self.policies.allowed(scope, entity, action))] if self.inline else []

    def readable(self, row: Row) -> list[exp.Expression]:
        """Return the conditions under which a row exists for the caller. Of a table without readers, none does: the runtime
        may not even mention it."""
        if not self.policies.clauses.allow(row.entity.name, "read"):
            return [boolean(False)]
        return [*not_deleted(row), *self._seen(row)]

    def found(self, row: Row) -> list[exp.Expression]:
        """Return the conditions under which the row of the function exists for the caller: `readable`, but for one that is restored."""
        if not self.restores or not self.policies.clauses.allow(row.entity.name, "read"):
            return self.readable(row)
        return [*deleted(row), *self._seen(row)]

    def _seen(self, row: Row) -> list[exp.Expression]:
        scope = self.scope.at(row.entity.name, row.alias)
        return [*self._floor(row), *self.allowed(scope, row.entity.name, "read")]

    def _floor(self, row: Row) -> list[exp.Expression]:
        """The tenant, where no scope says it."""
        policy = self.system.policy(row.entity.name)
        column = tenant_column(self.system, row.entity)
        if not self.inline or row.entity.tenant is None or column is None or (policy and policy.scope):
            return []
        return [equal(row.column(column), self.tenant())]

    def rules(self, scope: Scope, entity: str, action: str) -> tuple[RulePredicate, ...]:
        return tuple(self.policies.rules(scope, entity, action)) if self.inline else ()

    def write_rules(self, entity: Entity, names: Iterable[str]) -> tuple[FieldRule, ...]:
        """Return the rules of the fields `names` that some callers may not write."""
        policy = self.system.policy(entity.name)
        given = set(names)
        if policy is None or not self.inline:
            return ()
        return tuple(rule for rule in policy.fields if rule.write is not None and rule.field in given)

    def value(self, expr: Expr, scope: Scope) -> exp.Expression:
        return lower(expr, scope)


def _claim(system: SystemIR, name: str, found: Claim | None = None) -> exp.Expression:
    """A claim is at hand as a parameter: a plan with a parameter knows more than one with a setting."""
    identity = system.identity
    if identity is not None and name == identity.roles_claim:
        return call("string_to_array", variable(claim(name)), text(","))
    found = found or find_claim(system, name)
    value, as_type = known(found, variable(claim(name))), sql_type(found.type)
    return value if as_type == "text" else cast(value, as_type)


def claim_or_null(system: SystemIR, name: str) -> exp.Expression:
    """Return a claim, null for a caller that does not have it: without a token, or of another identity."""
    identity = system.identity
    if identity is not None and name == identity.roles_claim:
        return _claim(system, name)
    return _claim(system, name, find_claim(system, name).model_copy(update={"nullable": True}))


def around_parameter(name: str, type_: str = "") -> FunctionParameter:
    """Return the parameter for a part of a path that names a row around: no key of the row itself is called so."""
    return FunctionParameter(f"__{name}", type_, ParameterRole.KEY)


def one_by_one(condition: exp.Expression) -> exp.Expression:
    """Keep the planner from turning EXISTS into a join. A write looks at few rows: what it asks of other tables is a look-up
    by key for each, never a hash of a whole table (which it would choose, taking a jsonb array for a hundred rows)."""
    for found in condition.find_all(exp.Exists):
        found.this.set("offset", exp.Offset(expression=number(0)))
    return condition
