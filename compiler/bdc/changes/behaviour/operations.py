"""What custom operations do: their SQL, what they set, and which code is behind them."""

import re
from collections.abc import Iterator
from hashlib import sha256

from bdc.changes.behaviour.pairs import same_expr
from bdc.changes.behaviour.statements import named_rows, statement_changes
from bdc.changes.change import Change
from bdc.changes.hooks import hook_pairs
from bdc.changes.sides import Sides
from bdc.ir import Assignment, HandlerBody, Operation, Origin, SqlBody, SystemIR, TransitionBody
from bdc.policy.expression_text import in_words
from bdc.source.records import dataclass

_PIECE = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")|(--[^\n]*|/\*.*?\*/)|(\s+)""", re.DOTALL)
_REMEDY = "Offer it as an operation of another name where clients rely on what it did."
_KINDS = {"handler": "Python code", "transition": "a transition of the state machine", "sql": "SQL"}


@dataclass(frozen=True, slots=True)
class _Pair:
    place: str
    old: Operation
    new: Operation


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    entity: str
    origin: Origin


def operation_changes(sides: Sides) -> Iterator[Change]:
    """Yield what an operation does otherwise under the same form; and the SQL of the specification that changed."""
    before = _operations(sides.old)
    for (entity, name), new in _operations(sides.new).items():
        old = before.get((sides.renames.entity(entity) if entity else "", name))
        if old is None:
            continue
        pair = _Pair(f"{entity}.{name}" if entity else name, old, new)
        yield from named_rows(sides, pair.place, old, new)
        if old.body != new.body:
            yield from _body(sides, pair)
        if old.calls != new.calls:
            called = (
                ", ".join(f"{each.external}.{each.operation}" for each in new.calls) or "no other service"
            )
            message = f"{pair.place} calls {called}"
            yield Change("behaviour.calls-changed", pair.place, message, "", new.origin)
    yield from _hooks(sides)
    yield from _blocks(sides)


def _hooks(sides: Sides) -> Iterator[Change]:
    """Yield what create, update and delete do otherwise beside their row."""
    for entity, action, old, new, origin in hook_pairs(sides):
        place = f"{entity}.{action}"
        was, now = (each.body if each is not None else TransitionBody() for each in (old, new))
        if was != now:
            yield from _sets(sides, _Place(place, entity, origin), was.sets, now.sets)
            yield from statement_changes(sides, place, was, now, origin)


def _operations(system: SystemIR) -> dict[tuple[str, str], Operation]:
    found: dict[tuple[str, str], Operation] = {}
    for api in system.apis:
        for operation in (*api.operations, *(each for resource in api.resources for each in resource.custom)):
            found.setdefault((operation.entity or "", operation.name), operation)
    return found


def _body(sides: Sides, pair: _Pair) -> Iterator[Change]:
    old, new, origin = pair.old.body, pair.new.body, pair.new.origin
    if old.kind != new.kind:
        message = f"{pair.place} is {_KINDS[new.kind]} instead of {_KINDS[old.kind]}"
        yield Change("behaviour.body-changed", pair.place, message, _REMEDY, origin)
        return
    if isinstance(old, SqlBody) and isinstance(new, SqlBody):
        if old.keys == new.keys == "make":
            yield from _granted(pair, old, new)
        elif plain_sql(old.sql) != plain_sql(new.sql):
            message = f"the SQL of {pair.place} has changed: it may give or do something else"
            yield Change(
                "behaviour.sql-changed", pair.place, message, _REMEDY, origin, content=digest(new.sql)
            )
        return
    place = _Place(pair.place, pair.new.entity or "", origin)
    yield from _sets(sides, place, _assigned(old), _assigned(new))
    if isinstance(old, TransitionBody) and isinstance(new, TransitionBody):
        yield from statement_changes(sides, pair.place, old, new, origin)


def _granted(pair: _Pair, old: SqlBody, new: SqlBody) -> Iterator[Change]:
    """Yield that new keys carry other roles; those that were made keep theirs."""
    if set(old.granted) != set(new.granted):
        carried, before = (" and ".join(f"`{role}`" for role in each.granted) for each in (new, old))
        message = f"keys that {pair.place} makes carry {carried} instead of {before}; those that were made keep their roles"
        yield Change("behaviour.key-roles-changed", pair.place, message, _REMEDY, pair.new.origin)


def _assigned(body: HandlerBody | TransitionBody | SqlBody) -> tuple[Assignment, ...]:
    return () if isinstance(body, SqlBody) else body.sets


def _sets(
    sides: Sides, place: _Place, old: tuple[Assignment, ...], new: tuple[Assignment, ...]
) -> Iterator[Change]:
    before = {each.field: each.value for each in old}
    after = {sides.renames.field(place.entity, each.field): each.value for each in new}
    for name in dict.fromkeys((*before, *after)):
        was, now = before.get(name), after.get(name)
        if same_expr(was, now, sides.renames):
            continue
        said = [f"to `{in_words(each)}`" if each is not None else "to nothing" for each in (now, was)]
        message = f"{place.name} sets `{name}` {said[0]} instead of {said[1]}"
        yield Change("behaviour.set-changed", f"{place.name} {name}", message, _REMEDY, place.origin)


def _blocks(sides: Sides) -> Iterator[Change]:
    before = {block.name: block for block in sides.old.sql_blocks}
    for block in sides.new.sql_blocks:
        was = before.pop(block.name, None)
        place = f"sql {block.name}"
        if was is None:
            message = f"SQL is carried into the database: {_first(block.sql)}"
            yield Change(
                "behaviour.sql-block-added", place, message, origin=block.origin, content=digest(block.sql)
            )
        elif plain_sql(was.sql) != plain_sql(block.sql):
            message = f"SQL that the specification carries has changed: {_first(block.sql)}"
            yield Change(
                "behaviour.sql-block-changed", place, message, origin=block.origin, content=digest(block.sql)
            )
    for gone in before.values():
        message = f"SQL is no longer carried into the database: {_first(gone.sql)}"
        yield Change("behaviour.sql-block-removed", f"sql {gone.name}", message, content=digest(gone.sql))


def _first(sql: str) -> str:
    text = " ".join(sql.split())
    return f"`{text[:60]}{'…' if len(text) > 60 else ''}`"


def plain_sql(sql: str) -> str:
    """Return SQL without comments, and with one space wherever there is any: strings and quoted names stay as they are."""
    return _PIECE.sub(lambda found: found[1] or " ", sql).replace("  ", " ").strip()


def digest(sql: str) -> str:
    return sha256(plain_sql(sql).encode()).hexdigest()[:12]
