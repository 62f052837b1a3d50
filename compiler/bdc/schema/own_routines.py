"""What the service may call of the specification's own SQL: checks, defaults, computed columns and triggers do, in its name."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import Grant, Privilege, Statement
from bdc.ddl.opaque import object_of
from bdc.ddl.script import split
from bdc.ir import SystemIR
from bdc.schema.names import APP, Roles, schemas_of
from bdc.sql.parse import SqlSyntaxError, parse
from bdc.sql.tree import Node

_KINDS = {"function": "function", "aggregate": "function", "procedure": "procedure"}


def own_routine_rights(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the right to call each routine that runs with the rights of its caller: through it the service does nothing that it may
    not do itself. A routine of `security definer` stays closed until the specification grants it, and where no entity has a policy
    there is no service to call any."""
    if all(entity.unguarded for entity in system.entities):
        return
    may = (roles.runtime, roles.service)
    opened = {None, "public", APP, *schemas_of(system)}
    for kind, name, arguments in dict.fromkeys(_routines(system)):
        if name.schema not in opened and name.schema is not None:
            opened.add(name.schema)
            yield Grant((Privilege("usage"),), "schema", Name(name.schema), may)
        yield Grant((Privilege("execute"),), kind, name, may, signature=arguments)


def _routines(system: SystemIR) -> Iterator[tuple[str, Name, str]]:
    """Yield kind, name and arguments of the routines of the caller's rights."""
    for block in system.sql_blocks:
        for statement in split(block.sql):
            made = object_of(statement)
            node = _parsed(statement) if made.kind in _KINDS else None
            if node is not None and not _runs_as_its_owner(node):
                arguments = made.key.partition("(")[2].removesuffix(")")
                yield _KINDS[made.kind], _name(node), arguments


def _parsed(statement: str) -> Node | None:
    """That it has a right form is checked where the specification is."""
    try:
        return parse(statement)[0].node
    except SqlSyntaxError:
        return None


def _name(node: Node) -> Name:
    written = node.strings("funcname") or node.strings("defnames")
    schema = written[-2] if len(written) > 1 else None
    return Name(written[-1], None if schema == "public" else schema)


def _runs_as_its_owner(node: Node) -> bool:
    options = node.nodes("options") if node.kind == "CreateFunctionStmt" else ()
    return any(
        value is not None and bool(value.get("boolval"))
        for each in options
        if each.text("defname") == "security"
        for value in (each.node("arg"),)
    )
