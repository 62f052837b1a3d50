"""CREATE TABLE, and ALTER TABLE where it says what a table is."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog.builder import Builder
from bdc.catalog.lifting.constraints import Naming, constraint
from bdc.catalog.lifting.words import chosen, options, relation, serial, type_text
from bdc.catalog.tables import Table
from bdc.ddl import nodes
from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.printer import literal
from bdc.source.records import dataclass
from bdc.sql.written import NotRead, Part, copied, expression_text

_TABLE = (
    "relation",
    "table_elts",
    "inh_relations",
    "partbound",
    "partspec",
    "options",
    "oncommit",
    "if_not_exists",
)
_AT_COLUMN = {"CONSTR_CHECK", "CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_FOREIGN"}
_STRATEGIES = {
    "PARTITION_STRATEGY_LIST": "list",
    "PARTITION_STRATEGY_RANGE": "range",
    "PARTITION_STRATEGY_HASH": "hash",
}


@dataclass(frozen=True, slots=True)
class Attributes:
    """What ALTER TABLE says of a table as a whole: values of its members."""

    table: Name
    members: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class AddConstraint:
    """A key, a check or an exclusion that a table gets after it was made."""

    table: Name
    constraint: nodes.Constraint


Lifted = nodes.Statement | Attributes | AddConstraint


def table(part: Part, builder: Builder) -> Iterator[Lifted]:
    """Yield what CREATE TABLE makes. Raises NotRead."""
    part.only(*_TABLE)
    name = relation(part.needed("relation"))
    if part.word("oncommit") != "ONCOMMIT_NOOP":
        raise NotRead("on commit")
    unlogged = part.needed("relation").text("relpersistence") == "u"
    by = _partition_by(part.needed("partspec")) if part.has("partspec") else None
    if part.has("partbound"):
        yield from _partition(part, name, by, unlogged)
        return
    if part.nodes("inh_relations"):
        raise NotRead("inherits")
    made = _Table(name, builder)
    for each in part.nodes("table_elts"):
        made.element(each)
    yield from made.sequences
    yield nodes.CreateTable(
        name, tuple(made.columns), tuple(made.constraints), unlogged, by, options(part.nodes("options"))
    )
    yield from made.later


def _partition(part: Part, name: Name, by: str | None, unlogged: bool) -> Iterator[Lifted]:
    (parent,) = part.nodes("inh_relations")
    if part.nodes("table_elts") or part.nodes("options") or unlogged:
        raise NotRead("a partition that says more than its place")
    yield nodes.CreatePartition(name, relation(parent), _bound(part.needed("partbound")), by)


def _bound(part: Part) -> str:
    if part.flag("is_default"):
        return "default"
    if part.has("listdatums"):
        return f"for values in ({_listed(part, 'listdatums')})"
    if part.has("lowerdatums"):
        return f"for values from ({_listed(part, 'lowerdatums')}) to ({_listed(part, 'upperdatums')})"
    return f"for values with (modulus {part.number('modulus')}, remainder {part.number('remainder')})"


def _listed(part: Part, name: str) -> str:
    return ", ".join(expression_text(each) for each in part.nodes(name))


def _partition_by(part: Part) -> str:
    keys = []
    for each in part.nodes("part_params"):
        each.only("name", "expr")
        keys.append(quote(each.text("name")) if each.has("name") else f"({each.expression('expr')})")
    return f"{_STRATEGIES[part.word('strategy')]} ({', '.join(keys)})"


class _Table:
    """A table while its elements are read. `later`: what comes after it, `sequences` before."""

    def __init__(self, name: Name, builder: Builder) -> None:
        self.name = name
        self.columns: list[nodes.ColumnDef] = []
        self.constraints: list[nodes.Constraint] = []
        self.sequences: list[nodes.Statement] = []
        self.later: list[nodes.Statement] = []
        self._builder = builder
        self._naming = Naming(name, self._key_of)

    def _key_of(self, target: Name) -> tuple[str, ...]:
        if target == self.name:
            keys = (each.columns for each in self.constraints if isinstance(each, nodes.PrimaryKeyDef))
            return next(keys, ())
        return key_of(self._builder, target)

    def element(self, part: Part) -> None:
        if part.kind == "ColumnDef":
            self._column(part)
        elif part.kind == "Constraint":
            self._put(constraint(part, self._naming))
        else:
            raise NotRead(part.kind)

    def _column(self, part: Part) -> None:
        made, sequences = column(part, self.name)
        self.columns.append(made)
        for each in sequences:
            (self.later if isinstance(each, nodes.OwnSequence) else self.sequences).append(each)
        for found in column_constraints(part):
            self._put(constraint(found, self._naming, made.name))

    def _put(self, found: nodes.Constraint | nodes.AddForeignKey | nodes.AddCheck) -> None:
        if isinstance(found, nodes.AddForeignKey | nodes.AddCheck):
            self.later.append(found)
        else:
            self.constraints.append(found)


def key_of(builder: Builder, target: Name) -> tuple[str, ...]:
    key = builder.table(target).primary_key if builder.has_table(target) else None
    return key.columns if key is not None else ()


def column_constraints(part: Part) -> Iterator[Part]:
    """Yield the constraints of a column that are those of its table as well. Raises NotRead for a deferrable one."""
    for each in part.nodes("constraints"):
        if each.word("contype") in _AT_COLUMN:
            yield each
        elif each.word("contype").startswith("CONSTR_ATTR_"):
            raise NotRead("a constraint of a column that is deferrable")


def column(part: Part, table: Name) -> tuple[nodes.ColumnDef, tuple[nodes.Statement, ...]]:
    """Return a column without its constraints, and the sequence that `serial` means."""
    part.only("colname", "type_name", "constraints", "coll_clause", "is_local")
    name, kind = part.text("colname"), part.needed("type_name")
    numbered = serial(kind)
    found = nodes.ColumnDef(
        name, numbered or type_text(kind), numbered is not None, collation=_collation(part)
    )
    for each in part.nodes("constraints"):
        found = _said(found, each)
    if numbered is None:
        return found, ()
    sequence = Name(chosen(table.name, name, "seq"), table.schema)
    default = f"nextval({literal(qualified(sequence))}::regclass)"
    made = (nodes.CreateSequence(sequence, numbered), nodes.OwnSequence(sequence, table, name))
    return replace(found, default=default), made


def _collation(part: Part) -> str | None:
    clause = part.node("coll_clause")
    if clause is None:
        return None
    names = clause.only("collname").strings("collname")
    if len(names) != 1:
        raise NotRead("a collation of a schema")
    return quote(names[0])


def _said(found: nodes.ColumnDef, part: Part) -> nodes.ColumnDef:
    match part.word("contype"):
        case "CONSTR_NOTNULL":
            part.only("contype", "is_enforced", "initially_valid", "skip_validation")
            return replace(found, not_null=True)
        case "CONSTR_DEFAULT":
            return replace(found, default=part.expression("raw_expr"))
        case "CONSTR_GENERATED":
            virtual = part.text("generated_kind") == "v"
            return replace(found, generated=part.expression("raw_expr"), virtual=virtual)
        case "CONSTR_IDENTITY":
            part.only("contype", "generated_when")
            return replace(
                found,
                not_null=True,
                identity="always" if part.text("generated_when") == "a" else "by default",
            )
    return found


def altered(part: Part, builder: Builder) -> Iterator[Lifted]:
    """Yield what ALTER TABLE adds to a table. Raises NotRead, also where one of several actions is not understood."""
    part.only("relation", "cmds", "objtype")
    if part.word("objtype") != "OBJECT_TABLE":
        raise NotRead(part.word("objtype"))
    name = relation(_whole(part.needed("relation")))
    if not builder.has_table(name):
        raise NotRead("a table that is not known")
    if builder.table(name).parent is not None:
        yield _of_partition(part, builder.table(name))
        return
    for each in part.nodes("cmds"):
        yield from _action(each, name, builder)


def _of_partition(part: Part, found: Table) -> Attributes:
    """Return what the columns of a partition say otherwise than those of its parent."""
    columns = {column.name: column for column in found.columns}
    for each in part.nodes("cmds"):
        each.only("subtype", "name", "def", "behavior")
        column = columns.get(each.text("name"))
        if column is None:
            raise NotRead("a partition")
        match each.word("subtype"):
            case "AT_ColumnDefault":
                said: dict[str, object] = {"default": each.expression("def") if each.has("def") else None}
            case "AT_SetNotNull":
                said = {"not_null": True}
            case kind:
                raise NotRead(kind)
        columns[column.name] = column.model_copy(update=said)
    return Attributes(found.name, (("columns", tuple(columns.values())),))


def _whole(part: Part) -> Part:
    """`alter table only` is ALTER TABLE for what has no children."""
    found = copied(part)
    found.message.inh = True
    return found


_SECURITY = {
    "AT_EnableRowSecurity": ("row_security", True),
    "AT_DisableRowSecurity": ("row_security", False),
    "AT_ForceRowSecurity": ("force_row_security", True),
    "AT_NoForceRowSecurity": ("force_row_security", False),
}


def _action(part: Part, name: Name, builder: Builder) -> Iterator[Lifted]:
    part.only("subtype", "name", "def", "behavior")
    kind = part.word("subtype")
    if kind in _SECURITY:
        yield Attributes(name, (_SECURITY[kind],))
    elif kind == "AT_SetRelOptions":
        yield Attributes(name, (("options", _merged(builder, name, part)),))
    elif kind == "AT_AddConstraint":
        yield from _constraint(part.needed("def"), name, builder)
    else:
        raise NotRead(kind)


def _merged(builder: Builder, name: Name, part: Part) -> str | None:
    listed = part.needed("def")
    more = options(listed.nodes("items")) or ""
    names = {each.partition("=")[0].strip() for each in more.split(", ")}
    kept = (builder.table(name).options or "").split(", ")
    return ", ".join([*(each for each in kept if each and each.partition("=")[0].strip() not in names), more])


def _constraint(part: Part, name: Name, builder: Builder) -> Iterator[Lifted]:
    table = builder.table(name)
    if table.partition_by is not None and part.word("contype") == "CONSTR_EXCLUSION":
        raise NotRead("an exclusion of a partitioned table")
    members = [
        each.name
        for kind in ("uniques", "checks", "foreign_keys", "exclusions")
        for each in builder.members(name, kind)
    ]
    taken = {*members, *([table.primary_key.name] if table.primary_key is not None else [])}
    found = constraint(part, Naming(name, lambda target: key_of(builder, target), taken))
    if isinstance(found, nodes.AddForeignKey | nodes.AddCheck):
        yield found
    else:
        yield AddConstraint(name, found)
