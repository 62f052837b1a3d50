"""What changes inside the values of a column, as data: a tree of shifts beside the tree of shapes."""

from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Values of an enum that others take the place of: (old, new). `renamed`: those whose new value is one that the old enum had not."""

    pairs: tuple[tuple[str, str], ...]
    renamed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """Every item changes. `native`: of an array of PostgreSQL and not of JSON."""

    item: "Shift"
    native: bool


@dataclass(frozen=True, slots=True)
class Members:
    """An object changes. `added` and `filled` are (name, SQL of a jsonb value): what it gets where it has no such member, or null in it.
    `renamed`: (old, new). `inner`: members that change themselves, by their new names."""

    added: tuple[tuple[str, str], ...] = ()
    filled: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    inner: tuple[tuple[str, "Shift"], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.filled or self.renamed or self.removed or self.inner)


Shift = Labels | Items | Members


def relabels(shift: Shift | None) -> bool:
    """Whether values of enums change somewhere in it."""
    return any(isinstance(each, Labels) for each in _all(shift))


def reshapes(shift: Shift | None) -> bool:
    """Whether objects get members, or lose them, somewhere in it."""
    return any(isinstance(each, Members) and _gains(each) for each in _all(shift))


def strips(shift: Shift | None) -> bool:
    """Whether members go somewhere in it."""
    return any(isinstance(each, Members) and bool(each.removed or each.renamed) for each in _all(shift))


def _gains(shift: Members) -> bool:
    return bool(shift.added or shift.filled or shift.renamed)


def _all(shift: Shift | None) -> list[Shift]:
    match shift:
        case None:
            return []
        case Items(item=item):
            return [shift, *_all(item)]
        case Members(inner=inner):
            return [shift, *(found for _, each in inner for found in _all(each))]
    return [shift]
