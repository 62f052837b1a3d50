"""Policies, triggers, rights and comments."""

from collections.abc import Iterator
from typing import Literal, cast

from bdc.catalog.lifting.words import placed, qualified_name, relation, role, roles, type_text
from bdc.catalog.tables import Command
from bdc.ddl import nodes
from bdc.ddl.names import Name
from bdc.sql.written import NotRead, Part

_TARGETS = {"OBJECT_TABLE": "table", "OBJECT_SEQUENCE": "sequence", "OBJECT_FUNCTION": "function"} | {
    "OBJECT_PROCEDURE": "procedure",
    "OBJECT_SCHEMA": "schema",
}
_COMMENTED = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_SEQUENCE": "sequence",
    "OBJECT_INDEX": "index",
}
_PARTS = {"OBJECT_COLUMN": "column", "OBJECT_TABCONSTRAINT": "constraint", "OBJECT_TRIGGER": "trigger"} | {
    "OBJECT_POLICY": "policy"
}


def policy(part: Part) -> Iterator[nodes.Statement]:
    part.only("policy_name", "table", "cmd_name", "permissive", "roles", "qual", "with_check")
    yield nodes.CreatePolicy(
        part.text("policy_name"),
        relation(part.needed("table")),
        cast("Command", part.text("cmd_name") or "all"),
        roles(part.nodes("roles")) or ("public",),
        not part.flag("permissive"),
        part.expression("qual") if part.has("qual") else None,
        part.expression("with_check") if part.has("with_check") else None,
    )


def trigger(part: Part, text: str) -> Iterator[nodes.Statement]:
    function = qualified_name(part.strings("funcname"))
    yield nodes.CreateTriggerText(part.text("trigname"), relation(part.needed("relation")), text, function)


def grant(part: Part) -> Iterator[nodes.Statement]:
    """Yield what GRANT gives on objects by name. Raises NotRead for REVOKE and for `all tables in schema`."""
    part.only(
        "is_grant", "targtype", "objtype", "objects", "privileges", "grantees", "grant_option", "behavior"
    )
    if not part.flag("is_grant") or part.word("targtype") != "ACL_TARGET_OBJECT":
        raise NotRead("revoke, or a grant on all of a schema")
    kind = _TARGETS.get(part.word("objtype"))
    if kind is None:
        raise NotRead(f"a grant on {part.word('objtype')}")
    privileges = tuple(_privilege(each) for each in part.nodes("privileges")) or (nodes.Privilege("all"),)
    for each in part.nodes("objects"):
        target, signature = _target(each)
        yield nodes.Grant(
            privileges, kind, target, roles(part.nodes("grantees")), signature, part.flag("grant_option")
        )


def _privilege(part: Part) -> nodes.Privilege:
    return nodes.Privilege(part.text("priv_name") or "all", part.strings("cols"))


def _target(part: Part) -> tuple[Name, str | None]:
    match part.kind:
        case "RangeVar":
            return relation(part), None
        case "String":
            return Name(part.text("sval")), None
        case "ObjectWithArgs":
            return _routine(part)
    raise NotRead(part.kind)


def _routine(part: Part) -> tuple[Name, str]:
    if part.flag("args_unspecified"):
        raise NotRead("a function without its arguments")
    types = part.nodes("objargs")
    return qualified_name(part.strings("objname")), ", ".join(type_text(each) for each in types)


def comment(part: Part) -> Iterator[nodes.Statement]:
    part.only("objtype", "object", "comment")
    kind, found = part.word("objtype"), part.needed("object")
    text = part.text("comment") if part.has("comment") else None
    if kind in _COMMENTED:
        yield nodes.CommentOn(_COMMENTED[kind], qualified_name(_words(found)), text)
    elif kind in _PARTS:
        *owner, name = _words(found)
        yield nodes.CommentOn(_PARTS[kind], qualified_name(tuple(owner)), text, name)
    elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE"):
        target, signature = _routine(found)
        yield nodes.CommentOn(_TARGETS[kind], target, text, signature=signature)
    elif kind == "OBJECT_SCHEMA":
        yield nodes.CommentOn("schema", Name(found.text("sval")), text)
    else:
        raise NotRead(f"a comment on {kind}")


def _words(part: Part) -> tuple[str, ...]:
    return tuple(each.text("sval") for each in part.nodes("items"))


ENABLED: dict[str, Literal["origin", "disabled", "always", "replica"]] = {
    "AT_EnableTrig": "origin",
    "AT_DisableTrig": "disabled",
    "AT_EnableAlwaysTrig": "always",
    "AT_EnableReplicaTrig": "replica",
}
__all__ = ["ENABLED", "comment", "grant", "placed", "policy", "role", "trigger"]
