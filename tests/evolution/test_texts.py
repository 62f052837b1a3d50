"""The generator of texts: a seed is a pair, of every kind, smaller when edits are left out."""

from tests.evolution.pairs import Pair, smaller
from tests.evolution.texts.edits import EDITS
from tests.evolution.texts.meaning import mean
from tests.evolution.texts.model import text
from tests.evolution.texts.pairs import random_texts, written


def _texts(pair: Pair) -> tuple[str, str]:
    old, new, done = written(pair)
    assert done == tuple(name for _, name in pair.change)
    return text(old), text(new)


def test_a_seed_is_a_pair() -> None:
    for seed in range(9000, 9012):
        old, new = _texts(random_texts(seed))
        assert (old, new) == _texts(random_texts(seed))
        assert old != new


def test_every_kind_of_change_comes_up() -> None:
    assert {name for seed in range(1200) for _, name in random_texts(seed).change} == set(EDITS)


def test_what_is_left_out_leaves_the_rest_valid() -> None:
    for less in smaller(random_texts(9003)):
        assert mean(less).written
