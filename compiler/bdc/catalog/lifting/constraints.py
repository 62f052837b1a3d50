"""Constraints as they are written in a table, at a column, or by ALTER TABLE."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bdc.catalog.lifting.indexes import index_part, operator_name
from bdc.catalog.lifting.words import chosen, relation
from bdc.ddl import nodes
from bdc.ddl.names import Name
from bdc.sql.written import NotRead, Part, walked

_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
_DEFERRAL = ("deferrable", "initdeferred")
_COMMON = ("contype", "conname", "is_enforced", "initially_valid", "skip_validation")


@dataclass
class Naming:
    """The names of constraints of one table: PostgreSQL gives one to each that has none, and counts where it is taken. `key_of`: the
    primary key of a table that is known already."""

    table: Name
    key_of: Callable[[Name], tuple[str, ...]]
    taken: set[str] = field(default_factory=set)

    def name(self, part: Part, columns: Iterable[str], ending: str) -> str:
        found = part.text("conname") or self._free(chosen(self.table.name, *columns, ending))
        self.taken.add(found)
        return found

    def _free(self, name: str) -> str:
        if name not in self.taken:
            return name
        return next(each for number in range(1, 999) if (each := f"{name}{number}") not in self.taken)


def constraint(
    part: Part, naming: Naming, column: str | None = None
) -> nodes.Constraint | nodes.AddForeignKey | nodes.AddCheck:
    """Return a constraint; `column`: the column that it is written at. Raises NotRead."""
    match part.word("contype"):
        case "CONSTR_CHECK":
            return _check(part, naming, column)
        case "CONSTR_PRIMARY":
            columns = _keys(part, column)
            name = naming.name(part, (), "pkey")
            return nodes.PrimaryKeyDef(name, columns, part.strings("including"), *_deferral(part))
        case "CONSTR_UNIQUE":
            columns = _keys(part, column)
            name = naming.name(part, columns, "key")
            distinct = part.flag("nulls_not_distinct")
            return nodes.UniqueDef(name, columns, part.strings("including"), distinct, *_deferral(part))
        case "CONSTR_FOREIGN":
            return _foreign_key(part, naming, column)
        case "CONSTR_EXCLUSION":
            return _exclusion(part, naming)
    raise NotRead(part.word("contype"))


def _deferral(part: Part) -> tuple[bool, bool]:
    return part.flag("deferrable"), part.flag("initdeferred")


def _enforced(part: Part) -> None:
    if not part.flag("is_enforced"):
        raise NotRead("not enforced")


def _keys(part: Part, column: str | None) -> tuple[str, ...]:
    part.only(*_COMMON, "keys", "including", "nulls_not_distinct", *_DEFERRAL)
    return part.strings("keys") or ((column,) if column is not None else ())


def _check(part: Part, naming: Naming, column: str | None) -> nodes.Constraint | nodes.AddCheck:
    part.only(*_COMMON, "raw_expr", "is_no_inherit")
    _enforced(part)
    expression = part.needed("raw_expr")
    spoken = {each.strings("fields")[-1] for each in walked(expression) if each.kind == "ColumnRef"}
    about = (column,) if column is not None else tuple(spoken) if len(spoken) == 1 else ()
    name = naming.name(part, about, "check")
    found = nodes.CheckDef(name, part.expression("raw_expr"), part.flag("is_no_inherit"))
    return nodes.AddCheck(naming.table, found, valid=False) if part.flag("skip_validation") else found


def _foreign_key(part: Part, naming: Naming, column: str | None) -> nodes.AddForeignKey:
    part.only(
        *_COMMON,
        *_DEFERRAL,
        "pktable",
        "fk_attrs",
        "pk_attrs",
        "fk_matchtype",
        "fk_upd_action",
        "fk_del_action",
        "fk_del_set_cols",
    )
    _enforced(part)
    target = relation(part.needed("pktable"))
    columns = part.strings("fk_attrs") or ((column,) if column is not None else ())
    theirs = part.strings("pk_attrs") or naming.key_of(target)
    if len(theirs) != len(columns):
        raise NotRead("a reference to a key that is not known")
    key = nodes.ForeignKeyDef(
        naming.name(part, columns, "fkey"),
        columns,
        target,
        theirs,
        _ACTIONS[part.text("fk_del_action") or "a"],
        part.strings("fk_del_set_cols"),
        _ACTIONS[part.text("fk_upd_action") or "a"],
        part.text("fk_matchtype") == "f",
        *_deferral(part),
    )
    return nodes.AddForeignKey(naming.table, key, valid=not part.flag("skip_validation"))


def _exclusion(part: Part, naming: Naming) -> nodes.ExclusionDef:
    part.only(*_COMMON, *_DEFERRAL, "access_method", "exclusions", "where_clause")
    elements = []
    for each in part.nodes("exclusions"):
        element, operator = each.nodes("items")
        elements.append((index_part(element), operator_name(operator)))
    columns = [element.column or "expr" for element, _ in elements]
    where = part.expression("where_clause") if part.has("where_clause") else None
    method = part.text("access_method") or "gist"
    name = naming.name(part, columns, "excl")
    return nodes.ExclusionDef(name, method, tuple(elements), where, *_deferral(part))
