"""Views and materialized views."""

from bdc.catalog import Column, Index, IndexKey, Table, View
from bdc.ddl.names import Name, qualified, quote
from tests.evolution.draft import Draft

__all__ = [
    "add_materialized_view",
    "add_view",
    "comment_view",
    "drop_view",
    "narrow_view",
    "rename_view",
    "widen_view",
]


def _query(table: Table, columns: list[Column]) -> str:
    shown = ",\n    ".join(f"o.{quote(each.name)}" for each in columns)
    return f"select\n    {shown}\n  from {qualified(table.name)} o"


def _view(draft: Draft, materialized: bool) -> View | None:
    table = draft.table(lambda each: each.name.schema is None)
    if table is None:
        return None
    shown = draft.random.sample(list(table.columns), draft.random.randint(1, len(table.columns)))
    return View(
        name=Name(draft.fresh("shown")),
        query=_query(table, shown),
        materialized=materialized,
        options=None if materialized else "security_invoker=true",
    )


def add_view(draft: Draft) -> bool:
    view = _view(draft, False)
    if view is None:
        return False
    draft.change(views=(*draft.database.views, view))
    return True


def add_materialized_view(draft: Draft) -> bool:
    view = _view(draft, True)
    if view is None:
        return False
    column = view.query.partition("o.")[2].partition("\n")[0].rstrip(",").strip('"')
    kind = next(each.type for table in draft.database.tables for each in table.columns if each.name == column)
    if kind not in ("json", "jsonb", "text[]", "int4range") and draft.maybe(0.6):
        index = Index(name=f"ix_{view.name.name}", keys=(IndexKey(column=column),))
        view = view.model_copy(update={"indexes": (index,)})
    draft.change(views=(*draft.database.views, view))
    return True


def _of(draft: Draft, view: View) -> Table:
    base = view.query.partition("from ")[2].removesuffix(" o").strip('"')
    return draft.database.table(Name(base))


def _put(draft: Draft, old: View, query: str) -> bool:
    new = old.model_copy(update={"query": query})
    draft.change(views=tuple(new if each is old else each for each in draft.database.views))
    return True


def widen_view(draft: Draft) -> bool:
    """One more column, at the end."""
    old = draft.pick(draft.database.views)
    if old is None:
        return False
    table = _of(draft, old)
    more = draft.pick(each for each in table.columns if f"o.{quote(each.name)}" not in old.query)
    if more is None:
        return False
    return _put(draft, old, old.query.replace("\n  from ", f",\n    o.{quote(more.name)}\n  from "))


def narrow_view(draft: Draft) -> bool:
    """One column less: a view that PostgreSQL does not replace in place."""
    old = draft.pick(each for each in draft.database.views if each.query.count("o.") > 1)
    if old is None:
        return False
    head, _, rest = old.query.rpartition(",\n")
    return _put(draft, old, head + "\n  from " + rest.partition("\n  from ")[2])


def rename_view(draft: Draft) -> bool:
    old = draft.pick(draft.database.views)
    if old is None:
        return False
    draft.rename(old.name.name, draft.fresh("shown"))
    return True


def comment_view(draft: Draft) -> bool:
    old = draft.pick(draft.database.views)
    if old is None:
        return False
    new = old.model_copy(update={"comment": None if old.comment else f"Shows it, {draft.count}."})
    draft.change(views=tuple(new if each is old else each for each in draft.database.views))
    return True


def drop_view(draft: Draft) -> bool:
    gone = draft.pick(draft.database.views)
    if gone is None:
        return False
    draft.change(views=tuple(each for each in draft.database.views if each is not gone))
    return True
