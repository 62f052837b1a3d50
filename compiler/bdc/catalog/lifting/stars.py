"""`*` in the queries of views: the columns that it means today, as PostgreSQL notes them when the view is made."""

from collections.abc import Callable, Iterator

from bdc.catalog.lifting.words import relation
from bdc.ddl.names import Name
from bdc.sql.written import NotRead, Part, copied, statement, walked

Columns = Callable[[Name], tuple[str, ...]]


def without_stars(query: Part, columns: Columns) -> Part:
    """Return the query with each `*` written out, where all that it stands for is known. `columns`: those of a relation; KeyError for
    one that is not known."""
    found = copied(query)
    for select in [each for each in walked(found) if each.kind == "SelectStmt"]:
        if any(_star(each) is not None for each in select.nodes("target_list")):
            _write_out(select, columns)
    return found


def _star(target: Part) -> tuple[str, ...] | None:
    """Return what stands before the `*`; None for what is none."""
    inner = target.node("val")
    if inner is None or inner.kind != "ColumnRef" or inner.nodes("fields")[-1].kind != "A_Star":
        return None
    return tuple(each.text("sval") for each in inner.nodes("fields")[:-1])


def _write_out(select: Part, columns: Columns) -> None:
    try:
        sources = [source for each in select.nodes("from_clause") for source in _sources(each, columns)]
    except (NotRead, KeyError):
        return
    targets = [new for target in select.nodes("target_list") for new in _written(target, sources)]
    if targets:
        _put(select, statement(f"select {', '.join(targets)}"), sources)


def _sources(part: Part, columns: Columns) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield alias and columns of what FROM brings in. Raises NotRead for what is no plain relation or join of such."""
    if part.kind == "RangeVar":
        bare = copied(part)
        bare.message.ClearField("alias")
        name, alias = relation(bare), part.node("alias")
        if alias is not None and alias.has("colnames"):
            raise NotRead("columns called otherwise")
        yield alias.text("aliasname") if alias is not None else name.name, columns(name)
    elif (
        part.kind == "JoinExpr"
        and not part.flag("is_natural")
        and not part.nodes("using_clause")
        and not part.has("alias")
    ):
        yield from _sources(part.needed("larg"), columns)
        yield from _sources(part.needed("rarg"), columns)
    else:
        raise NotRead(part.kind)


def _written(target: Part, sources: list[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    prefix = _star(target)
    if prefix is None:
        yield "1"
        return
    for alias, names in sources:
        if not prefix or prefix[-1] == alias:
            yield from (f'"{_q(alias)}"."{_q(name)}"' for name in names)


def _q(name: str) -> str:
    return name.replace('"', '""')


def _put(select: Part, whole: Part, sources: list[tuple[str, tuple[str, ...]]]) -> None:
    """Put the columns of `whole` in the place of each star; what is none stays as it is."""
    written = iter(whole.message.target_list)
    made = []
    for original, target in zip(list(select.message.target_list), select.nodes("target_list"), strict=True):
        taken = [next(written) for _ in _written(target, sources)]
        made += [original] if _star(target) is None else taken
    copies = [copied(Part(each)).message for each in made]
    del select.message.target_list[:]
    select.message.target_list.extend(copies)


def output_columns(query: Part) -> tuple[str, ...]:
    """Return the names of a query's columns. Raises NotRead where they are not plain."""
    while (left := query.node("larg")) is not None:
        query = left
    return tuple(_name(each) for each in query.nodes("target_list"))


def _name(target: Part) -> str:
    if target.has("name"):
        return target.text("name")
    inner = target.needed("val")
    if inner.kind == "ColumnRef":
        return inner.strings("fields")[-1]
    if inner.kind == "FuncCall":
        return inner.strings("funcname")[-1]
    raise NotRead("a column without a name")
