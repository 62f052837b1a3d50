"""Comments: of tables and of all that a table has, and of what stands alone."""

from collections.abc import Iterable, Iterator
from typing import Any

from bdc.catalog import Table
from bdc.ddl.names import Name, full
from bdc.ddl.nodes import CommentOn
from bdc.ddl.printer import print_statement
from bdc.plan.compare import Change
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.making import key
from bdc.plan.operation import Refusal
from bdc.plan.step import SHARE_UPDATE_EXCLUSIVE, Step

_CONSTRAINTS = ("uniques", "checks", "foreign_keys", "exclusions")


def plan_table_comments(context: Context, old: Table, new: Table) -> Iterator[Step | Refusal]:
    """Plan every comment on a table and its members that a step beside this one does not bring along."""
    pairs = list(_pairs(old, new))
    if pairs:
        yield Step(
            key=key("comment-on", new.name),
            title=f"Comments of {spelled(new.name)}",
            phase="contract" if any(late for _, _, late in pairs) else "expand",
            rank=95,
            statements=tuple(print_statement(after) for _, after, _ in pairs),
            locks=context.locks_one(SHARE_UPDATE_EXCLUSIVE, new.name),
            undo=tuple(print_statement(before) for before, _, _ in pairs if before is not None),
        )


def _pairs(old: Table, new: Table) -> Iterator[tuple[CommentOn | None, CommentOn, bool]]:
    """Yield (comment before, comment after, whether it has to wait for the contract)."""
    name = new.name
    if old.comment != new.comment:
        yield CommentOn("table", name, old.comment), CommentOn("table", name, new.comment), False
    yield from _members("column", name, old.columns, new.columns, waits=True)
    for members in _CONSTRAINTS:
        yield from _members("constraint", name, getattr(old, members), getattr(new, members), waits=True)
    keys = [(table.primary_key,) if table.primary_key is not None else () for table in (old, new)]
    yield from _members("constraint", name, *keys, waits=True)
    yield from _members("policy", name, old.policies, new.policies, waits=True)
    yield from _members("trigger", name, old.triggers, new.triggers, waits=False)
    yield from _index_comments(old, new)


def _members(
    kind: str, table: Name, old: Iterable[Any], new: Iterable[Any], *, waits: bool
) -> Iterator[tuple[CommentOn | None, CommentOn, bool]]:
    before = {each.name: each for each in old}
    for each in new:
        was = before.get(each.name)
        if each.comment is None and (was is None or was.comment is None):
            continue
        replaced = was is not None and _bare(was) != _bare(each)
        said = was.comment if was is not None and not replaced else None
        if each.comment != said:
            back = CommentOn(kind, table, said, each.name) if was is not None and not replaced else None
            yield back, CommentOn(kind, table, each.comment, each.name), waits and (replaced or was is None)


def _index_comments(old: Table, new: Table) -> Iterator[tuple[CommentOn | None, CommentOn, bool]]:
    for back, after, late in _members("index", new.name, old.indexes, new.indexes, waits=True):
        name = Name(after.part or "", new.name.schema)
        yield (
            CommentOn("index", name, back.text) if back is not None else None,
            CommentOn("index", name, after.text),
            late,
        )


def _bare(member: Any) -> Any:
    return member.model_copy(update={"comment": None})


def plan_comment(context: Context, change: Change) -> Iterator[Step | Refusal]:
    """Plan a comment on something that no table has."""
    found = change.new or change.old
    before = change.old.text if change.old is not None else None
    after = change.new.text if change.new is not None else None
    made = CommentOn(found.kind, found.target, after, found.part)
    yield Step(
        key=key("comment-on", found.kind, found.target, found.part or ""),
        title=f"Comment on {found.kind} {full(found.target)}",
        phase="expand",
        rank=96,
        statements=(print_statement(made),),
        undo=(print_statement(CommentOn(found.kind, found.target, before, found.part)),),
    )


def object_comment(
    kind: str, name: Name, old: str | None, new: str | None, signature: str = ""
) -> Iterator[Step]:
    """Plan the comment on an object that stands alone."""
    if old == new:
        return
    yield Step(
        key=key("comment-on", kind, name),
        title=f"Comment on {kind} {spelled(name)}",
        phase="expand",
        rank=96,
        statements=(_text(kind, name, new, signature),),
        undo=(_text(kind, name, old, signature),),
    )


def _text(kind: str, name: Name, text: str | None, signature: str) -> str:
    said = print_statement(CommentOn(kind, name, text))
    return said.replace(" is ", f"{signature} is ", 1) if signature else said
