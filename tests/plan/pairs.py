"""All pairs."""

from tests.plan.pair import Pair
from tests.plan.pairs_of_objects import OBJECTS
from tests.plan.pairs_of_tables import TABLES

__all__ = ["PAIRS", "Pair"]

PAIRS: tuple[Pair, ...] = (*TABLES, *OBJECTS)
