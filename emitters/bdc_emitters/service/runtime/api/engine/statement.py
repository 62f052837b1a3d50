"""Shows the statement that a route runs, as the service itself composes it.

    python -m api.statement
    python -m api.statement GET '/v1/orders?status=open&expand=items' --role member

The first form lists the routes. A read is one statement, composed for the roles of the caller; a write is a function of the
database, whose text is in `database/release/api.sql`.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from api.engine.http import query_string
from api.engine.http.routing import Route, Router
from api.routes import ROUTES
from services.data import operations, resources
from services.data.engine import reads
from services.data.engine.layout import laid_out
from services.data.engine.operation import Operation
from services.data.engine.resource import Resource
from services.data.statements import FRAGMENTS
from services.engine.problems import Problem

RELEASE = Path(__file__).parents[2] / "database" / "release" / "api.sql"
RESOURCES = {each.entity: each for each in vars(resources).values() if isinstance(each, Resource)}
OPERATIONS = {each.name: each for each in vars(operations).values() if isinstance(each, Operation)}


def statements(route: Route, query: bytes = b"", roles: frozenset[str] = FRAGMENTS.roles) -> tuple[str, ...]:
    """Return the statements of a route, in the order in which they run. `query`: the query string; none for a route that runs no
    statement of its own. Raises `Problem` for a query string that the route refuses."""
    operation = OPERATIONS.get(route.name)
    if operation is not None:
        functions = (operation.function, operation.finish)
        return tuple(function.call for function in functions if function is not None)
    entity, _, action = route.name.rpartition(".")
    resource = RESOURCES.get(entity)
    if resource is None:
        return ()
    if action == "get":
        expand, fields = query_string.row_query(query, resource)
        keys = len(FRAGMENTS.entity[entity].around) + len(FRAGMENTS.entity[entity].addressed_by)
        return (reads.row_statement(resource, expand, keys, roles, fields).sql,)
    return (reads.page_statement(resource, query_string.list_query(query, resource), roles).sql,)


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m api.statement", description="Show the statement of a route."
    )
    parser.add_argument("method", nargs="?", help="GET, POST, …; without it the routes are listed")
    parser.add_argument("path", nargs="?", help="as in the list, or of a request, with its query string")
    parser.add_argument(
        "--role", action="append", default=[], help="a role of the caller; all when none is named"
    )
    given = parser.parse_args()
    if given.method is None or given.path is None:
        print("\n".join(f"{route.method:6} {route.path}  {route.name}" for route in ROUTES))
        return 0
    path, _, query = given.path.partition("?")
    found = Router(ROUTES).match(given.method.upper(), path)
    if found.route is None:
        parser.error(f"there is no route {given.method} {path}")
    try:
        print("\n".join(_shown(found.route, query.encode(), frozenset(given.role) or FRAGMENTS.roles)))
    except Problem as problem:
        parser.error(f"{problem.code}: {problem.detail}")
    return 0


def _shown(route: Route, query: bytes, roles: frozenset[str]) -> Iterator[str]:
    found = statements(route, query, roles)
    if not found:
        yield f"-- {route.name} runs no statement of its own."
    for statement in found:
        yield f"{laid_out(statement)};"
    operation = OPERATIONS.get(route.name)
    for function in (operation.function, operation.finish) if operation else ():
        if function is not None:
            yield from _text(function.call)


def _text(call: str) -> Iterator[str]:
    """Yield the text of the function that `call` calls."""
    name = call.partition(" from ")[2].partition("(")[0]
    lines = RELEASE.read_text(encoding="utf-8").splitlines()
    begin = next(
        (at for at, line in enumerate(lines) if line.upper().startswith(f"CREATE FUNCTION {name}(".upper())),
        None,
    )
    if begin is None:
        return
    end = next(at for at in range(begin, len(lines)) if lines[at].endswith("$function$;"))
    yield f"\n-- database/release/api.sql, line {begin + 1}"
    yield from lines[begin : end + 1]
