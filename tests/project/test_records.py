"""`bdc.source.records.dataclass` makes the classes that the standard decorator makes."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from bdc.source import records


def classes(dataclass: Callable[..., Any]) -> tuple[type, ...]:
    @dataclass(frozen=True, slots=True)
    class Base:
        name: str
        order: tuple[int, ...] = ()
        hidden: int = field(default=3, compare=False, repr=False)

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("no name")

    @dataclass(frozen=True, slots=True)
    class Derived(Base):
        items: list[int] = field(default_factory=list, hash=False)
        fixed: int = field(default=7, init=False)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        one: int
        two: int = 2

        def __eq__(self, other: object) -> bool:
            return True

    @dataclass(frozen=True)
    class Open:
        one: int = 1

        def __hash__(self) -> int:
            return 5

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    return Base, Derived, Named, Open, Empty


ARGUMENTS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    (("a", (1,)), {}),
    (("a",), {"items": [1]}),
    ((), {"one": 1}),
    ((), {}),
    ((), {}),
)


@pytest.mark.parametrize("number", range(5))
def test_same_methods(number: int) -> None:
    ours, theirs = classes(records.dataclass)[number], classes(dataclasses.dataclass)[number]
    positional, named = ARGUMENTS[number]
    one, other = ours(*positional, **named), theirs(*positional, **named)
    assert repr(one) == repr(other) and hash(one) == hash(other)
    assert one == ours(*positional, **named) and one.__eq__(other) in (NotImplemented, True)
    assert ours.__match_args__ == theirs.__match_args__  # type: ignore[attr-defined]
    assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]
    assert hasattr(one, "__dict__") == hasattr(other, "__dict__")
    assert copy.deepcopy(one) == one == replace(one) == records.replace(one)
    changed = {fields(ours)[0].name: 9} if fields(ours) else {}
    assert repr(records.replace(one, **changed)) == repr(replace(other, **changed))
    with pytest.raises(TypeError):
        records.replace(one, missing=1)
    with pytest.raises(FrozenInstanceError):
        one.one = 2
    for wrong in ((1, 2, 3, 4, 5, 6), ()):
        messages = []
        for made in (ours, theirs):
            with (
                pytest.raises(TypeError)
                if number < 3 or wrong
                else pytest.raises(ZeroDivisionError) as raised
            ):
                made(*wrong)
                raise ZeroDivisionError
            messages.append(str(raised.value))
        assert messages[0] == messages[1]


@records.dataclass(frozen=True, slots=True)
class Kept:
    one: int
    two: str = "x"


def test_kept_and_checked() -> None:
    assert pickle.loads(pickle.dumps(Kept(1))) == Kept(1) != Kept(2)
    assert len({Kept(1), Kept(1), Kept(1, "y")}) == 2
    base = classes(records.dataclass)[0]
    with pytest.raises(ValueError, match="no name"):
        base("")
