"""The typed expression tree. Every node knows its type and whether it can be null.

Comparisons between entities (`customer.user == actor`) stay comparisons of two paths of `EntityType`; who lowers them
compares their keys. Policy conditions are two-valued: who lowers them turns unknown into deny.
"""

import json
from enum import StrEnum
from typing import Annotated, Any, get_args
from typing import Literal as Kind

from pydantic import Field

from bdc.ir.base import Node
from bdc.ir.types import Scalar, StructType, Type


class _Typed(Node):
    type: Type
    nullable: bool = False


class Literal(_Typed):
    """A constant. Decimals, uuids, dates, durations are in their canonical text form; an enum value is its name;
    `null` is `value=None` with `nullable=True`; structs and `json` are JSON text."""

    kind: Kind["literal"] = "literal"
    value: str | int | float | bool | None

    @property
    def plain(self) -> Any:
        """The value as JSON has it: that of a struct or of `json`, which is kept as text, is read."""
        is_json = isinstance(self.type, StructType) or getattr(self.type, "scalar", None) is Scalar.JSON
        return json.loads(self.value) if is_json and isinstance(self.value, str) else self.value


class ListLiteral(_Typed):
    kind: Kind["list"] = "list"
    items: tuple["Expr", ...]


class Root(StrEnum):
    """Where a path starts."""

    ROW = "row"  # the row the expression is about
    OLD = "old"  # update rules: before
    NEW = "new"  # update rules: after
    ACTOR = "actor"  # who calls; steps are then empty (the identity entity's row) or one claim
    BINDING = "binding"  # a name bound by a quantifier or an aggregate
    PARAM = "param"  # a parameter of the operation
    SCENARIO = "scenario"  # a name given in a scenario or a seed


Walk = Kind["ancestors", "descendants"]
LAST_RUN = "last_run"
"""The function that tells what has become of the newest run of a job about a row."""
WALK_DEPTH = 64
"""How far a walk through a tree goes where nothing is said."""


class PathStep(Node):
    """One field of `entity` (None: a claim of the actor, or a member of a struct). `walk`: the field is a reference of the entity
    to itself, followed again and again, up or down, at most `depth` times; only the last step of a collection is one."""

    entity: str | None
    field: str
    walk: Walk | None = None
    depth: int = 0


class Path(_Typed):
    """`customer.user` is Path(root=row, steps=(Order.customer, Customer.user)). `name` is the binding, parameter or
    scenario name where the root has one."""

    kind: Kind["path"] = "path"
    root: Root
    name: str | None = None
    steps: tuple[PathStep, ...] = ()

    @property
    def walk(self) -> PathStep | None:
        """The step that goes through a tree; None where the path is no such collection."""
        return self.steps[-1] if self.steps and self.steps[-1].walk is not None else None


class Compare(_Typed):
    kind: Kind["compare"] = "compare"
    op: Kind["==", "!=", "<", "<=", ">", ">="]
    left: "Expr"
    right: "Expr"


class Arithmetic(_Typed):
    kind: Kind["arithmetic"] = "arithmetic"
    op: Kind["+", "-", "*", "/"]
    left: "Expr"
    right: "Expr"


class And(_Typed):
    kind: Kind["and"] = "and"
    terms: tuple["Expr", ...]


class Or(_Typed):
    kind: Kind["or"] = "or"
    terms: tuple["Expr", ...]


class Not(_Typed):
    kind: Kind["not"] = "not"
    term: "Expr"


class InList(_Typed):
    """`value in [a, b]`, and `value in path` where the path is an array (`items` is then that one path of ArrayType)."""

    kind: Kind["in"] = "in"
    value: "Expr"
    items: "Expr"


class IsNull(_Typed):
    """`x == null` (negated: `x != null`)."""

    kind: Kind["is_null"] = "is_null"
    value: "Expr"
    negated: bool = False


class If(_Typed):
    kind: Kind["if"] = "if"
    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"


class Call(_Typed):
    """A function of the library: now, today, lower, upper, trim, length, coalesce, date_trunc, uuid7, uuid4, env, abs, round,
    floor, ceil, greatest, least, replace, substring, slugify, concat, day_of, date_part, starts_with, ends_with, contains; `last_run`
    of a job, an argument of it, and the row that this argument is."""

    kind: Kind["call"] = "call"
    function: str
    arguments: tuple["Expr", ...] = ()


class SqlText(_Typed):
    """`sql("…")`: what PostgreSQL alone evaluates (a column default, a check, a key of an index), as it was written."""

    kind: Kind["sql"] = "sql"
    sql: str


class Aggregate(_Typed):
    """`sum(i in items where (…), i.quantity * i.unit_price)`. `count` has no value. Over nothing, sum and count are 0.
    `list`: the values of all rows, in their order; those that are null are left out."""

    kind: Kind["aggregate"] = "aggregate"
    function: Kind["count", "sum", "min", "max", "avg", "list"]
    binding: str
    collection: Path
    value: "Expr | None" = None
    where: "Expr | None" = None


class Quantifier(_Typed):
    kind: Kind["quantifier"] = "quantifier"
    quantifier: Kind["exists", "every"]
    binding: str
    collection: Path
    where: "Expr"


Expr = Annotated[
    Literal
    | ListLiteral
    | Path
    | Compare
    | Arithmetic
    | And
    | Or
    | Not
    | InList
    | IsNull
    | If
    | Call
    | SqlText
    | Aggregate
    | Quantifier,
    Field(discriminator="kind"),
]

# Every kind of expression.
EXPRESSIONS: tuple[type[Node], ...] = get_args(get_args(Expr)[0])


def variable_of(expr: "Expr | None") -> str:
    """Return the name of the variable that `env("NAME")` reads; '' for anything else."""
    name = expr.arguments[0] if isinstance(expr, Call) and expr.function == "env" and expr.arguments else None
    return str(name.value) if isinstance(name, Literal) else ""
