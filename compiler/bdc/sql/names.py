"""Which names of a statement mean nothing, as far as that can be told without a server.

What comes in: a tree and a `Catalog`. What goes out: problems with the place of the name. What is not understood (a function in
FROM, a name of another schema, a construct that is not listed here) refutes nothing: PostgreSQL decides there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from bdc.source.records import dataclass
from bdc.sql.catalog import Catalog, Columns, Item, Scope, builtin
from bdc.sql.tree import Node, children, nodes_in

_QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


@dataclass(frozen=True, slots=True)
class UnknownName:
    """`name` at offset `at` is no relation, column or function; `candidates` are what it could have been."""

    kind: Literal["table", "column", "function"]
    name: str
    at: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bodies:
    """What WITH makes: name → columns."""

    known: Mapping[str, Columns] = field(default_factory=dict)


class Resolver:
    """Collects the unknown names of one text in `problems`."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.problems: list[UnknownName] = []

    def statement(self, node: Node, scope: Scope | None = None) -> Columns:
        """Look at a query and return the columns of its rows."""
        return self._query(node, scope or Scope(), _Bodies())

    def expression(self, node: Node, scope: Scope) -> None:
        """Look at an expression over what `scope` has."""
        self._expr(node, scope, _Bodies())

    def _query(self, node: Node, outer: Scope, bodies: _Bodies) -> Columns:
        bodies = self._with(node, outer, bodies)
        match node.kind:
            case "SelectStmt":
                return self._select(node, outer, bodies)
            case "InsertStmt":
                return self._insert(node, outer, bodies)
            case "UpdateStmt" | "DeleteStmt":
                return self._change(node, outer, bodies)
        self._rest(node, Scope(outer=outer, open=True), bodies)
        return None

    def _with(self, node: Node, outer: Scope, bodies: _Bodies) -> _Bodies:
        clause = node.node("with_clause")
        if clause is None:
            return bodies
        known = dict(bodies.known)
        if clause.get("recursive"):
            known |= {each.text("ctename"): None for each in clause.nodes("ctes")}
        for each in clause.nodes("ctes"):
            query = each.node("ctequery")
            columns = self._query(query, outer, _Bodies(known)) if query is not None else None
            named = each.strings("aliascolnames")
            extra = each.get("search_clause") or each.get("cycle_clause")
            known[each.text("ctename")] = None if extra else _renamed(columns, named, query)
        return _Bodies(known)

    def _select(self, node: Node, outer: Scope, bodies: _Bodies) -> Columns:
        left, right = node.node("larg"), node.node("rarg")
        if left is not None and right is not None:
            columns = self._query(left, outer, bodies)
            self._query(right, outer, bodies)
            return columns
        scope = self._from(node.nodes("from_clause"), outer, bodies)
        names = _output(node.nodes("target_list"), scope)
        later = Scope(
            scope.items, scope.outer, scope.bare | (names or frozenset()), scope.open or names is None
        )
        for name, value in node.fields.items():
            if name in ("with_clause", "from_clause"):
                continue
            over = later if name in ("sort_clause", "group_clause", "distinct_clause") else scope
            for each in nodes_in(value):
                self._expr(each, over, bodies)
        return names if not node.get("values_lists") else None

    def _insert(self, node: Node, outer: Scope, bodies: _Bodies) -> Columns:
        target = self._relation(node.node("relation"), bodies, written=True)
        for column in node.nodes("cols"):
            self._column_of(target, column.text("name"), column.at)
        source = node.node("select_stmt")
        if source is not None:
            self._query(source, outer, bodies)
        scope = Scope((target, Item("excluded", target.columns)), outer)
        conflict = node.node("on_conflict_clause")
        if conflict is not None:
            self._set(conflict.nodes("target_list"), target, scope, bodies)
            self._rest_of(conflict, ("target_list",), scope, bodies)
        return self._returning(node, Scope((target,), outer), bodies)

    def _change(self, node: Node, outer: Scope, bodies: _Bodies) -> Columns:
        target = self._relation(node.node("relation"), bodies, written=True)
        others = self._from((*node.nodes("from_clause"), *node.nodes("using_clause")), outer, bodies)
        scope = Scope((target, *others.items), outer, open=others.open)
        self._set(node.nodes("target_list"), target, scope, bodies)
        where = node.node("where_clause")
        if where is not None:
            self._expr(where, scope, bodies)
        return self._returning(node, scope, bodies)

    def _set(self, targets: Iterable[Node], item: Item, scope: Scope, bodies: _Bodies) -> None:
        for each in targets:
            self._column_of(item, each.text("name"), each.at)
            value = each.node("val")
            if value is not None:
                self._expr(value, scope, bodies)

    def _returning(self, node: Node, scope: Scope, bodies: _Bodies) -> Columns:
        clause = node.node("returning_clause")
        if clause is None:
            return frozenset()
        target = scope.items[0]
        names = {option.text("value") for option in clause.nodes("options")} | {"old", "new"}
        rows = tuple(Item(name, target.columns) for name in names)
        wide = Scope((*scope.items, *rows), scope.outer, scope.bare, scope.open)
        for each in clause.nodes("exprs"):
            self._expr(each, wide, bodies)
        return _output(clause.nodes("exprs"), scope)

    def _from(self, nodes: Iterable[Node], outer: Scope, bodies: _Bodies) -> Scope:
        scope = Scope((), outer)
        for node in nodes:
            more = self._from_item(node, scope, bodies)
            scope = Scope((*scope.items, *more.items), outer, open=scope.open or more.open)
        return scope

    def _from_item(self, node: Node, before: Scope, bodies: _Bodies) -> Scope:
        match node.kind:
            case "RangeVar":
                return Scope((self._relation(node, bodies),))
            case "RangeSubselect":
                query = node.node("subquery")
                columns = self._query(query, before, bodies) if query is not None else None
                return Scope((_aliased(node, "", columns, query),))
            case "JoinExpr":
                return self._join(node, before, bodies)
            case "RangeTableSample":
                inner = node.node("relation")
                return self._from_item(inner, before, bodies) if inner is not None else Scope(open=True)
        self._rest(node, before, bodies)
        alias = node.node("alias")
        return Scope((Item(alias.text("aliasname") if alias else "", None),), open=True)

    def _join(self, node: Node, before: Scope, bodies: _Bodies) -> Scope:
        left, right = node.node("larg"), node.node("rarg")
        if left is None or right is None:
            return Scope(open=True)
        first = self._from_item(left, before, bodies)
        both = Scope((*before.items, *first.items), before.outer, open=before.open or first.open)
        second = self._from_item(right, both, bodies)
        joined = Scope((*first.items, *second.items), before.outer, open=first.open or second.open)
        condition = node.node("quals")
        if condition is not None:
            over = Scope((*before.items, *joined.items), before.outer, open=joined.open or before.open)
            self._expr(condition, over, bodies)
        alias, using = node.node("alias"), node.node("join_using_alias")
        if using is not None:
            joined = Scope(
                (*joined.items, Item(using.text("aliasname"), None)), joined.outer, open=joined.open
            )
        return joined if alias is None else Scope((Item(alias.text("aliasname"), None),))

    def _relation(self, node: Node | None, bodies: _Bodies, *, written: bool = False) -> Item:
        if node is None:
            return Item("", None)
        schema, name = node.text("schemaname"), node.text("relname")
        if not schema and not written and name in bodies.known:
            return _aliased(node, name, bodies.known[name], None)
        known, columns = self.catalog.relation(schema, name)
        if not known:
            candidates = (*bodies.known, *self.catalog.names())
            self.problems.append(UnknownName("table", name, node.at, candidates))
        return _aliased(node, name, columns, None)

    def relation(self, node: Node) -> Item:
        """Look at the name of a table and return it with its columns."""
        return self._relation(node, _Bodies())

    def _column_of(self, item: Item, name: str, at: int) -> None:
        if item.columns is not None and name and name not in item.columns:
            self.problems.append(UnknownName("column", name, at, tuple(sorted(item.columns))))

    def _expr(self, node: Node, scope: Scope, bodies: _Bodies) -> None:
        match node.kind:
            case "ColumnRef":
                self._column(node, scope)
            case "FuncCall":
                self._call(node, scope)
                self._rest(node, scope, bodies)
            case "TypeName":
                return
            case kind if kind in _QUERIES:
                self._query(node, scope, bodies)
            case _:
                self._rest(node, scope, bodies)

    def _rest(self, node: Node, scope: Scope, bodies: _Bodies) -> None:
        for child in children(node):
            self._expr(child, scope, bodies)

    def _rest_of(self, node: Node, without: tuple[str, ...], scope: Scope, bodies: _Bodies) -> None:
        for name, value in node.fields.items():
            if name not in without:
                for each in nodes_in(value):
                    self._expr(each, scope, bodies)

    def _column(self, node: Node, scope: Scope) -> None:
        parts = node.items("fields")
        if not all(isinstance(part, str) for part in parts) or len(parts) > 2:
            return
        if len(parts) == 1:
            if not scope.is_open() and not scope.has(parts[0]):
                self.problems.append(UnknownName("column", parts[0], node.at, scope.columns()))
            return
        item = scope.item(parts[0])
        if item is None:
            if not scope.is_open() and parts[0] not in self.catalog.functions:
                aliases = tuple(each.name for part in scope.chain() for each in part.items)
                self.problems.append(UnknownName("table", parts[0], node.at, aliases))
        elif item.columns is not None and not Scope((item,)).has(parts[1]) and not self._called(parts[1]):
            at = node.at + len(parts[0]) + 1
            self.problems.append(UnknownName("column", parts[1], at, tuple(sorted(item.columns))))

    def _called(self, name: str) -> bool:
        """Whether `row.name` may be a call `name(row)`."""
        return self.catalog.open or name in self.catalog.functions

    def _call(self, node: Node, scope: Scope) -> None:
        *schema, name = node.strings("funcname") or ("",)
        if len(schema) > 1 or self.catalog.has_function(schema[0] if schema else "", name):
            return
        # `column(row)` is `row.column`.
        if len(node.nodes("args")) == 1 and (scope.is_open() or name in scope.columns()):
            return
        candidates = (*self.catalog.functions, *builtin())
        self.problems.append(UnknownName("function", name, node.at, candidates))


def _aliased(node: Node, name: str, columns: Columns, query: Node | None) -> Item:
    alias = node.node("alias")
    if alias is None:
        return Item(name, columns)
    return Item(alias.text("aliasname"), _renamed(columns, alias.strings("colnames"), query))


def _renamed(columns: Columns, names: tuple[str, ...], query: Node | None) -> Columns:
    """Return the columns of what is named `t (a, b)`: the names, and the rest of the columns when they are more."""
    if not names:
        return columns
    if query is not None and query.get("values_lists"):
        return None if len(query.items("values_lists")[0]) != len(names) else frozenset(names)
    return frozenset(names) if columns is not None and len(columns) == len(names) else None


def _output(targets: Iterable[Node], scope: Scope) -> Columns:
    """Return the names of a select list; None where a `*` brings columns that are not known."""
    found: set[str] = set()
    for target in targets:
        value = target.node("val")
        if target.get("name"):
            found.add(target.text("name"))
        elif (
            value is not None and value.kind == "ColumnRef" and not isinstance(value.items("fields")[-1], str)
        ):
            parts = value.items("fields")
            items = [scope.item(parts[0])] if len(parts) == 2 else list(scope.items)
            if scope.open or any(item is None or item.columns is None for item in items):
                return None
            for item in items:
                found |= (item.columns if item is not None else None) or frozenset()
        elif value is not None:
            found.add(output_name(value))
    return None if "" in found else frozenset(found)


def output_name(value: Node) -> str:
    """Return what PostgreSQL calls a column of this expression; an empty text where that is not known here."""
    match value.kind:
        case "ColumnRef":
            parts = value.items("fields")
            return next((part for part in reversed(parts) if isinstance(part, str)), "?column?")
        case "FuncCall":
            return value.strings("funcname")[-1]
        case "TypeCast":
            inner = value.node("arg")
            named = output_name(inner) if inner is not None else "?column?"
            type_ = value.node("type_name")
            return named if named != "?column?" or type_ is None else type_.strings("names")[-1]
        case "A_Indirection":
            name = next(
                (part for part in reversed(value.items("indirection")) if isinstance(part, str)), None
            )
            inner = value.node("arg")
            return name or (output_name(inner) if inner is not None else "?column?")
        case "CollateClause":
            inner = value.node("arg")
            return output_name(inner) if inner is not None else "?column?"
        case "CaseExpr":
            otherwise = value.node("defresult")
            named = output_name(otherwise) if otherwise is not None else "?column?"
            return named if named != "?column?" else "case"
        case "SubLink":
            return _sublink(value)
        case "A_ArrayExpr":
            return "array"
        case "RowExpr":
            return "row"
        case "CoalesceExpr":
            return "coalesce"
        case "GroupingFunc":
            return "grouping"
        case "MinMaxExpr":
            return "greatest" if value.get("op") == "IS_GREATEST" else "least"
        case "SQLValueFunction":
            return str(value.get("op", "")).removeprefix("SVFOP_").removesuffix("_N").lower()
        case "XmlSerialize":
            return "xmlserialize"
        case kind if kind.startswith("Json") or kind == "XmlExpr":
            return ""
    return "nullif" if value.kind == "A_Expr" and value.get("kind") == "AEXPR_NULLIF" else "?column?"


def _sublink(value: Node) -> str:
    match value.get("sub_link_type"):
        case "EXISTS_SUBLINK":
            return "exists"
        case "ARRAY_SUBLINK":
            return "array"
        case "EXPR_SUBLINK":
            query = value.node("subselect")
            targets = query.nodes("target_list") if query is not None else ()
            first = targets[0] if targets else None
            inner = first.node("val") if first is not None else None
            if first is not None and first.get("name"):
                return first.text("name")
            return output_name(inner) if inner is not None else "?column?"
    return "?column?"
