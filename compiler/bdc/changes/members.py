"""Members of bodies, answers and payloads: one comparison for all, under the codes of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from bdc.changes.change import Change
from bdc.changes.meaning.canonical import canonical, key
from bdc.changes.policy.earlier import earlier
from bdc.changes.sides import Matched, Renames, match
from bdc.changes.wire import Difference, Pair, compare, named, words
from bdc.ir import Expr, Origin
from bdc.policy.expression_text import in_words
from bdc.source.records import dataclass
from bdc.surface import Member

_WIDER = "Accept the old values until no client sends them, or add a member with the new rule beside it."
_NULLABLE = "Give old readers a value: a default, or a mask (`else mask(…)`) where a rule hides it."


class Follow(Protocol):
    """The recipient of two named types in one place."""

    def __call__(self, pair: Pair, *, incoming: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Body:
    """Where members stand. `codes`: what their codes begin with (`rest.input-`). `incoming`: written by the caller. `entity`: that
    of the new side, for renamed fields. `keep`: what to do instead of taking a member away."""

    codes: str
    place: str
    incoming: bool
    renames: Renames
    follow: Follow
    origin_of: Callable[[Member], Origin | None]
    entity: str | None = None
    separator: str = "."
    keep: str = ""

    def at(self, name: str) -> str:
        return f"{self.place}{self.separator}{name}"

    def change(self, code: str, member: Member, message: str, remedy: str = "") -> Change:
        place = self.at(member.name)
        return Change(self.codes + code, place, message, remedy, self.origin_of(member))


def compare_members(body: Body, old: Sequence[Member], new: Sequence[Member]) -> Iterator[Change]:
    """Yield how the members of one body differ."""
    if old == new:
        for member in new:
            _follow(body, member, member)
        return
    found = _matched(body, old, new)
    for gone in found.removed:
        yield body.change("removed", gone, f"`{gone.name}` is gone", body.keep)
    for added in found.added:
        yield _added(body, added)
    for before, after in found.both:
        yield from _member(body, before, after)


def _matched(body: Body, old: Sequence[Member], new: Sequence[Member]) -> Matched[Member]:
    by_field = {member.field: member.name for member in old}

    def before(member: Member) -> object:
        field = body.renames.field(body.entity or "", member.field)
        return by_field.get(field, member.name) if field != member.field else member.name

    return match(old, new, lambda member: member.name, before)


def _added(body: Body, member: Member) -> Change:
    if body.incoming and member.required:
        remedy = "Give it a default, or let it be left out."
        return body.change("required", member, f"`{member.name}` is new and must be given", remedy)
    return body.change("added", member, f"`{member.name}` is new")


def _member(body: Body, old: Member, new: Member) -> Iterator[Change]:
    if old.name != new.name:
        message = f"`{old.name}` is called `{new.name}`"
        renamed = body.change("renamed", old, message, _alias(body, old, new))
        yield replace(renamed, cause=body.renames.cause(body.entity or "", new.field))
    yield from _presence(body, old, new)
    yield from _linked(body, old, new)
    if body.codes == "rest.property-":
        yield from _shown(body, old, new)
    if old.nested is not None and new.nested is not None:
        inner = replace(body, place=f"{body.at(new.name)}[]", separator=".", entity=None)
        yield from compare_members(inner, old.nested, new.nested)
    elif old.type is None or new.type is None:
        if old.nested is not new.nested:
            yield body.change("type-changed", new, f"`{new.name}` has another form")
    else:
        yield from _type(body, new, compare(old.type, new.type))
        _follow(body, old, new)


def _linked(body: Body, old: Member, new: Member) -> Iterator[Change]:
    """Which rows values name, and what happens to those that name none."""
    if not (old.linked and new.linked):
        return
    entity, _, field = new.linked.partition(".")
    if body.renames.field(entity, field) != old.linked.rpartition(".")[2]:
        message = f"`{new.name}` names rows by `{new.linked}` instead of `{old.linked}`"
        yield body.change("names-changed", new, message)
    if old.makes and not new.makes:
        message = f"values of `{new.name}` that name no row are refused, and make none"
        yield body.change("makes-no-rows", new, message)
    elif new.makes and not old.makes:
        yield body.change("makes-rows", new, f"values of `{new.name}` that name no row make one")


def _alias(body: Body, old: Member, new: Member) -> str:
    """How the old name goes on working: a computed field is an alias for readers."""
    if body.incoming or not body.entity or old.type is None or new.field != new.name:
        return f"Offer `{old.name}` beside it until no client uses it."
    alias = f'`{old.name}: {words(old.type)} @computed({new.name}) @deprecated("use {new.name}")`'
    return f"Offer an alias beside it until no client uses it: {alias}."


def _follow(body: Body, old: Member, new: Member) -> None:
    if old.nested is not None and new.nested is not None:
        for member in new.nested:
            _follow(body, member, member)
    elif old.type is not None and new.type is not None:
        pair = named(old.type, new.type)
        if pair is not None:
            body.follow(pair, incoming=body.incoming)


def _presence(body: Body, old: Member, new: Member) -> Iterator[Change]:
    """Whether it has to be there, and whether it may be null."""
    name = new.name
    if body.incoming and old.required != new.required:
        if new.required:
            remedy = "Give it a default, or let it be left out."
            yield body.change("required", new, f"`{name}` must be given", remedy)
        else:
            yield body.change("optional", new, f"`{name}` may be left out")
    if body.incoming and body.codes != "rest.parameter-" and old.nullable != new.nullable:
        code, text = ("nullable", "may be null") if new.nullable else ("not-null", "may not be null")
        yield body.change(code, new, f"`{name}` {text}")
    if not body.incoming and _may_be_null(old) != _may_be_null(new):
        gone = _may_be_null(new)
        text = _why_null(old, new) if gone else "is never null"
        code, remedy = ("nullable", _NULLABLE) if gone else ("not-null", "")
        yield body.change(code, new, f"`{name}` {text}", remedy)
    if (
        body.incoming
        and not _same_default(body.renames, old.default, new.default)
        and not (old.required or new.required)
    ):
        message = f"`{name}` is {_default(new.default)} when it is left out, and was {_default(old.default)}"
        yield body.change("default-changed", new, message)


def _same_default(renames: Renames, old: Expr | None, new: Expr | None) -> bool:
    """Whether two defaults give the same value, whatever their types are called."""
    if old is None or new is None:
        return old is new
    return old == new or key(canonical(old)) == key(canonical(earlier(new, renames)))


def _may_be_null(member: Member) -> bool:
    """A reader that a rule keeps out gets null where no mask is written."""
    rule = member.rule
    return member.nullable or (rule is not None and rule.read is not None and rule.mask is None)


def _why_null(old: Member, new: Member) -> str:
    if new.nullable or new.rule is None or new.rule.read is None:
        return "may be null"
    return f"is null for all but {', '.join(new.rule.read.roles)}"


def _default(expr: Expr | None) -> str:
    return f"`{in_words(expr)}`" if expr is not None else "nothing"


def _shown(body: Body, old: Member, new: Member) -> Iterator[Change]:
    if new.deprecated and not old.deprecated:
        yield body.change("deprecated", new, f"`{new.name}` is deprecated: {new.deprecated}")
    if new.rule and new.rule.read and new.rule.mask:
        before = old.rule.mask if old.rule and old.rule.read else None
        if before is None or before != new.rule.mask:
            readers = ", ".join(new.rule.read.roles)
            message = f"`{new.name}` is {in_words(new.rule.mask)} for all but {readers}"
            yield body.change("masked", new, message)


def _type(body: Body, member: Member, difference: Difference) -> Iterator[Change]:
    """What a caller writes must not be held to more; what he reads must not hold more."""
    if difference.changed:
        remedy = (
            f"Add a member of the new type beside `{member.name}`, and keep this one until no client uses it."
        )
        yield body.change(
            "type-changed", member, f"`{member.name}` has another type: {difference.changed}", remedy
        )
    if difference.tightened:
        verb = "accepts" if body.incoming else "holds"
        text = f"`{member.name}` {verb} fewer values: {'; '.join(difference.tightened)}"
        yield body.change("tightened", member, text, _WIDER if body.incoming else "")
    if difference.loosened:
        verb = "accepts" if body.incoming else "may hold"
        text = f"`{member.name}` {verb} more values: {'; '.join(difference.loosened)}"
        yield body.change("loosened", member, text)
