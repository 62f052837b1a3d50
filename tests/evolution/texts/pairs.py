"""A pair of texts: a specification, and what some named edits make of it; seeds, edits and shrinking as for pairs of states."""

from copy import deepcopy
from random import Random

from tests.evolution.chance import apply
from tests.evolution.pairs import Pair
from tests.evolution.texts.edits import BUILDING, EDITS
from tests.evolution.texts.model import Spec, settled
from tests.evolution.texts.writing import Writing


def random_texts(seed: int) -> Pair:
    """Return a start of two entities, a reference and some things more, and one to four changes."""
    chance = Random(seed)
    start = ["add_entity", "add_entity", "add_reference", *chance.choices(BUILDING, k=chance.randint(4, 12))]
    size = chance.choice((1, 1, 2, 2, 3, 4))
    offered = tuple(enumerate(chance.choices(sorted(EDITS), k=8 * size), 100))
    draft = begun(Pair(seed, tuple(enumerate(start)), ()))
    return Pair(seed, tuple(enumerate(start)), apply(draft, EDITS, seed, offered, size))


def begun(pair: Pair) -> Writing:
    """Return the start, from where changes say what was."""
    draft = Writing(Spec(tenanted=Random(f"{pair.seed} tenants").random() < 0.4), Random())
    apply(draft, EDITS, pair.seed, pair.start)
    settled(draft.spec)
    draft.begun = True
    return draft


def written(pair: Pair) -> tuple[Spec, Spec, tuple[str, ...]]:
    """Return both specifications, and the edits that found something to change."""
    draft = begun(pair)
    old = deepcopy(draft.spec)
    done = apply(draft, EDITS, pair.seed, pair.change)
    return old, draft.spec, tuple(name for _, name in done)
