"""Tables, columns and functions that SQL names exist."""

from collections.abc import Iterator

from bdc.analysis.rules.sql.syntax import described
from bdc.analysis.sqlbodies import body_problems
from bdc.analysis.sqlcatalog import catalog_of, columns_of
from bdc.analysis.sqltexts import SqlText, texts_of
from bdc.diagnostics import Declared, Edit, Fact, Misspelt, listing
from bdc.diagnostics.catalogue.sql import COLUMN_IN_DEFAULT, UNKNOWN_SQL_FUNCTION, UNKNOWN_SQL_NAME
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.sql import Node, walk
from bdc.sql.catalog import Catalog, Item, Scope
from bdc.sql.names import Resolver, UnknownName

_DEFAULT = "a default"
_BACKFILL = "a backfill"  # it may read columns that go
_ROW = frozenset(
    {
        "a check",
        "a column that is computed",
        "a key of an index",
        "the condition of a unique or an index",
    }
)
_QUERIES = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"})


@dataclass(frozen=True, slots=True)
class UnknownSqlName(Misspelt):
    DIAGNOSTIC = UNKNOWN_SQL_NAME

    what: str
    kind: str
    name: str
    span: Span
    candidates: tuple[str, ...]
    no_columns: bool = False

    @property
    def known(self) -> str:
        return f"; known: {listing(self.candidates)}" if self.candidates else ""

    def declaration(self) -> Declared:
        if self.no_columns:
            return COLUMN_IN_DEFAULT
        return UNKNOWN_SQL_FUNCTION if self.kind == "function" else UNKNOWN_SQL_NAME

    def help_text(self) -> str:
        return Fact.help_text(self) if self.no_columns else Misspelt.help_text(self)

    def correction(self, close: str) -> Edit | None:
        is_plain = self.span.end - self.span.start == len(self.name) and close.isidentifier()
        return Edit(self.span, close) if is_plain and not self.no_columns else None


def sql_names(model: Model) -> Iterator[Fact]:
    texts = [text for text in texts_of(model) if text.readable]
    if not texts:
        return
    catalog = catalog_of(model)
    for text in texts:
        for problem in _problems(model, catalog, text):
            yield _fact(text, problem)


def _problems(model: Model, catalog: Catalog, text: SqlText) -> list[UnknownName]:
    resolver = Resolver(catalog)
    if text.value is not None:
        scope = _scope(model, text)
        if scope is not None:
            resolver.expression(text.value, scope)
    for statement in text.statements:
        if statement.node.kind in _QUERIES:
            resolver.statement(statement.node, _around(text))
        elif text.kind == "block":
            _definition(statement.node, resolver)
            if not text.unread:
                resolver.problems += body_problems(model, catalog, text, statement)
    return resolver.problems


def _around(text: SqlText) -> Scope:
    """Return what a query sees beside its own tables: nothing in a block, in an operation the variables of its function."""
    if text.operation is None:
        return Scope(open=True)
    return Scope(bare=frozenset({"found"}), variables="p_")


def _scope(model: Model, text: SqlText) -> Scope | None:
    """Return what an expression sees; None where that is not known here."""
    expression = text.expression
    assert expression is not None
    if expression.domain:
        return Scope(bare=frozenset({"value"}))
    if expression.place == _DEFAULT:
        return Scope()
    if expression.place == _BACKFILL:
        return Scope(open=True)
    entity = model.entities.get(expression.entity or "")
    if entity is None or expression.place not in _ROW:
        return None
    return Scope((Item(entity.table, columns_of(entity)),))


def _definition(node: Node, resolver: Resolver) -> None:
    """Look at a statement that makes or changes an object: the table that it is about, and its conditions."""
    match node.kind:
        case "IndexStmt":
            scope = _over(node.node("relation"), resolver)
            for part in node.nodes("index_params"):
                if part.get("name"):
                    item = scope.items[0]
                    if item.columns is not None and part.text("name") not in item.columns:
                        at = node.node("relation")
                        resolver.problems.append(
                            UnknownName(
                                "column", part.text("name"), at.at if at else 0, tuple(sorted(item.columns))
                            )
                        )
                expression = part.node("expr")
                if expression is not None:
                    resolver.expression(expression, scope)
            _condition(node, "where_clause", scope, resolver)
        case "CreatePolicyStmt":
            scope = _over(node.node("table"), resolver)
            _condition(node, "qual", scope, resolver)
            _condition(node, "with_check", scope, resolver)
        case "CreateTrigStmt" | "RuleStmt":
            _over(node.node("relation"), resolver)
        case "AlterTableStmt" if node.get("objtype") == "OBJECT_TABLE" and not node.get("missing_ok"):
            _over(node.node("relation"), resolver)
        case "ViewStmt" | "CreateTableAsStmt":
            query = node.node("query")
            if query is not None and query.kind in _QUERIES:
                resolver.statement(query)
        case "CreateStmt":
            for each in walk(node):
                if each.kind == "Constraint" and each.get("contype") == "CONSTR_FOREIGN":
                    _over(each.node("pktable"), resolver)
        case "GrantStmt" if (
            node.get("objtype") == "OBJECT_TABLE" and node.get("targtype") == "ACL_TARGET_OBJECT"
        ):
            for each in node.nodes("objects"):
                _over(each, resolver)


def _over(relation: Node | None, resolver: Resolver) -> Scope:
    return Scope((resolver.relation(relation),)) if relation is not None else Scope(open=True)


def _condition(node: Node, name: str, scope: Scope, resolver: Resolver) -> None:
    found = node.node(name)
    if found is not None:
        resolver.expression(found, scope)


def _fact(text: SqlText, problem: UnknownName) -> UnknownSqlName:
    at = problem.at if problem.at >= 0 else 0
    own = text.text.lower()
    if not own.startswith(problem.name.lower(), at):
        at = max(own.find(problem.name.lower(), at), at)
    bare = text.expression is not None and text.expression.place == _DEFAULT and problem.kind == "column"
    return UnknownSqlName(
        described(text),
        problem.kind,
        problem.name,
        text.place(at, len(problem.name)),
        problem.candidates,
        bare,
    )
