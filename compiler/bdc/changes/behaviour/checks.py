"""Checks of tables: compared by the rows that they refuse."""

from collections.abc import Iterator

from bdc.changes.behaviour.pairs import EntityPair
from bdc.changes.change import Change
from bdc.changes.meaning import decide
from bdc.changes.meaning.canonical import BOOL, FALSE
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.shift import enum_values, shown
from bdc.changes.sides import Sides
from bdc.ir import Check, EntityField, Expr, Not, Path, Root, ScalarField
from bdc.naming.sql import fitted
from bdc.policy.expression_text import in_words
from bdc.policy.rebase import paths

_REMEDY = "Make sure that no client writes such rows, and approve it; rows that are there are checked first."


def check_changes(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    """Yield the checks that refuse other rows than before. Those that follow from a type are told with the member."""
    left = {check.name: check for check in pair.old_table.checks if check.expr is not None}
    written = [check for check in pair.new_table.checks if check.expr is not None]
    for new in written:
        old = next((left.pop(name) for name in (new.name, *new.was) if name in left), None)
        if old is not None and new.name in _only_grown(pair):
            continue
        if old is not None or not _is_new(pair, new):
            yield from _check(sides, pair, old, new)
    for gone in left.values():
        message = f"{pair.new.name}: rows without `{_words(gone)}` are accepted"
        yield Change(
            "behaviour.check-removed", f"{pair.new.name} {gone.name}", message, origin=pair.new.origin
        )


def _only_grown(pair: EntityPair) -> set[str]:
    """Return the checks of choices that lead to more than before, and of structs in columns with more members: what the old version
    writes is accepted as it was, and members are told by themselves."""
    before = {arc.name: arc for arc in pair.old.arcs}
    grown = {
        arc.name
        for arc in pair.new.arcs
        if (old := before.get(arc.name)) is not None
        and set(old.fields) <= set(arc.fields)
        and (arc.optional or not old.optional)
    }
    members = {field.name: _members(field) for field in pair.old.fields if _members(field)}
    grown |= {field.name for field in pair.new.fields if members.get(field.name, {""}) <= _members(field)}
    return {fitted(f"ck_{pair.new_table.name}_{name}") for name in grown}


def _members(field: EntityField) -> set[str]:
    return (
        {piece.member for piece in field.embedded}
        if isinstance(field, ScalarField) and field.nullable
        else set()
    )


def _is_new(pair: EntityPair, check: Check) -> bool:
    """Whether a check mentions a field that clients of the old version cannot write."""
    known = {field.name for field in pair.old.fields}
    return any(name not in known for name in _fields(check.expr)) and not _renamed(pair, check)


def _renamed(pair: EntityPair, check: Check) -> bool:
    was = {name for field in pair.new.fields if field.was for name in (field.name,)}
    return bool(was & set(_fields(check.expr)))


def _fields(expr: Expr | None) -> Iterator[str]:
    for path in paths(expr) if expr is not None else ():
        if isinstance(path, Path) and path.root is Root.ROW and path.steps:
            yield path.steps[0].field


def _check(sides: Sides, pair: EntityPair, old: Check | None, new: Check) -> Iterator[Change]:
    """A check that is unknown holds: what it refuses are the rows for which it is false."""
    before = _refused(old.expr) if old is not None and old.expr is not None else FALSE
    after = _refused(earlier(new.expr, sides.renames)) if new.expr is not None else FALSE
    found = decide(before, after, enum_values(sides))
    if found.same:
        return
    place, origin = f"{pair.new.name} {new.name}", new.origin or pair.new.origin
    if found.gained is not None or found.undecided:
        example = f"; for example where {shown(found.gained)}" if found.gained else ""
        unsure = f"; it cannot be decided which: {found.undecided}" if found.undecided else ""
        message = f"rows of {pair.new.name} must satisfy `{_words(new)}`{_instead(old)}: others are refused with 422{example}{unsure}"
        code = "behaviour.check-added" if old is None else "behaviour.check-tightened"
        yield Change(code, place, message, _REMEDY, origin)
    if found.lost is not None:
        example = f"; for example where {shown(found.lost)}" if found.lost else ""
        message = f"rows of {pair.new.name} must satisfy `{_words(new)}`{_instead(old)}: some that were refused are accepted{example}"
        yield Change("behaviour.check-loosened", place, message, origin=origin)


def _instead(old: Check | None) -> str:
    return f" instead of `{_words(old)}`" if old is not None else ""


def _refused(expr: Expr) -> Expr:
    return Not(type=BOOL, nullable=expr.nullable, term=expr)


def _words(check: Check) -> str:
    return in_words(check.expr) if check.expr is not None else check.name
