"""Query strings of lists and reads: every parameter is known and valid, or the request is refused with all reasons.

What a short query string means is kept: clients repeat them, and to read one costs 5 to 15 µs. Cursors and searches are not kept.
"""

from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from services.data.engine.resource import CAN, DISTANCE, ListQuery, Resource
from services.data.engine.validation import MAX_ERRORS, Errors, vector_text
from services.engine.problems import Problem

Meaning = TypeVar("Meaning")

MAX_PARAMETERS = 100
MAX_SEARCH = 200
MAX_CURSOR = 2_048
MAX_OFFSET = 2_147_483_647
NEAREST = "nearest"
MAX_KEPT = 1_000
SHORT = 300  # bytes of a query string that is kept


class Kept(Generic[Meaning]):
    """What query strings mean, by resource. The resource is kept beside, so that no other one gets its number."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, bytes], tuple[Resource, Meaning]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, resource: Resource, query: bytes) -> Meaning | None:
        """Return what `query` means to `resource`; None when it was not kept."""
        found = self._known.get((id(resource), query))
        return None if found is None else found[1]

    def keep(self, resource: Resource, query: bytes, meaning: Meaning) -> Meaning:
        """Keep a short one, and return what it means."""
        if len(query) <= SHORT:
            if len(self._known) >= MAX_KEPT:
                self._known.clear()
            self._known[id(resource), query] = (resource, meaning)
        return meaning


_lists: Kept[ListQuery] = Kept()
_expansions: Kept[tuple[str, ...]] = Kept()


def pairs(query: bytes) -> dict[str, str]:
    """Return the parameters. Raises `malformed-request` for one that cannot be decoded or is repeated."""
    if not query:
        return {}
    try:
        found = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        raise Problem("malformed-request", "The query string cannot be decoded.") from None
    result = dict(found)
    if len(result) != len(found):
        raise Problem("malformed-request", "A query parameter is given twice.")
    return result


def list_query(query: bytes, resource: Resource) -> ListQuery:
    """Return the list that `query` asks for. Raises `unknown-parameter`, `validation-failed`."""
    if not query:
        total = resource.offsets and resource.totals
        return ListQuery((), None, False, resource.page_default, None, None, (), total)
    known = _lists.get(resource, query)
    if known is not None:
        return known
    found = _list_query(query, resource)
    repeated = found.cursor is None and found.search is None and found.nearest is None
    return _lists.keep(resource, query, found) if repeated else found


def _list_query(query: bytes, resource: Resource) -> ListQuery:
    errors: Errors = []
    given = pairs(query)
    filters = [
        (parameter.field, parameter.operator, value)
        for name, parameter in resource.parameters.items()
        if name in given and (value := _read(parameter.read, name, given.pop(name), errors)) is not None
    ]
    sort, descending = _sort(given.pop("sort", None), resource, errors) if resource.sorts else (None, False)
    limit = _limit(given.pop("limit", None), resource, errors)
    offset = _offset(given.pop("offset", None), errors) if resource.offsets else 0
    cursor = None if resource.offsets else _text("cursor", given.pop("cursor", None), MAX_CURSOR, errors)
    search = _text("q", given.pop("q", None), MAX_SEARCH, errors) if resource.searchable else None
    nearest, distance = _nearest(given, resource, errors) if resource.nearest else (None, False)
    expand = _expand(given.pop("expand", None), resource, errors)
    fields = _members(given, resource, errors)
    total = resource.totals and (resource.offsets or _flag("total", given.pop("total", None), errors))
    if nearest is not None and sort is not None:
        errors.append({"path": "?sort", "code": "value", "message": "`nearest` is the order already"})
    finish(given, errors)
    shown = (expand, total, offset, fields, nearest, distance)
    return ListQuery(tuple(filters), sort, descending, limit, cursor, search, *shown)


def expand_query(query: bytes, resource: Resource, *, beside: bool = False) -> tuple[str, ...]:
    """Return what an answer with one row is to include. `beside`: the other parameters are read elsewhere. Raises like
    `list_query`."""
    if not query:
        return ()
    known = _expansions.get(resource, query)
    if known is not None:
        return known
    errors: Errors = []
    given = pairs(query)
    expand = _expand(given.pop("expand", None), resource, errors)
    finish({} if beside else given, errors)
    return expand if beside else _expansions.keep(resource, query, expand)


def row_query(query: bytes, resource: Resource) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what an answer with one row is to include, and which of its members are wanted (() for all). Raises like `list_query`."""
    if not query:
        return (), ()
    errors: Errors = []
    given = pairs(query)
    expand = _expand(given.pop("expand", None), resource, errors)
    fields = _members(given, resource, errors)
    finish(given, errors)
    return expand, fields


def no_query(query: bytes) -> None:
    """Refuse any query parameter."""
    if query:
        finish(pairs(query), [])


def finish(left: dict[str, str], errors: Errors) -> None:
    """Raise what was found: parameters nobody knows first, then values that are not valid."""
    if left:
        raise Problem(
            "unknown-parameter",
            "There is no query parameter " + ", ".join(f"`{name[:60]}`" for name in sorted(left)) + ".",
        )
    if errors:
        raise Problem("validation-failed", "The query string is not valid.", errors=errors)


def refuse(errors: Errors) -> None:
    """Raise what is wrong with the arguments of a request, wherever they stand."""
    if errors:
        raise Problem("validation-failed", "The arguments are not valid.", errors=errors[:MAX_ERRORS])


def _read(parse: Any, name: str, text: str, errors: Errors) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        errors.append({"path": f"?{name}", "code": "value", "message": str(error)})
        return None


def _sort(text: str | None, resource: Resource, errors: Errors) -> tuple[str | None, bool]:
    if text is None:
        return None, False
    descending = text.startswith("-")
    name = text[1:] if descending else text
    if name not in resource.sorts:
        message = "expected one of " + ", ".join(resource.sorts) + ", or one of them after `-`"
        errors.append({"path": "?sort", "code": "value", "message": message})
    return name, descending


def _limit(text: str | None, resource: Resource, errors: Errors) -> int:
    if text is None:
        return resource.page_default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= resource.page_max):
        message = f"expected a number from 1 to {resource.page_max}"
        errors.append({"path": "?limit", "code": "range", "message": message})
        return resource.page_default
    return int(text)


def _offset(text: str | None, errors: Errors) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= MAX_OFFSET):
        message = f"expected a number from 0 to {MAX_OFFSET}"
        errors.append({"path": "?offset", "code": "range", "message": message})
        return 0
    return int(text)


def _text(name: str, text: str | None, longest: int, errors: Errors) -> str | None:
    if text is None:
        return None
    if not 1 <= len(text) <= longest or "\0" in text:
        message = f"expected 1 to {longest} characters"
        errors.append({"path": f"?{name}", "code": "length", "message": message})
    return text


def _nearest(given: dict[str, str], resource: Resource, errors: Errors) -> tuple[str | None, bool]:
    """Return the text of a vector (`1,0.5,0`, which may stand in brackets), and whether rows tell how far they are from it."""
    distance = _flag(DISTANCE, given.pop(DISTANCE, None), errors)
    text = given.pop(NEAREST, None)
    if text is None:
        if distance:
            message = f"a distance is told with `{NEAREST}`"
            errors.append({"path": f"?{DISTANCE}", "code": "value", "message": message})
        return None, False
    items = text.removeprefix("[").removesuffix("]").split(",")
    try:
        return vector_text([float(item) for item in items], resource.numbers), distance
    except ValueError:
        message = f"expected {resource.numbers} numbers, separated by commas"
        errors.append({"path": f"?{NEAREST}", "code": "value", "message": message})
        return None, distance


def _flag(name: str, text: str | None, errors: Errors) -> bool:
    if text not in (None, "true", "false"):
        errors.append({"path": f"?{name}", "code": "value", "message": "expected true or false"})
    return text == "true"


def _members(given: dict[str, str], resource: Resource, errors: Errors) -> tuple[str, ...]:
    """Return the members that are wanted, () for all that a row always has; `_can` comes beside the others."""
    fields = _fields(given.pop("fields", None), resource, errors) if resource.fields else ()
    if resource.can and _flag(CAN, given.pop(CAN, None), errors):
        return (*(fields or resource.can), CAN)
    return fields


def _fields(text: str | None, resource: Resource, errors: Errors) -> tuple[str, ...]:
    if text is None:
        return ()
    names = text.split(",")
    if len(set(names)) != len(names) or not set(names) <= set(resource.fields):
        message = "expected some of " + ", ".join(resource.fields) + ", each once"
        errors.append({"path": "?fields", "code": "value", "message": message})
        return ()
    return tuple(name for name in resource.fields if name in names)


def _expand(text: str | None, resource: Resource, errors: Errors) -> tuple[str, ...]:
    if text is None:
        return ()
    names = text.split(",")
    if len(set(names)) != len(names) or not set(names) <= resource.expand.keys():
        message = "expected some of " + (", ".join(resource.expand) or "nothing") + ", each once"
        errors.append({"path": "?expand", "code": "value", "message": message})
        return ()
    return tuple(name for name in resource.expand if name in names)
