"""CREATE FUNCTION, CREATE PROCEDURE, and views."""

from collections.abc import Iterator
from typing import Literal

from bdc.catalog.lifting.stars import Columns, without_stars
from bdc.catalog.lifting.words import options, qualified_name, relation, type_text, value
from bdc.ddl import nodes
from bdc.ddl.names import Name
from bdc.sql.written import NotRead, Part, copied, statement_text

_GIVEN = {"FUNC_PARAM_IN", "FUNC_PARAM_INOUT", "FUNC_PARAM_VARIADIC", "FUNC_PARAM_DEFAULT"}


def routine(part: Part, text: str) -> Iterator[nodes.Statement]:
    kind: Literal["function", "procedure"] = "procedure" if part.flag("is_procedure") else "function"
    yield nodes.CreateRoutine(qualified_name(part.strings("funcname")), signature(part), text, kind)


def signature(part: Part) -> str:
    """Return the parenthesised types of the arguments that a caller gives."""
    parameters = [each for each in part.nodes("parameters") if each.word("mode") in _GIVEN]
    return f"({', '.join(_argument(each.needed('arg_type')) for each in parameters)})"


def _argument(part: Part) -> str:
    if part.flag("pct_type") or part.flag("setof"):
        raise NotRead("%type")
    found = copied(part)
    found.message.ClearField("typmods")
    return type_text(found)


def view(part: Part, columns: Columns) -> Iterator[nodes.Statement]:
    part.only("view", "aliases", "query", "replace", "options", "with_check_option")
    query = _named(without_stars(part.needed("query"), columns), part.strings("aliases"))
    said = [options(part.nodes("options"))]
    check = part.word("with_check_option")
    if check in ("LOCAL_CHECK_OPTION", "CASCADED_CHECK_OPTION"):
        said.append(f"check_option = {check.partition('_')[0].lower()}")
    yield nodes.CreateView(
        relation(part.needed("view")), query, False, ", ".join(each for each in said if each) or None
    )


def materialized(part: Part, columns: Columns) -> Iterator[nodes.Statement]:
    """Yield a materialized view. Raises NotRead for what CREATE TABLE AS makes else."""
    part.only("query", "into", "objtype", "if_not_exists")
    if part.word("objtype") != "OBJECT_MATVIEW":
        raise NotRead("create table as")
    into = part.needed("into").only("rel", "col_names", "options", "on_commit")
    query = _named(without_stars(part.needed("query"), columns), into.strings("col_names"))
    yield nodes.CreateView(relation(into.needed("rel")), query, True, options(into.nodes("options")))


def _named(query: Part, names: tuple[str, ...]) -> str:
    """Return the query whose columns are called `names`, as PostgreSQL itself would note them."""
    if not names:
        return statement_text(query)
    found = copied(query)
    first = found
    while (left := first.node("larg")) is not None:
        first = left
    targets = first.nodes("target_list")
    if len(targets) < len(names) or any(_is_star(each) for each in targets):
        raise NotRead("names of columns that are not listed")
    for target, name in zip(targets, names, strict=False):
        target.message.name = name
    return statement_text(found)


def _is_star(target: Part) -> bool:
    inner = target.node("val")
    return inner is not None and inner.kind == "ColumnRef" and inner.nodes("fields")[-1].kind == "A_Star"


def sequence(part: Part) -> Iterator[nodes.Statement]:
    part.only("sequence", "options", "if_not_exists")
    name = relation(part.needed("sequence"))
    kind, said = "bigint", []
    owner: nodes.OwnSequence | None = None
    for each in part.nodes("options"):
        match each.text("defname"):
            case "as":
                kind = type_text(each.needed("arg"))
            case "owned_by":
                owner = _owner(name, each)
            case _:
                said.append(_setting(each))
    yield nodes.CreateSequence(name, kind, " ".join(said))
    if owner is not None:
        yield owner


def owned(part: Part) -> Iterator[nodes.Statement]:
    """Yield what `alter sequence … owned by` says. Raises NotRead for anything else."""
    part.only("sequence", "options")
    (option,) = part.nodes("options")
    owner = (
        _owner(relation(part.needed("sequence")), option) if option.text("defname") == "owned_by" else None
    )
    if owner is None:
        raise NotRead("alter sequence")
    yield owner


def _owner(sequence: Name, option: Part) -> nodes.OwnSequence | None:
    names = [each.text("sval") for each in option.needed("arg").nodes("items")]
    if names == ["none"]:
        return None
    return nodes.OwnSequence(sequence, qualified_name(tuple(names[:-1])), names[-1])


_SETTINGS = {
    "increment": "increment by",
    "minvalue": "minvalue",
    "maxvalue": "maxvalue",
    "start": "start with",
    "cache": "cache",
}


def _setting(option: Part) -> str:
    name = option.text("defname")
    if name == "cycle":
        return "cycle" if value(option) == "true" else "no cycle"
    if name not in _SETTINGS or option.node("arg") is None:
        raise NotRead(f"the option {name} of a sequence")
    return f"{_SETTINGS[name]} {value(option)}"
