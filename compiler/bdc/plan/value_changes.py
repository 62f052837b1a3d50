"""Two shapes of the values inside a column, and what is said of them → how values change, what is asked of rows first, or why there is
no way."""

from collections.abc import Callable, Iterator
from dataclasses import field

from bdc.catalog import (
    AnyShape,
    Column,
    EnumShape,
    ListShape,
    MemberShape,
    RecursiveShape,
    ScalarShape,
    SealedShape,
    Shape,
    StructShape,
)
from bdc.ddl.names import Name
from bdc.ddl.printer import literal
from bdc.diagnostics import Declared
from bdc.diagnostics.catalogue.plan import (
    EMPTY_MEMBER,
    MEMBER_STILL_HELD,
    NARROWER_VALUE,
    OTHER_VALUE,
    REQUIRED_MEMBER_WITHOUT_VALUE,
)
from bdc.plan import refusals
from bdc.plan.hints import Hints, ValueLabel, ValueMember, ValueRemoval, ValueSeal, spelled
from bdc.plan.operation import Refusal
from bdc.plan.typing_rules import is_text
from bdc.plan.value_fit import conforms, held_in, inside, is_wider_shape
from bdc.plan.value_shifts import Items, Labels, Members, Shift
from bdc.plan.worded import refusal
from bdc.source.records import dataclass

# From SQL of a value to the SQL of a condition on it.
Condition = Callable[[str], str]
_NULL = "'null'::jsonb"


@dataclass(frozen=True, slots=True)
class Question:
    """`asks`: true for a value, as it will be, that stands in the way; `declared` says why in words. `values`: those that go."""

    declared: Declared
    path: str
    asks: Condition
    values: str = ""


@dataclass(slots=True)
class ValueChange:
    """`archive`: members that are kept aside go."""

    shift: Shift | None = None
    refusals: list[Refusal] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    archive: bool = False
    seal: ValueSeal | None = None


def value_change(hints: Hints, table: Name, old: Column, new: Column) -> ValueChange | None:
    """Return how the values inside a column change; None where nothing is known of them, or nothing changes."""
    if isinstance(old.shape, SealedShape) or isinstance(new.shape, SealedShape):
        return _sealing(hints, table, old, new)
    if old.shape is None or new.shape is None or old.shape == new.shape:
        return None
    words = _Words(hints, table, new.name)
    found = ValueChange()
    found.shift = _Comparison(words, found).shapes(old.shape, new.shape, ())
    return found


def _sealing(hints: Hints, table: Name, old: Column, new: Column) -> ValueChange | None:
    """Plain text becomes encrypted in place; anything else that only the service could read or write is refused."""
    if old.shape == new.shape:
        return None
    whole = f"{spelled(table)}.{new.name}"
    words = (each for each in hints.values if isinstance(each, ValueSeal))
    seal = next((each for each in words if (each.table, each.column) == (table, new.name)), None)
    if old.shape is not None or seal is None:
        moved = isinstance(old.shape, SealedShape) and isinstance(new.shape, SealedShape)
        return ValueChange(refusals=[_bound(whole, old.shape) if moved else _opened(whole, new.name)])
    if old.name != new.name or not is_text(old.type) or old.type.endswith("[]"):
        return ValueChange(refusals=[_not_sealed(whole, new.name)])
    return ValueChange(seal=seal)


def _bound(whole: str, before: Shape | None) -> Refusal:
    place = before.place if isinstance(before, SealedShape) else ""
    table, _, column = place.partition(".")
    return refusals.cannot_plan(
        whole,
        f"encrypted values are bound to `{place}`, and cannot be read under another name",
        f'keep that name in the database: `@table("{table}")` on the entity, `@column("{column}")` on the field',
    )


def _opened(whole: str, name: str) -> Refusal:
    return refusals.cannot_plan(
        whole,
        "its values are encrypted, and only the service can decrypt them",
        f"add a field under another name, copy the values in the service, then write `dropped {name}`",
    )


def _not_sealed(whole: str, name: str) -> Refusal:
    return refusals.cannot_plan(
        whole,
        "only text under the same name is encrypted in place",
        f"make it `string` under this name first, or add a field for it, copy the values in the service, then write `dropped` for `{name}`",
    )


class _Words:
    """What is said of the values of one column."""

    def __init__(self, hints: Hints, table: Name, column: str) -> None:
        self.table, self.column = table, column
        mine = [
            each
            for each in hints.values
            if isinstance(each, ValueLabel) or (each.table, each.column) == (table, column)
        ]
        self._members = {each.path: each for each in mine if isinstance(each, ValueMember)}
        self._removals = {each.path: each for each in mine if isinstance(each, ValueRemoval)}
        self._labels = {(each.enum, each.old): each.new for each in mine if isinstance(each, ValueLabel)}

    def was(self, path: tuple[str, ...]) -> tuple[str, ...]:
        found = self._members.get(path)
        return found.was if found is not None else ()

    def value(self, path: tuple[str, ...]) -> str | None:
        found = self._members.get(path)
        return found.value if found is not None else None

    def removal(self, path: tuple[str, ...]) -> ValueRemoval | None:
        return self._removals.get(path)

    def label(self, enum: str, old: str) -> str | None:
        return self._labels.get((enum, old))

    def spelled(self, path: tuple[str, ...]) -> str:
        return ".".join((spelled(self.table), self.column, *path))


@dataclass
class _Comparison:
    words: _Words
    found: ValueChange
    descent: tuple[Callable[[Condition], Condition], ...] = ()

    def shapes(self, old: Shape, new: Shape, path: tuple[str, ...]) -> Shift | None:
        match old, new:
            case _ if old == new:
                return None
            case _, AnyShape():
                return None
            case AnyShape(), _:
                self._ask(OTHER_VALUE, path, _not(new))
            case EnumShape(), EnumShape():
                return self._labels(old, new, path)
            case StructShape(), StructShape():
                return self._members(old, new, path)
            case ListShape(), ListShape() if old.native == new.native:
                return self._items(old, new, path)
            case (ScalarShape() | EnumShape(), ScalarShape() | EnumShape()) if _is_written_alike(old, new):
                self._narrowed(old, new, path)
            case RecursiveShape(), RecursiveShape():
                pass
            case _:
                self.found.refusals.append(_retyped(self.words.spelled(path), path))
        return None

    def _ask(self, declared: Declared, path: tuple[str, ...], asks: Condition, values: str = "") -> None:
        for around in reversed(self.descent):
            asks = around(asks)
        self.found.questions.append(Question(declared, self.words.spelled(path), asks, values))

    def _narrowed(self, old: Shape, new: Shape, path: tuple[str, ...]) -> None:
        if not is_wider_shape(old, new):
            self._ask(NARROWER_VALUE, path, _not(new))

    def _labels(self, old: EnumShape, new: EnumShape, path: tuple[str, ...]) -> Shift | None:
        gone = [label for label in old.labels if label not in new.labels]
        pairs = [(label, self.words.label(new.name, label)) for label in gone]
        taken = tuple((label, after) for label, after in pairs if after is not None and after in new.labels)
        left = [label for label in gone if label not in dict(taken)]
        if left:
            self._ask(MEMBER_STILL_HELD, path, held_in(left), " or ".join(left))
        renamed = tuple((before, after) for before, after in taken if after not in old.labels)
        return Labels(taken, renamed) if taken else None

    def _items(self, old: ListShape, new: ListShape, path: tuple[str, ...]) -> Shift | None:
        below = _Comparison(self.words, self.found, (*self.descent, inside(None, new.native)))
        item = below.shapes(old.item, new.item, path)
        return Items(item, new.native) if item is not None else None

    def _members(self, old: StructShape, new: StructShape, path: tuple[str, ...]) -> Shift | None:
        if _holds_itself(old) or _holds_itself(new):
            self.found.refusals.append(_recursive(self.words.spelled(path), new.name))
            return None
        sources = dict(self._sources(old, new, path))
        refused = list(self._lost(old, new, sources, path))
        added = [each for each in new.members if each.name not in sources]
        if refused and added:
            refused = [_renamed_or_removed(each, added[0].name) for each in refused]
        self.found.refusals += refused
        shift = Members(
            added=tuple(self._added(added, path, asked=bool(refused))),
            filled=tuple(self._filled(old, new, sources, path)),
            renamed=tuple((was, name) for name, was in sources.items() if name != was),
            removed=tuple(self._removed(old, sources, path)),
            inner=tuple(self._inner(old, new, sources, path)),
        )
        return shift if shift else None

    def _sources(
        self, old: StructShape, new: StructShape, path: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        """Yield (new name, old name) of the members that are there on both sides."""
        names = {member.name for member in new.members}
        for member in new.members:
            was = (name for name in self.words.was((*path, member.name)) if name not in names)
            for name in (member.name, *was):
                if old.find(name) is not None:
                    yield member.name, name
                    break

    def _lost(
        self, old: StructShape, new: StructShape, sources: dict[str, str], path: tuple[str, ...]
    ) -> Iterator[Refusal]:
        for member in old.members:
            if member.name not in sources.values() and self.words.removal((*path, member.name)) is None:
                yield refusals.removed_unsaid("member", self.words.spelled(path), member.name)

    def _removed(self, old: StructShape, sources: dict[str, str], path: tuple[str, ...]) -> Iterator[str]:
        for member in old.members:
            removal = self.words.removal((*path, member.name))
            if member.name not in sources.values() and removal is not None:
                self.found.archive = self.found.archive or removal.archive
                yield member.name

    def _added(
        self, added: list[MemberShape], path: tuple[str, ...], *, asked: bool
    ) -> Iterator[tuple[str, str]]:
        for member in added:
            value = self.words.value((*path, member.name))
            if value is not None:
                yield member.name, value
            elif not asked:  # whether it is one that is gone comes first
                whole = self.words.spelled((*path, member.name))
                self.found.refusals.append(_no_value(whole, member.name))

    def _filled(
        self, old: StructShape, new: StructShape, sources: dict[str, str], path: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        for member in new.members:
            before = old.find(sources.get(member.name, ""))
            if before is None or member.nullable or not before.nullable:
                continue
            value = self.words.value((*path, member.name))
            if value is not None and value != _NULL:
                yield member.name, value
            else:
                where = (*path, member.name)
                self._ask(EMPTY_MEMBER, where, _is_missing(member.name))

    def _inner(
        self, old: StructShape, new: StructShape, sources: dict[str, str], path: tuple[str, ...]
    ) -> Iterator[tuple[str, Shift]]:
        for member in new.members:
            before = old.find(sources.get(member.name, ""))
            if before is not None:
                below = _Comparison(self.words, self.found, (*self.descent, inside(member.name, False)))
                shift = below.shapes(before.shape, member.shape, (*path, member.name))
                if shift is not None:
                    yield member.name, shift


def _not(shape: Shape) -> Condition:
    return lambda value: f"not ({conforms(value, shape)})"


def _is_missing(name: str) -> Condition:
    return lambda value: (
        f"jsonb_typeof({value}) = 'object' and coalesce({value} -> {literal(name)}, 'null') = {_NULL}"
    )


def _is_written_alike(old: Shape, new: Shape) -> bool:
    kinds = [each.json_type if isinstance(each, ScalarShape) else "string" for each in (old, new)]
    return kinds[0] == kinds[1]


def _holds_itself(shape: StructShape) -> bool:
    return any(_mentions(member.shape, shape.name) for member in shape.members)


def _mentions(shape: Shape, name: str) -> bool:
    match shape:
        case RecursiveShape():
            return shape.name == name
        case ListShape():
            return _mentions(shape.item, name)
        case StructShape():
            return any(_mentions(member.shape, name) for member in shape.members)
    return False


def _retyped(whole: str, path: tuple[str, ...]) -> Refusal:
    name = path[-1] if path else whole.rpartition(".")[2]
    return refusals.cannot_plan(
        whole,
        "its stored values would change, and the old version reads them until the contract",
        f"add a member or field under another name with `@backfill`, move to it, then write `dropped {name}`",
    )


def _recursive(whole: str, struct: str) -> Refusal:
    return refusals.cannot_plan(
        whole,
        f"struct {struct} holds itself, and its members change",
        "make a new struct and a new field of it, move to it, then write `dropped` for the old one",
    )


def _renamed_or_removed(refusal: Refusal, name: str) -> Refusal:
    parent, _, old = refusal.object.rpartition(".")
    return refusals.renamed_or_removed("member", parent, old, name)


def _no_value(whole: str, name: str) -> Refusal:
    return refusal(REQUIRED_MEMBER_WITHOUT_VALUE, whole, member=name)
