"""Views: made anew when their query changes, with the views that stand on them, in one transaction."""

from collections.abc import Iterable, Iterator

from bdc.catalog import View
from bdc.catalog.create import index_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CommentOn
from bdc.ddl.printer import print_statement
from bdc.plan import probes
from bdc.plan.compare import Change, rights
from bdc.plan.context import Context
from bdc.plan.dependents import create_view_texts, drop_view_text
from bdc.plan.hints import spelled
from bdc.plan.making import blocks, key
from bdc.plan.operation import Hazard, Refusal, Scan
from bdc.plan.operations.rights.rights import plan_rights
from bdc.plan.operations.routines.routines import views_named
from bdc.plan.operations.routines.triggers import create_text, drop_text
from bdc.plan.sql_identifiers import words
from bdc.plan.step import ACCESS_EXCLUSIVE, Step


def plan_view(context: Context, change: Change) -> Iterator[Step | Refusal]:
    old, new = change.old, change.new
    if new is None:
        yield _drop(old)
    elif old is None:
        yield _create(context, new)
    else:
        yield from _members(old, new)


def locked(view: View) -> dict[str, str]:
    """A materialized view has readers of its own."""
    return {full(view.name): ACCESS_EXCLUSIVE} if view.materialized else {}


def _read(context: Context, views: Iterable[View]) -> dict[str, Scan]:
    """Return the tables that making the views reads whole."""
    said = {word for view in views if view.materialized for word in words(view.query)}
    return {full(name): "read" for name in context.old_tables if name.name in said}


def _create(context: Context, view: View) -> Step:
    return Step(
        key=key("create-view", view.name),
        title=f"View {spelled(view.name)}",
        phase="expand",
        rank=33,
        statements=tuple(create_view_texts(view)),
        scans=_read(context, [view]),
        alone=view.materialized,
        statement_timeout=0 if view.materialized else 10_000,
        makes=frozenset({f"view {full(view.name)}"}),
        needs=frozenset(
            f"routine {full(routine.name)}"
            for routine in context.new.routines
            if f"{routine.name.name}(" in view.query and view not in views_named(context, routine)
        ),
        done=None if view.name in context.remade_views else probes.table_exists(view.name),
        undo=(drop_view_text(view),),
    )


def _drop(view: View) -> Step:
    return Step(
        key=key("drop-view", view.name),
        title=f"View {spelled(view.name)} goes",
        phase="contract",
        rank=15,
        statements=(drop_view_text(view),),
        locks=locked(view),
        done=probes.absent(view.name),
        undo=tuple(create_view_texts(view)),
        hazards=(Hazard(code="DROP_VIEW", object=spelled(view.name), message="who reads it fails"),),
    )


def _members(old: View, new: View) -> Iterator[Step]:
    yield from plan_rights(f"table {full(new.name)}", new.name, rights(old, new), kept=new.rights)
    said, unsaid = _member_comments(old, new), _member_comments(new, old)
    old, new = _without_comments(old), _without_comments(new)
    renamed = _renamed_indexes(old, new)
    statements = [_rename_index(new, one, other) for one, other in renamed]
    back = [_rename_index(new, other, one) for one, other in renamed]
    known = {name for names in renamed for name in names}
    for index in new.indexes:
        if index not in old.indexes and index.name not in known:
            statements.append(print_statement(index_def(new.name, index)))
            back.append(f"drop index {full(Name(index.name, new.name.schema))};")
    for trigger in new.triggers:
        if trigger not in old.triggers:
            statements.append(create_text(new.name, trigger))
            back.append(drop_text(new.name, trigger.name))
    for index in old.indexes:
        if index not in new.indexes and index.name not in known:
            statements.insert(0, f"drop index {full(Name(index.name, new.name.schema))};")
            back.append(print_statement(index_def(new.name, index)))
    for trigger in old.triggers:
        if trigger not in new.triggers:
            statements.insert(0, drop_text(new.name, trigger.name))
            back.append(create_text(new.name, trigger))
    built = any(text.startswith(("create index", "create unique index")) for text in (*statements, *back))
    if old.comment != new.comment or old.column_comments != new.column_comments:
        statements += _comments(old, new)
        back += _comments(new, old)
    statements += said
    back += unsaid
    if statements:
        yield Step(
            key=key("change-view", new.name),
            title=f"Indexes, triggers and comments of view {spelled(new.name)}",
            phase="expand",
            rank=57,
            statements=tuple(statements),
            locks=locked(new),
            scans={full(new.name): "read"} if built else {},
            alone=True,
            statement_timeout=0,
            undo=tuple(back),
            hazards=(blocks(spelled(new.name), "an index is built while its readers wait"),) if built else (),
        )


def _without_comments(view: View) -> View:
    """Return the view whose indexes and triggers have no comments."""
    bare = {"comment": None}
    return view.model_copy(
        update={
            "indexes": tuple(each.model_copy(update=bare) for each in view.indexes),
            "triggers": tuple(each.model_copy(update=bare) for each in view.triggers),
        }
    )


def _member_comments(old: View, new: View) -> list[str]:
    """Return what gives indexes and triggers their comments; one that is made anew has none, one that is renamed keeps its own."""
    before, after = _without_comments(old), _without_comments(new)
    names = {now: was for was, now in _renamed_indexes(before, after)}
    nodes = []
    for kind in ("indexes", "triggers"):
        kept = {each.name for each in getattr(before, kind) if each in getattr(after, kind)}
        had = {each.name: each.comment for each in getattr(old, kind)}
        for each in getattr(new, kind):
            was = names.get(each.name, each.name if each.name in kept else "")
            if each.comment != had.get(was):
                nodes.append(
                    CommentOn("trigger", new.name, each.comment, each.name)
                    if kind == "triggers"
                    else CommentOn("index", Name(each.name, new.name.schema), each.comment)
                )
    return [print_statement(node) for node in nodes]


def _renamed_indexes(old: View, new: View) -> list[tuple[str, str]]:
    """Return the old and the new name of each index that is the same but for its name."""
    before = [index for index in old.indexes if index.name not in {each.name for each in new.indexes}]
    after = [index for index in new.indexes if index.name not in {each.name for each in old.indexes}]
    return [
        (one.name, other.name)
        for one in before
        for other in after
        if one.model_copy(update={"name": other.name}) == other
    ]


def _rename_index(view: View, old: str, new: str) -> str:
    return f"alter index {full(Name(old, view.name.schema))} rename to {quote(new)};"


def _comments(old: View, new: View) -> list[str]:
    kind = "materialized view" if new.materialized else "view"
    said = dict(new.column_comments)
    nodes = [CommentOn(kind, new.name, new.comment)]
    nodes += [CommentOn("column", new.name, text, column) for column, text in new.column_comments]
    nodes += [
        CommentOn("column", new.name, None, column) for column, _ in old.column_comments if column not in said
    ]
    return [print_statement(node) for node in nodes]
