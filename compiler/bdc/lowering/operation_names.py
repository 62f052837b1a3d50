"""Operations outside resources that several apis have under one name: each but that of the first api gets a name of its own.

Functions, permissions, handlers and constants of the service are known by these names. What is written stays in `called`: paths, GraphQL and the
description of each api show that.
"""

from bdc.ir import Api, Operation, SystemIR
from bdc.naming.casing import snake
from bdc.naming.distinct import aside
from bdc.naming.graphql import field_name


def named_apart(system: SystemIR) -> SystemIR:
    """Return the system with these names; itself where each name stands for one operation."""
    written = [each.name for api in system.apis for each in api.operations]
    if len(set(written)) == len(written):
        return system
    taken, seen = set(written), set[str]()
    apis = tuple(
        api.model_copy(
            update={"operations": tuple(_named(api, each, seen, taken) for each in api.operations)}
        )
        for api in system.apis
    )
    return system.model_copy(update={"apis": apis})


def _named(api: Api, operation: Operation, seen: set[str], taken: set[str]) -> Operation:
    if operation.name not in seen:
        seen.add(operation.name)
        return operation
    called, version = api.place
    name = aside(f"{operation.name}_of_{snake(called)}_{version}", taken)
    taken.add(name)
    graphql = operation.graphql or field_name(operation.name)
    return operation.model_copy(update={"name": name, "called": operation.name, "graphql": graphql})
