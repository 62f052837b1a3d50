"""What is known of an operation that looks otherwise outside, and of a value on its way there."""

from typing import Any

from bdc.ir import Profile, Resource, Show
from bdc.source.records import dataclass
from bdc.surface.shapes import Table

PLAIN = Profile()


@dataclass(frozen=True, slots=True)
class Wire:
    """One operation, by its method and path. `path`: its parameters by their names outside. `statuses`: inside → outside. `body` and `answer` name tables ('': left as it is); `within`: the
    member that holds the body, `one` that of what is answered, `many` that of the rows of a page ('': none). `page`: the answer is a page.
    `total`: the member that counts all rows. `query`: parameters, and `values` what stands in them, outside → inside. `more`: parameters
    that each request gets. `about`: what errors call the row. `own`: the answer is the row of the caller. `password`: the member that sets
    another password."""

    id: str
    method: str
    path: str
    outside: str
    statuses: tuple[tuple[int, int], ...] = ()
    body: str = ""
    within: str = ""
    answer: str = ""
    one: str = ""
    many: str = ""
    page: bool = False
    total: str = "total"
    cursor: str = "next_cursor"
    query: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    more: tuple[tuple[str, str], ...] = ()
    about: str = ""
    own: bool = False
    password: str = ""


def outward(tables: dict[str, Table], name: str, value: Any) -> Any:
    """Return a value with its members as they are called outside; those that are not in the table are left out."""
    if isinstance(value, list):
        return [outward(tables, name, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        outside: outward(tables, inner, value[inside]) if inner else value[inside]
        for inside, (outside, inner) in tables[name].items()
        if inside in value
    }


def shown_at(resource: Resource | None, position: str) -> Show | None:
    """Return what rows show at a position: what is said for it, else for rows as such."""
    shows: dict[str, Show] = {each.position: each for each in resource.shows} if resource else {}
    return shows.get(position) or shows.get("row")


def reads_shown(resource: Resource) -> bool:
    """Return whether reads of a resource are asked for the members that rows show; a filter may have the name that this takes."""
    return bool(resource.shows) and not any("fields" in (each.called, each.path) for each in resource.filters)
