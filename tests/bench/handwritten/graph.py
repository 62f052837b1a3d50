"""The GraphQL schema by hand: Strawberry types, one DataLoader per relation and request."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from fastapi import Depends
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import BaseContext, GraphQLRouter
from strawberry.types import Info

from tests.bench.handwritten.data import Actor, authenticate, get_order, list_orders, sessions
from tests.bench.handwritten.models import Customer, OrderItem, Product


class Context(BaseContext):
    """One session and one set of loaders per request."""

    def __init__(self, db: AsyncSession, actor: Actor) -> None:
        super().__init__()
        self.db, self.actor = db, actor
        self.customers: DataLoader[uuid.UUID, Any] = DataLoader(
            load_fn=lambda keys: self._by_id(Customer, keys)
        )
        self.products: DataLoader[uuid.UUID, Any] = DataLoader(
            load_fn=lambda keys: self._by_id(Product, keys)
        )
        self.items: DataLoader[uuid.UUID, list[Any]] = DataLoader(load_fn=self._items)

    async def _by_id(self, model: Any, keys: list[uuid.UUID]) -> list[Any]:
        pairs = [(self.actor.org, key) for key in keys]
        rows = await self.db.execute(select(model).where(tuple_(model.org_id, model.id).in_(pairs)))
        found = {row.id: row for row in rows.scalars()}
        return [found.get(key) for key in keys]

    async def _items(self, keys: list[uuid.UUID]) -> list[list[Any]]:
        rows = await self.db.execute(
            select(OrderItem)
            .where(OrderItem.org_id == self.actor.org, OrderItem.order_id.in_(keys))
            .order_by(OrderItem.id)
        )
        found: dict[uuid.UUID, list[Any]] = {key: [] for key in keys}
        for row in rows.scalars():
            found[row.order_id].append(row)
        return [found[key] for key in keys]


@strawberry.type(name="Product")
class ProductNode:
    id: uuid.UUID
    sku: str
    title: str
    price: Decimal


@strawberry.type(name="OrderItem")
class ItemNode:
    id: uuid.UUID
    quantity: int
    unit_price: Decimal
    product_key: strawberry.Private[uuid.UUID]

    @strawberry.field
    async def product(self, info: Info[Context, None]) -> ProductNode:
        row = await info.context.products.load(self.product_key)
        return ProductNode(id=row.id, sku=row.sku, title=row.title, price=row.price)


@strawberry.type(name="Customer")
class CustomerNode:
    id: uuid.UUID
    name: str
    email: str
    tier: str


@strawberry.type(name="Order")
class OrderNode:
    id: uuid.UUID
    number: str
    status: str
    total: Decimal
    created_at: datetime
    customer_key: strawberry.Private[uuid.UUID]

    @strawberry.field
    async def customer(self, info: Info[Context, None]) -> CustomerNode:
        row = await info.context.customers.load(self.customer_key)
        return CustomerNode(id=row.id, name=row.name, email=row.email, tier=row.tier)

    @strawberry.field
    async def items(self, info: Info[Context, None]) -> list[ItemNode]:
        rows = await info.context.items.load(self.id)
        return [
            ItemNode(id=row.id, quantity=row.quantity, unit_price=row.unit_price, product_key=row.product_id)
            for row in rows
        ]


@strawberry.type
class OrderConnection:
    nodes: list[OrderNode]


def node(row: Any) -> OrderNode:
    return OrderNode(
        id=row.id,
        number=row.number,
        status=row.status,
        total=row.total,
        created_at=row.created_at,
        customer_key=row.customer_id,
    )


@strawberry.type
class Query:
    @strawberry.field
    async def order(self, info: Info[Context, None], id: strawberry.ID) -> OrderNode | None:
        row = await get_order(info.context.db, info.context.actor, uuid.UUID(id))
        return None if row is None else node(row)

    @strawberry.field
    async def orders(
        self, info: Info[Context, None], first: int = 20, status: str | None = None
    ) -> OrderConnection:
        rows = await list_orders(info.context.db, info.context.actor, status, first, expand=False)
        return OrderConnection(nodes=[node(row) for row in rows])


async def context(actor: Annotated[Actor, Depends(authenticate)]) -> AsyncIterator["Context"]:
    """Open one session for the request."""
    async with sessions() as db:
        yield Context(db, actor)


def router() -> GraphQLRouter[Any, None]:
    """Return the GraphQL endpoint, with parsed and validated documents cached."""
    schema = strawberry.Schema(Query, extensions=[ParserCache(maxsize=100), ValidationCache(maxsize=100)])
    return GraphQLRouter(schema, context_getter=context, graphql_ide=None)
