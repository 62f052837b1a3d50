"""Both ways of answering a query say the same: one statement, and resolvers with batching."""

import asyncio
from typing import Any

import pytest

from tests.graphql.harness import Graph
from tests.graphql.random_queries import Generator
from tests.support.sampling import sampled

pytestmark = pytest.mark.postgres
CURSORS = (
    "{ orders(first: 4, sort: CREATED_AT_DESC) { edges { cursor } } products(first: 2) { edges { cursor } } }"
)
WHO = ("member", "manager", "buyer", "foreign", "anonymous")


@pytest.mark.parametrize("seed", sampled(range(4), 3))
def test_random_queries(graph: Graph, seed: int) -> None:
    """Also refusals: a forbidden list, a value that is no uuid, a cursor of another list."""
    asyncio.run(_compare(graph, seed, 60))


async def _compare(graph: Graph, seed: int, count: int) -> None:
    found = (await graph.ask(CURSORS))["data"]
    cursors = [edge["cursor"] for page in found.values() for edge in page["edges"]]
    generator = Generator(graph.schema, seed, cursors)
    answered = 0
    for number in range(count):
        document = generator.document()
        who = WHO[number % len(WHO)] if number % 3 else "member"
        compiled = await graph.ask(document.text, document.variables, who)
        resolved = await graph.ask(document.text, document.variables, who, compiled=False)
        assert compiled == resolved, f"{who}: {document.text}\n{document.variables}"
        answered += "errors" not in compiled
        assert not _internal(compiled), f"{compiled}\n{document.text}\n{document.variables}"
    await graph.close()
    assert answered > count // 3, "too few of the documents were answered to prove anything"


def _internal(answer: dict[str, Any]) -> bool:
    return any(error["extensions"]["status"] >= 500 for error in answer.get("errors", ()))
