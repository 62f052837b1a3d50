"""The way of every read over REST: a shape of request → one statement (remembered) → the body, which PostgreSQL writes."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from services.data.engine.compose import Composed
from services.data.engine.database import Source
from services.data.engine.resource import ASKED, DISTANCE, ListQuery, Resource
from services.data.engine.selection import (
    Child,
    Distance,
    FilterBy,
    Get,
    Leaf,
    Many,
    NextCursor,
    Nodes,
    One,
    Page,
    Slot,
    Total,
)
from services.data.statements import COMPOSER, FRAGMENTS
from services.engine.container import Services
from services.engine.problems import Problem
from services.security.engine.actor import Actor

SHAPES = 4_000
_rows: dict[tuple[Any, ...], Composed] = {}
_pages: dict[tuple[Any, ...], Composed] = {}


async def row(
    services: Services,
    actor: Actor,
    request_id: str,
    resource: Resource,
    key: tuple[Any, ...],
    expand: tuple[str, ...],
    fields: tuple[str, ...] = (),
    *,
    by_key: bool = False,
    source: Source | None = None,
) -> tuple[bytes | None, str]:
    """Return the body and the ETag ('' without versions) of one row; None when there is none that the caller may read. `by_key`: `key` is
    its key, and not what names it in paths. `source`: what answers in place of the database."""
    shape = (resource.entity, expand, fields, actor.roles, by_key)
    statement = _rows.get(shape)
    if statement is None:
        made = row_statement(resource, expand, len(key), actor.roles, fields, by_key=by_key)
        statement = _remember(_rows, shape, made)
    arguments = statement.bind((*actor.identity, request_id), key)
    found = await (source or services.database).fetchrow(statement.sql, *arguments)
    if found is None or found[0] is None:
        return None, ""
    return services.cipher.reveal(found[0].encode()), found[1] or ""


async def page(
    services: Services,
    actor: Actor,
    request_id: str,
    resource: Resource,
    query: ListQuery,
    around: tuple[Any, ...] = (),
    *,
    source: Source | None = None,
) -> bytes:
    """Return the body of one page of a list. `around`: what names the rows that its rows stand under. Raises `invalid-cursor`, and
    `not-found` where the caller may not read these. `source`: what answers in place of the database."""
    used = _used(query)
    limit = _fixed_limit(resource, query)
    form = (resource.entity, used, query.sort, query.descending, query.search is not None, query.offset > 0)
    rest = (query.nearest is not None, query.distance, query.cursor is not None)
    shape = (*form, *rest, limit, query.expand, query.fields, query.total, actor.roles)
    statement = _pages.get(shape)
    if statement is None:
        statement = _remember(_pages, shape, page_statement(resource, query, actor.roles))
    sort = query.sort if query.sort is not None or not resource.order else ",".join(resource.order)
    order = f"{resource.entity}|{sort}|{query.descending}|{_filters_text(query)}"
    order += f"|{around!r}" if around else ""
    values = [value for _, _, value in query.filters]
    values += [query.limit] if limit is None else []
    values += [query.search] if query.search is not None else []
    values += [query.nearest] if query.nearest is not None else []
    values += [services.cursors.verify(order, query.cursor)] if query.cursor is not None else []
    values += [query.offset] if query.offset > 0 else []
    values += around
    arguments = statement.bind((*actor.identity, request_id), values)
    found = await (source or services.database).fetchrow(statement.sql, *arguments)
    body = b"null" if found is None else found[0].encode()
    if around and body == b"null":
        raise Problem("not-found")
    return services.cursors.signed(order, services.cipher.reveal(body))


def row_statement(
    resource: Resource,
    expand: tuple[str, ...],
    parts: int,
    roles: frozenset[str],
    fields: tuple[str, ...] = (),
    *,
    by_key: bool = False,
) -> Composed:
    """Return the statement of one row for a caller with `roles`; `parts`: how many its key has."""
    return COMPOSER.row(_get(resource, expand, parts, fields, addressed=not by_key), roles)


def page_statement(resource: Resource, query: ListQuery, roles: frozenset[str]) -> Composed:
    """Return the statement of a page of a list for a caller with `roles`."""
    return COMPOSER.value(_page(resource, query, _used(query), _fixed_limit(resource, query)), roles)


def _used(query: ListQuery) -> tuple[tuple[str, str], ...]:
    return tuple((field, operator) for field, operator, _ in query.filters)


def _fixed_limit(resource: Resource, query: ListQuery) -> int | None:
    """Return the limit that stands in the statement: those that most requests ask for; None: it is a parameter."""
    return query.limit if query.limit in (resource.page_default, resource.page_max) else None


def _remember(cache: dict[tuple[Any, ...], Composed], shape: tuple[Any, ...], made: Composed) -> Composed:
    if len(cache) >= SHAPES:
        cache.clear()
    cache[shape] = made
    return made


def _filters_text(query: ListQuery) -> str:
    """Return the filters and the search as text, so that a cursor goes on with the list that it came from."""
    asked = (query.filters, query.search, *((query.nearest,) if query.nearest else ()))
    return repr(asked) if any(asked) else ""


def _get(
    resource: Resource, expand: tuple[str, ...], parts: int, fields: tuple[str, ...], *, addressed: bool
) -> Get:
    by = tuple(Slot(index) for index in range(parts))
    return Get(
        "", resource.entity, by, members(resource.entity, _chosen(resource, expand), fields), addressed
    )


def _page(resource: Resource, query: ListQuery, used: tuple[tuple[str, str], ...], limit: int | None) -> Page:
    """Return the page; its slots are numbered as `page` lists their values: filters, limit, search, nearest, cursor, offset."""
    numbers = count()
    filters = tuple(FilterBy(field, operator, Slot(next(numbers))) for field, operator in used)
    rows = members(resource.entity, _chosen(resource, query.expand), query.fields)
    return Page(
        key="",
        entity=resource.entity,
        first=Slot(next(numbers)) if limit is None else limit,
        parts=(
            Nodes("items", (*rows, Distance(DISTANCE)) if query.distance else rows),
            *(() if resource.offsets else (NextCursor("next_cursor"),)),
            *((Total("total"),) if query.total else ()),
        ),
        filters=filters,
        search=Slot(next(numbers)) if query.search is not None else None,
        nearest=resource.nearest if query.nearest is not None else "",
        to=Slot(next(numbers)) if query.nearest is not None else None,
        sorts=_sorts(resource, query),
        after=Slot(next(numbers)) if query.cursor is not None else None,
        offset=Slot(next(numbers)) if query.offset > 0 else None,
        prefix=resource.prefix,
        ranked=resource.ranked and query.sort is None and query.nearest is None,
        around=tuple(Slot(next(numbers)) for _ in FRAGMENTS.entity[resource.entity].around),
    )


def _sorts(resource: Resource, query: ListQuery) -> tuple[str, ...]:
    if query.sort is None:
        return resource.order
    return (f"-{query.sort}" if query.descending else query.sort,)


def _chosen(resource: Resource, expand: tuple[str, ...]) -> Mapping[str, Any]:
    return {name: resource.expand[name] for name in expand}


def members(entity: str, expand: Mapping[str, Any], fields: tuple[str, ...] = ()) -> tuple[Child, ...]:
    """Return the members of a row as REST shows it: all of them, or those that are wanted, then what is expanded."""
    read = FRAGMENTS.entity[entity]
    names = fields or tuple(member.name for member in read.members if member.name not in ASKED)
    children: list[Child] = [Leaf(name, name) for name in names]
    for name, inner in expand.items():
        relation = read.relation[name]
        related = members(relation.target, inner)
        children.append(Many(name, name, None, related) if relation.many else One(name, name, related))
    return tuple(children)
