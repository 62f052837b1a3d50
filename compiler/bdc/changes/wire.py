"""Types as they travel: whether two are the same to a reader of JSON, and which values only one of them has."""

from collections.abc import Iterator
from decimal import Decimal

from bdc.ir import ArrayType, EntityType, EnumType, Scalar, ScalarType, StructType, Type, vector_length
from bdc.source.records import dataclass

_FAMILIES = {Scalar.TEXT: Scalar.STRING, Scalar.BIGINT: Scalar.INT}
_BOUNDS = {
    Scalar.INT: (Decimal(-(2**31)), Decimal(2**31 - 1)),
    Scalar.BIGINT: (Decimal(-(2**63)), Decimal(2**63 - 1)),
}
_NAMED = (EnumType, StructType, EntityType)


@dataclass(frozen=True, slots=True)
class Difference:
    """`changed`: they are not the same kind of value (then the rest is empty). `tightened`: values are gone; `loosened`: values
    are new. All in words."""

    changed: str = ""
    tightened: tuple[str, ...] = ()
    loosened: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.tightened or self.loosened)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two named types that stand in the same place; `kind` is `enum`, `struct` or `entity`."""

    kind: str
    old: str
    new: str


SAME = Difference()


def compare(old: Type, new: Type) -> Difference:
    """Return how `new` differs from `old` itself; named types are compared by who follows `named`."""
    if old == new:
        return SAME
    if vector_length(old) != vector_length(new):
        return Difference(changed=f"{words(old)} → {words(new)}")
    if isinstance(old, ArrayType) and isinstance(new, ArrayType):
        return compare(old.item, new.item)
    if isinstance(old, ScalarType) and isinstance(new, ScalarType) and _family(old) is _family(new):
        return _scalars(old, new)
    if isinstance(old, _NAMED) and isinstance(new, _NAMED) and old.kind == new.kind:
        return SAME
    return Difference(changed=f"{words(old)} → {words(new)}")


def named(old: Type, new: Type) -> Pair | None:
    """Return the named types inside two types that `compare` does not call changed."""
    if isinstance(old, ArrayType) and isinstance(new, ArrayType):
        return named(old.item, new.item)
    if isinstance(old, _NAMED) and isinstance(new, _NAMED) and old.kind == new.kind:
        return Pair(old.kind, old.name, new.name)
    return None


def words(logical: Type) -> str:
    """Return a type as it is written: `string(1..80)`, `decimal(12, 2)`, `Address[]`."""
    length = vector_length(logical)
    if length is not None:
        return f"vector({length})"
    if isinstance(logical, ArrayType):
        return f"{words(logical.item)}[]"
    if not isinstance(logical, ScalarType):
        return logical.name
    if logical.scalar is Scalar.DECIMAL and logical.precision is not None:
        return f"decimal({logical.precision}, {logical.scale or 0})"
    least, most = (logical.min_length, logical.max_length)
    if logical.scalar is Scalar.STRING and (least or most is not None):
        return f"string({least or ''}..{'' if most is None else most})"
    return logical.scalar.value


def _family(logical: ScalarType) -> Scalar:
    return _FAMILIES.get(logical.scalar, logical.scalar)


def _scalars(old: ScalarType, new: ScalarType) -> Difference:
    tightened, loosened = [], []
    for text, narrower in _differences(old, new):
        if narrower is not False:
            tightened.append(text)
        if narrower is not True:
            loosened.append(text)
    return Difference(tightened=tuple(tightened), loosened=tuple(loosened))


def _differences(old: ScalarType, new: ScalarType) -> Iterator[tuple[str, bool | None]]:
    """Yield each difference in words, and whether it only takes values away (True), only adds some (False) or does both (None)."""
    yield from _bound("length at least", old.min_length or 0, new.min_length or 0, lower=True)
    yield from _bound("length at most", old.max_length, new.max_length, lower=False)
    yield from _bound("at least", _least(old), _least(new), lower=True)
    yield from _bound("at most", _most(old), _most(new), lower=False)
    yield from _bound("digits before the point", _digits(old), _digits(new), lower=False)
    yield from _bound("places", old.scale, new.scale, lower=False)
    yield from _form("pattern", old.pattern, new.pattern)
    yield from _form("format", old.format, new.format)


def _least(logical: ScalarType) -> Decimal | None:
    implied = _BOUNDS.get(logical.scalar, (None, None))[0]
    return max((bound for bound in (logical.minimum, implied) if bound is not None), default=None)


def _most(logical: ScalarType) -> Decimal | None:
    implied = _BOUNDS.get(logical.scalar, (None, None))[1]
    return min((bound for bound in (logical.maximum, implied) if bound is not None), default=None)


def _digits(logical: ScalarType) -> int | None:
    return None if logical.precision is None else logical.precision - (logical.scale or 0)


def _bound(
    name: str, old: Decimal | int | None, new: Decimal | int | None, *, lower: bool
) -> Iterator[tuple[str, bool | None]]:
    """A bound that is not there is as wide as can be."""
    if old == new:
        return
    if new is None:
        yield f"no {name} {old}", False
    elif old is None:
        yield f"{name} {new}", True
    else:
        yield f"{name} {old} → {new}", (new > old) is lower


def _form(name: str, old: str | None, new: str | None) -> Iterator[tuple[str, bool | None]]:
    if old == new:
        return
    if new is None:
        yield f"no {name}", False
    elif old is None:
        yield f"{name} `{new}`", True
    else:
        yield f"{name} `{old}` → `{new}`", None
