"""Where a comment goes: on the object that it is about."""

from typing import TYPE_CHECKING, Any

from bdc.catalog import objects
from bdc.ddl.names import Name
from bdc.ddl.nodes import CommentOn

if TYPE_CHECKING:
    from bdc.catalog.builder import Builder

_LISTS = {
    "schema": "schemas",
    "type": "enums",
    "domain": "domains",
    "sequence": "sequences",
    "function": "routines",
    "procedure": "routines",
    "aggregate": "routines",
}
_MEMBERS = {
    "constraint": ("uniques", "checks", "foreign_keys", "exclusions"),
    "trigger": ("triggers",),
    "policy": ("policies",),
}


def put(builder: "Builder", node: CommentOn) -> None:
    """Put the comment on its object; on `builder.comments` when there is none that has a place for it."""
    if node.text is not None and not _placed(builder, node):
        builder.comments.append(
            objects.Comment(kind=node.kind, target=node.target, part=node.part, text=node.text)
        )


def _placed(builder: "Builder", node: CommentOn) -> bool:
    said = {"comment": node.text}
    if node.kind in _LISTS and node.part is None:
        return _in_list(getattr(builder, _LISTS[node.kind]), node)
    if node.target in builder.views:
        return _on_view(builder, node)
    if node.kind == "index":
        return _on_index(builder, node)
    if not builder.has_table(node.target):
        return False
    if node.kind == "table":
        builder.set(node.target, comment=node.text)
        return True
    if node.kind == "column":
        columns = builder.table(node.target).columns
        builder.set(node.target, columns=tuple(_updated(columns, node.part, said)))
        return True
    if node.kind == "constraint" and _on_primary_key(builder, node):
        return True
    return any(_in_members(builder.members(node.target, kind), node) for kind in _MEMBERS.get(node.kind, ()))


def _in_list(found: list[Any], node: CommentOn) -> bool:
    for at, each in enumerate(found):
        own = Name(each.name) if isinstance(each, objects.Schema) else each.name
        same = node.signature is None or f"({node.signature})" == each.signature
        if own == node.target and same:
            found[at] = each.model_copy(update={"comment": node.text})
            return True
    return False


def _in_members(found: list[Any], node: CommentOn) -> bool:
    updated = _updated(found, node.part, {"comment": node.text})
    if updated == found:
        return False
    found[:] = updated
    return True


def _updated(found: Any, name: str | None, said: dict[str, Any]) -> list[Any]:
    return [each.model_copy(update=said) if each.name == name else each for each in found]


def _on_primary_key(builder: "Builder", node: CommentOn) -> bool:
    key = builder.table(node.target).primary_key
    if key is None or key.name != node.part:
        return False
    builder.set(node.target, primary_key=key.model_copy(update={"comment": node.text}))
    return True


def _on_index(builder: "Builder", node: CommentOn) -> bool:
    """The name of an index is its schema's: any table of the schema may have it."""
    said = {"comment": node.text}
    for name in builder.names():
        found = builder.members(name, "indexes")
        if name.schema == node.target.schema and any(each.name == node.target.name for each in found):
            found[:] = _updated(found, node.target.name, said)
            return True
    for name, view in builder.views.items():
        if name.schema == node.target.schema and any(each.name == node.target.name for each in view.indexes):
            indexes = tuple(_updated(view.indexes, node.target.name, said))
            builder.views[name] = view.model_copy(update={"indexes": indexes})
            return True
    return False


def _on_view(builder: "Builder", node: CommentOn) -> bool:
    view = builder.views[node.target]
    if node.kind == "column":
        more = (*view.column_comments, (node.part, node.text))
        builder.views[node.target] = view.model_copy(update={"column_comments": more})
    elif node.kind == "trigger":
        triggers = tuple(_updated(view.triggers, node.part, {"comment": node.text}))
        builder.views[node.target] = view.model_copy(update={"triggers": triggers})
    else:
        builder.views[node.target] = view.model_copy(update={"comment": node.text})
    return True
