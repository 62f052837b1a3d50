"""What the service may use of the specification's own SQL: checks, defaults, computed columns and triggers do, in its name."""

import re
from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import Grant, Privilege, Statement
from bdc.ddl.opaque import object_of
from bdc.ddl.script import split
from bdc.ir import SqlText, SystemIR
from bdc.schema.names import APP, Roles, schemas_of
from bdc.sql.parse import SqlSyntaxError, parse
from bdc.sql.tree import Node

_KINDS = {"function": "function", "aggregate": "function", "procedure": "procedure", "sequence": "sequence"}
_WORD = re.compile(r"[^\W\d]\w*")


def own_sql_rights(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the right to call each routine that runs with the rights of its caller, and to draw from sequences that defaults draw from:
    through them the service does nothing that it may not do itself. A routine of `security definer` stays closed until the
    specification grants it, and where no entity has a policy there is no service to call any."""
    if all(entity.unguarded for entity in system.entities):
        return
    may = (roles.runtime, roles.service)
    opened = {None, "public", APP, *schemas_of(system)}
    for kind, name, arguments in dict.fromkeys(_opened(system)):
        if name.schema not in opened and name.schema is not None:
            opened.add(name.schema)
            yield Grant((Privilege("usage"),), "schema", Name(name.schema), may)
        right = "usage" if kind == "sequence" else "execute"
        yield Grant((Privilege(right),), kind, name, may, signature=arguments)


def _opened(system: SystemIR) -> Iterator[tuple[str, Name, str | None]]:
    """Yield kind, name and arguments."""
    drawn = _words_of_defaults(system)
    for block in system.sql_blocks:
        for statement in split(block.sql):
            made = object_of(statement)
            node = _parsed(statement) if made.kind in _KINDS else None
            if node is None or _runs_as_its_owner(node):
                continue
            name = _name(node)
            if made.kind != "sequence":
                yield _KINDS[made.kind], name, made.key.partition("(")[2].removesuffix(")")
            elif name.name in drawn:
                yield "sequence", name, None


def _words_of_defaults(system: SystemIR) -> set[str]:
    defaults = (column.default for table in system.tables for column in table.columns)
    return {word for each in defaults if isinstance(each, SqlText) for word in _WORD.findall(each.sql)}


def _parsed(statement: str) -> Node | None:
    """That it has a right form is checked where the specification is."""
    try:
        return parse(statement)[0].node
    except SqlSyntaxError:
        return None


def _name(node: Node) -> Name:
    sequence = node.node("sequence")
    if sequence is not None:
        written: tuple[str, ...] = (sequence.text("schemaname"), sequence.text("relname"))
    else:
        written = ("", *(node.strings("funcname") or node.strings("defnames")))
    *_, schema, name = written
    return Name(name, None if schema in ("", "public") else schema)


def _runs_as_its_owner(node: Node) -> bool:
    options = node.nodes("options") if node.kind == "CreateFunctionStmt" else ()
    return any(
        value is not None and bool(value.get("boolval"))
        for each in options
        if each.text("defname") == "security"
        for value in (each.node("arg"),)
    )
