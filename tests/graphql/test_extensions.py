"""A user's own fields: they join the schema, see typed rows, and generated fields beside them are loaded in batches."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from tests.graphql import shop_data
from tests.graphql.harness import Graph, importable
from tests.support.postgres import Databases, Template

pytestmark = pytest.mark.postgres
EXTENSIONS = """
import datetime

import strawberry

from api.graphql.assemble import Extensions
from api.graphql.context import Context
from api.graphql.enums import OrderStatus
from api.graphql.types.order import Order


async def label(row: strawberry.Parent[Order]) -> str:
    assert isinstance(row.created_at, datetime.datetime)
    return f"{row.number} ({row.status.value}, {row.total + 1})"


@strawberry.type
class OwnQueries:
    @strawberry.field
    async def caller(self, info: strawberry.Info[Context]) -> str:
        return info.context.actor.claim("id")

    @strawberry.field
    async def shown(self, status: OrderStatus = OrderStatus.placed) -> str:
        return status.value

    @strawberry.field
    async def broken(self) -> str | None:
        raise RuntimeError("a secret")


EXTENSIONS = Extensions(query=(OwnQueries,), fields={Order: (strawberry.field(label),)})
"""


def test_own_fields(emitted: Path, tmp_path: Path, databases: Databases) -> None:
    out = tmp_path / "out"
    shutil.copytree(emitted, out)
    (out / "api/graphql/extensions.py").write_text(EXTENSIONS)
    with importable(out):
        asyncio.run(_ask(out, databases))


async def _ask(out: Path, databases: Databases) -> None:
    async def build(url: str) -> None:
        from database.migrate import migrate

        await migrate(url, seed=False, folder=out / "database")
        connection = await asyncpg.connect(url)
        await shop_data.insert(connection)
        await connection.close()

    graph = Graph(out, databases.fresh(Template("graphql_shop", build)).url("shop_runtime"))
    statements = _counted(graph)
    text = (
        "{ caller orders(first: 5, sort: NUMBER_ASC) { nodes"
        " { label customer { name } items(first: 2) { product { sku } } } } }"
    )
    data = (await graph.ask(text))["data"]
    assert data["caller"] == shop_data.ANN
    assert data["orders"]["nodes"][1]["label"] == "A-001 (placed, 2.00)"
    assert data["orders"]["nodes"][1]["items"] == [{"product": {"sku": "SKU-1"}}]
    assert len(statements) == 4, "the page, all customers, all items, all products"
    assert (await graph.ask("{ shown again: shown(status: draft) }"))["data"] == {
        "shown": "placed",
        "again": "draft",
    }
    broken = await graph.ask("{ broken caller }")
    assert broken["data"] == {"broken": None, "caller": shop_data.ANN}
    assert broken["errors"][0]["extensions"]["code"] == "internal-error"
    assert "secret" not in str(broken)
    dear = "{ caller customers(first: 100) { nodes { orders(first: 20) { id } } } }"
    assert (await graph.ask(dear))["errors"][0]["extensions"]["code"] == "graphql-limit"
    await graph.close()


def _counted(graph: Graph) -> list[str]:
    """Note every statement that goes to the database from now on."""
    seen: list[str] = []
    database = graph.services.database
    fetchval = database.fetchval

    async def noted(sql: str, *arguments: object) -> object:
        seen.append(sql)
        return await fetchval(sql, *arguments)

    database.fetchval = noted
    return seen


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            "@strawberry.type\nclass Own:\n    orders: str\nEXTENSIONS = Extensions(query=(Own,))",
            "orders of Query again",
        ),
        ("@strawberry.type\nclass Order:\n    x: str\nEXTENSIONS = Extensions(types=(Order,))", "Order"),
        (
            "@strawberry.input\nclass OrderFilter:\n    x: str\nEXTENSIONS = Extensions(types=(OrderFilter,))",
            "OrderFilter again",
        ),
    ],
)
def test_names_of_generated_fields_and_types_are_taken(
    emitted: Path, tmp_path: Path, own: str, said: str
) -> None:
    out = tmp_path / "out"
    shutil.copytree(emitted, out)
    text = f"import strawberry\nfrom api.graphql.assemble import Extensions\n{own}\n"
    (out / "api/graphql/extensions.py").write_text(text)
    with importable(out), pytest.raises(Exception, match=said):
        import api.graphql.schema  # noqa: F401
