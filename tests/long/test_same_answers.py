"""Both ways of answering a GraphQL query say the same, on many more random documents than every run has time for."""

import asyncio

import pytest

from tests.graphql.conftest import emitted, graph, on_path, shop
from tests.graphql.harness import Graph
from tests.graphql.test_same_answers import _compare

pytestmark = [pytest.mark.postgres, pytest.mark.long]
__all__ = ["emitted", "graph", "on_path", "shop"]


@pytest.mark.parametrize("seed", range(100, 124))
def test_many_random_queries(graph: Graph, seed: int) -> None:
    asyncio.run(_compare(graph, seed, 60))
