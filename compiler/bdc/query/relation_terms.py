"""Terms of a policy that look at other tables, as functions that see what the caller may not.

A role by relation (`customer.user == actor`) must give one answer to every caller, whatever row level security hides of
the other table, and two tables may refer to each other without their policies recursing. So such a term becomes a
SECURITY DEFINER function in schema `app`. Where it can, the function takes no row and returns the keys that satisfy the
term (`customer_id = any((select app.order_buyer()))`), so that it runs once and the index serves; otherwise it takes the
columns it needs.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from bdc.ir import (
    And,
    CollectionField,
    Entity,
    EntityType,
    Expr,
    Not,
    Or,
    Path,
    Quantifier,
    ReferenceField,
    Root,
    SystemIR,
)
from bdc.ir.compiled import HelperFunction
from bdc.policy.rebase import map_paths, paths
from bdc.query.claims import claim_setting
from bdc.query.expressions import lower
from bdc.query.names import plain, quote, table_of
from bdc.query.paths import lower_own
from bdc.query.relations import Joined, follow_collection, key_columns, not_deleted, tenant_column
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import (
    call,
    cast,
    conjunction,
    disjunction,
    equal,
    negation,
    print_sql,
    scalar_query,
    select,
)
from bdc.query.types import sql_type
from bdc.query.walks import keys_that_reach
from bdc.source.records import dataclass, replace

_ROW_ROOTS = (Root.ROW, Root.OLD, Root.NEW)


def row_paths(expr: Expr) -> list[Path]:
    return [path for path in paths(expr) if path.root in _ROW_ROOTS]


@dataclass(frozen=True, slots=True)
class _KeySet:
    """`column` of the row must be among `query`'s values."""

    root: Root
    column: str
    logical: str
    query: exp.Expression


@dataclass(frozen=True, slots=True)
class MadeFunction:
    """What `RelationTerms.function` was asked for, and the name that it gave."""

    asked: tuple[str, str, str, str]
    name: str


class RelationTerms:
    """Lowers conditions of policies, and collects the functions that they need."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        self._functions: dict[str, HelperFunction] = {}  # by text without the name
        self._names: set[str] = set()
        self._made: list[MadeFunction] = []

    @property
    def made(self) -> tuple["MadeFunction", ...]:
        """The functions in the order in which they were asked for first."""
        return tuple(self._made)

    def take(self, made: Iterable["MadeFunction"]) -> bool:
        """Add what another process has made. Return whether all of it has the same names here."""
        named = [(self.function(*each.asked), each.name) for each in made]
        return all(ours == theirs for ours, theirs in named)

    @property
    def functions(self) -> tuple[HelperFunction, ...]:
        return tuple(sorted(self._functions.values(), key=lambda function: function.name))

    def lower(self, expr: Expr, scope: Scope, label: str) -> exp.Expression:
        """Return the condition with every term that leaves its row replaced by a call. `label` names the functions."""
        match expr:
            case And(terms=terms):
                return conjunction(self.lower(term, scope, label) for term in terms)
            case Or(terms=terms):
                return disjunction(self.lower(term, scope, label) for term in terms)
            case Not(term=Quantifier() as term) if not _has_walk(term):
                return negation(self.lower(term, scope, label))
        scope = replace(scope, own=self.own)
        tree = lower(expr, scope)
        if tree.find(exp.From) is None:
            return tree
        if isinstance(expr, Not) and isinstance(expr.term, And | Or | Not):
            return self.lower(_inward(expr.term), scope, label)
        if scope.denying and expr.nullable:
            return self._by_columns(expr, scope, label)
        found = (
            self._by_walk(expr, scope) or self._by_reference(expr, scope) or self._by_collection(expr, scope)
        )
        return self._membership(found, scope, label) if found else self._by_columns(expr, scope, label)

    def _by_reference(self, expr: Expr, scope: Scope) -> _KeySet | None:
        """Every path leaves by one reference: the keys of the targets that satisfy the rest."""
        starts = {(path.root, path.steps[0]) if len(path.steps) > 1 else None for path in row_paths(expr)}
        if len(starts) != 1 or (start := next(iter(starts))) is None:
            return None
        root, step = start
        reference = self._row(root, scope).entity.field(step.field)
        if not isinstance(reference, ReferenceField):
            return None
        target = self._system.entity(reference.target)
        keys = key_columns(target)
        if len(keys) != 1 or keys[0] not in reference.target_columns:
            return None
        row = Row(target, "t")
        inner = self._inside(scope, row)
        where = [*self.tenant(row), *not_deleted(row), lower(_without_first_step(expr), inner)]
        query = select(row.column(keys[0]), [table_of(target, "t")], conjunction(where))
        column = reference.columns[reference.target_columns.index(keys[0])]
        return _KeySet(root, column, self.column_type(row, keys[0]), query)

    def _by_collection(self, expr: Expr, scope: Scope) -> _KeySet | None:
        """`exists x in collection` whose condition looks at nothing else of the row: the keys that such rows point at."""
        if not isinstance(expr, Quantifier) or expr.quantifier != "exists":
            return None
        first, *others = row_paths(expr) or (None,)
        if first is None or others or first != expr.collection or len(first.steps) != 1:
            return None
        owner = self._row(first.root, scope)
        keys = key_columns(owner.entity)
        field = owner.entity.field(first.steps[0].field)
        if len(keys) != 1 or not isinstance(field, CollectionField):
            return None
        outer = Row(owner.entity, "t")
        inner = self._inside(scope, outer)
        joined = follow_collection(self._system, outer, field, inner.names)
        body = lower(expr.where, inner.bind(expr.binding, joined.row))
        where = [*self.tenant(outer), *joined.conditions, body]
        sources = [table_of(owner.entity, "t"), *joined.sources]
        query = select(outer.column(keys[0]), sources, conjunction(where))
        query.set("distinct", exp.Distinct())
        return _KeySet(first.root, keys[0], self.column_type(outer, keys[0]), query)

    def _by_walk(self, expr: Expr, scope: Scope) -> _KeySet | None:
        """`exists x in ancestors(…)` whose condition looks at nothing of the row: the keys from which a walk reaches such rows, found
        by one walk from all of them the other way."""
        if not isinstance(expr, Quantifier) or expr.quantifier != "exists":
            return None
        path, step = expr.collection, expr.collection.walk
        if step is None or len(path.steps) > 2 or row_paths(expr) != [path]:
            return None
        start = self._row(path.root, scope)
        goal = Row(self._system.entity(step.entity or ""), "t")
        (key,) = key_columns(goal.entity)
        # A row that is written is not in its table yet, but what it refers to is.
        own = len(path.steps) == 1 and step.walk == "ancestors"
        down = len(path.steps) == 1 and not own
        column = key if down else _column_to(start.entity, path.steps[0].field, key)
        if column is None:
            return None
        inner = self._inside(scope, goal)
        asked = lower(expr.where, inner.bind(expr.binding, goal))
        where = (*self.tenant(goal), *not_deleted(goal), asked)
        found = Joined(goal, (table_of(goal.entity, "t"),), where)
        query = keys_that_reach(found, step, inner, from_next=own)
        return _KeySet(path.root, column, self.column_type(goal, key), query)

    def _membership(self, found: _KeySet, scope: Scope, label: str) -> exp.Expression:
        body = f"return array({print_sql(found.query)});"
        name = self.function(label, "", f"{found.logical}[]", body)
        keys = cast(exp.Subquery(this=select(call(name))), f"{found.logical}[]")
        return equal(self._row(found.root, scope).column(found.column), exp.Any(this=exp.Paren(this=keys)))

    def _by_columns(self, expr: Expr, scope: Scope, label: str) -> exp.Expression:
        """The general case: a function of the columns that the term reads."""
        rows = {root: self._row(root, scope) for root in sorted({path.root for path in row_paths(expr)})}
        inside = {root: Row(row.entity, f"«{root.value}»") for root, row in rows.items()}
        inner = replace(
            self._inside(scope, None),
            row=inside.get(Root.ROW),
            old=inside.get(Root.OLD),
            new=inside.get(Root.NEW),
        )
        tree = lower(expr, inner)
        parameters: dict[str, tuple[str, exp.Expression]] = {}
        for root, row in inside.items():
            for column in [each for each in tree.find_all(exp.Column) if each.table == row.alias]:
                name = f"{root.value}_{plain(column.name)}"
                parameters[name] = (self.column_type(row, column.name), rows[root].column(column.name))
                column.replace(exp.Column(this=exp.Identifier(this=name, quoted=False)))
        declared = ", ".join(f"{name} {logical}" for name, (logical, _) in parameters.items())
        name = self.function(label, declared, "boolean", f"return {print_sql(tree)};")
        found = call(name, *(value for _, value in parameters.values()))
        return found if parameters else scalar_query(found)

    def own(self, path: Path) -> exp.Expression:
        """Return a field of the caller's own row, which policy may hide from the caller: asked once per statement."""
        scope = self._inside(Scope(self._system), None)
        value = lower_own(path, scope, lower)
        words = "_".join(plain(step.field) for step in path.steps)
        name = self.function(f"actor_{words}", "", self._type_of(path), f"return {print_sql(value)};")
        return scalar_query(call(name))

    def _type_of(self, path: Path) -> str:
        """Return the SQL type of what a path ends in; of a row, that of its key."""
        if not isinstance(path.type, EntityType):
            return sql_type(path.type)
        target = self._system.entity(path.type.name)
        return self.column_type(Row(target, "t"), key_columns(target)[0])

    def _inside(self, scope: Scope, row: Row | None) -> Scope:
        """The scope of a function's body: its own aliases, claims from settings."""
        return Scope(scope.system, row=row, parameter=scope.parameter, claim=claim_setting, names=Names("k"))

    def _row(self, root: Root, scope: Scope) -> Row:
        row = {Root.ROW: scope.row, Root.OLD: scope.old, Root.NEW: scope.new}[root]
        if row is None:
            raise KeyError(f"no {root.value} row in reach")
        return row

    def tenant(self, row: Row) -> Iterator[exp.Expression]:
        """Yield that the row belongs to the caller's tenant; nothing where rows have none."""
        identity = self._system.identity
        column = tenant_column(self._system, row.entity)
        if identity and identity.tenant_claim and column:
            yield equal(row.column(column), claim_setting(self._system, identity.tenant_claim))

    def column_type(self, row: Row, column: str) -> str:
        """Return the SQL type of a column as functions take it."""
        found = self._system.table(row.entity.table).column(column)
        return "text" if found.encrypted else sql_type(found.type)

    def function(self, label: str, parameters: str, returns: str, body: str) -> str:
        """Return the name of a function with this body that sees every row; the same text gives the same function."""
        text = (
            f"({parameters}) returns {returns} language plpgsql stable parallel restricted security definer\n"
            f"set search_path = pg_catalog, public, pg_temp as $body$\n#variable_conflict use_variable\nbegin\n  {body}\nend $body$"
        )
        if (known := self._functions.get(text)) is None:
            name = self._unused(label)
            signature = ", ".join(part.split(" ", 1)[1] for part in parameters.split(", ") if part)
            known = HelperFunction(
                f"app.{quote(name)}", f"create or replace function app.{quote(name)}{text};", f"({signature})"
            )
            self._functions[text] = known
            self._made.append(MadeFunction((label, parameters, returns, body), known.name))
        return known.name

    def _unused(self, label: str) -> str:
        name, number = label[:55], 1
        while name in self._names:
            number += 1
            name = f"{label[:55]}_{number}"
        self._names.add(name)
        return name


def _has_walk(expr: Expr) -> bool:
    return any(path.walk is not None for path in paths(expr))


def _column_to(entity: Entity, field: str, key: str) -> str | None:
    """Return the column by which rows of `entity` refer to the key of another; None where they do not."""
    reference = entity.field(field)
    if not isinstance(reference, ReferenceField) or key not in reference.target_columns:
        return None
    return reference.columns[reference.target_columns.index(key)]


def _inward(term: And | Or | Not) -> Expr:
    """`not term`, with the negation moved inside: among keys, what is unknown counts as no, and must do so on both sides."""
    if isinstance(term, Not):
        return term.term
    negated = tuple(Not(type=each.type, term=each) for each in term.terms)
    return Or(type=term.type, terms=negated) if isinstance(term, And) else And(type=term.type, terms=negated)


def _without_first_step(expr: Expr) -> Expr:
    """Take the first step off every path that starts at the row: now the expression is about the target."""

    def shorter(path: Path) -> Path:
        if path.root not in _ROW_ROOTS:
            return path
        return path.model_copy(update={"root": Root.ROW, "steps": path.steps[1:]})

    return map_paths(expr, shorter)
