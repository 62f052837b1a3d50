"""What names in SQL can mean: tables and views of the entities, and what the SQL blocks make."""

from collections.abc import Iterator

from bdc.analysis.sqltexts import texts_of
from bdc.ddl.names import fitted
from bdc.model import Model
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField, has_column
from bdc.sql import Node
from bdc.sql.catalog import Catalog, Columns
from bdc.sql.names import Resolver

# Statements that can make names in ways that are not read here.
_OPAQUE = frozenset({"DoStmt", "CreateExtensionStmt", "SelectStmt", "CallStmt", "ImportForeignSchemaStmt"})


def catalog_of(model: Model) -> Catalog:
    """Return the catalog that all SQL of the specification sees."""
    relations: dict[str, Columns] = {}
    for entity in model.entities.values():
        relations |= dict(_relations(entity))
    functions: set[str] = set()
    open_ = False
    for text in texts_of(model):
        if text.kind != "block":
            continue
        open_ = open_ or not text.readable
        for statement in text.statements:
            open_ = open_ or statement.node.kind in _OPAQUE
            relations |= dict(_made(statement.node, relations))
            functions |= set(_functions(statement.node))
    functions |= {each.name for each in model.domains.values()}
    functions |= {each.domain for each in model.domains.values()}
    functions |= {each.native for each in model.enums.values() if each.native}
    return Catalog(relations, frozenset(functions | set(relations)), open_)


def _relations(entity: Entity) -> Iterator[tuple[str, Columns]]:
    prefix = f"{entity.schema}." if entity.schema not in (None, "public") else ""
    columns = columns_of(entity)
    yield prefix + entity.table, columns
    if entity.partitioning is not None:
        for part in entity.partitioning.partitions:
            yield prefix + (part.table or fitted(f"{entity.table}_{part.name}")), columns


def columns_of(entity: Entity) -> frozenset[str]:
    """Return the columns of the table or view of an entity."""
    found: set[str] = set()
    for field in entity.fields:
        if isinstance(field, ScalarField) and field.embedded:
            found |= {each.column for each in field.embedded}
        elif isinstance(field, ReferenceField) and field.carriers:
            continue
        elif isinstance(field, ScalarField | ReferenceField) or has_column(field):
            found.add(field.column)
    return frozenset(found)


def _made(node: Node, known: dict[str, Columns]) -> Iterator[tuple[str, Columns]]:
    match node.kind:
        case "CreateStmt" | "CreateForeignTableStmt":
            base = node.node("base_stmt") or node
            yield _name(base.node("relation")), _table_columns(base)
        case "ViewStmt":
            yield _name(node.node("view")), _view_columns(node, known)
        case "CreateTableAsStmt":
            into = node.node("into")
            yield _name(into.node("rel") if into is not None else None), None
        case "CreateSeqStmt":
            yield _name(node.node("sequence")), None
        case "AlterTableStmt":
            yield from _altered(node, known)
        case "RenameStmt":
            yield _name(node.node("relation")), None
            yield node.text("newname"), None
        case "CreateSchemaStmt":
            for inner in node.nodes("schema_elts"):
                yield from _made(inner, known)


def _table_columns(node: Node) -> Columns:
    parts = node.nodes("table_elts")
    if (
        node.get("inh_relations")
        or node.get("of_typename")
        or any(p.kind == "TableLikeClause" for p in parts)
    ):
        return None
    return frozenset(part.text("colname") for part in parts if part.kind == "ColumnDef")


def _view_columns(node: Node, known: dict[str, Columns]) -> Columns:
    if node.get("aliases"):
        return frozenset(node.strings("aliases"))
    query = node.node("query")
    return Resolver(Catalog(known, open=True)).statement(query) if query is not None else None


def _altered(node: Node, known: dict[str, Columns]) -> Iterator[tuple[str, Columns]]:
    name = _name(node.node("relation"))
    columns = known.get(name)
    if columns is None:
        return
    for command in node.nodes("cmds"):
        made = command.node("def")
        if command.get("subtype", "AT_AddColumn") == "AT_AddColumn" and made is not None:
            yield name, columns | {made.text("colname")}
            columns = columns | {made.text("colname")}


def _name(node: Node | None) -> str:
    if node is None:
        return ""
    schema = node.text("schemaname")
    return node.text("relname") if schema in ("", "public") else f"{schema}.{node.text('relname')}"


def _functions(node: Node) -> Iterator[str]:
    """Yield what can be called by what the statement makes: routines, aggregates, types."""
    if node.kind == "CreateFunctionStmt":
        yield node.strings("funcname")[-1]
    elif node.kind in ("DefineStmt", "CreateDomainStmt", "CreateEnumStmt", "CreateRangeStmt"):
        for field in ("defnames", "domainname", "type_name"):
            yield from node.strings(field)
    elif node.kind == "CompositeTypeStmt":
        yield _name(node.node("typevar"))
    elif node.kind == "RenameStmt":
        yield node.text("newname")
