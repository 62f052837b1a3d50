"""Engine, sessions, who calls, and the queries; the policy is a filter on each."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tests.bench.handwritten.models import Customer, Order, OrderItem, Product
from tests.bench.handwritten.schemas import OrderCreate

engine = create_async_engine(
    os.environ["DATABASE_URL"], pool_size=int(os.environ.get("POOL", "10")), max_overflow=0
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
_keys = jwt.PyJWKSet.from_json(Path(os.environ["JWKS_URL"]).read_text(encoding="utf-8"))
_bearer = HTTPBearer()


@dataclass(frozen=True)
class Actor:
    id: uuid.UUID
    org: uuid.UUID
    roles: frozenset[str]


def authenticate(credentials: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]) -> Actor:
    """Verify the token as the emitted service does; 401 otherwise, 403 without the role."""
    token = credentials.credentials
    try:
        key = _keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token, key, algorithms=["ES256"], audience="shop", issuer=os.environ["JWT_ISSUER"]
        )
    except (jwt.PyJWTError, KeyError) as error:
        raise HTTPException(401, "invalid token") from error
    actor = Actor(uuid.UUID(claims["sub"]), uuid.UUID(claims["org"]), frozenset(claims["roles"]))
    if not actor.roles & {"member", "manager"}:
        raise HTTPException(403, "forbidden")
    return actor


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


WITH_ALL = (joinedload(Order.customer), selectinload(Order.items).joinedload(OrderItem.product))


async def get_order(db: AsyncSession, actor: Actor, key: uuid.UUID) -> Order | None:
    found = await db.execute(select(Order).where(Order.org_id == actor.org, Order.id == key))
    return found.scalar_one_or_none()


async def list_orders(
    db: AsyncSession, actor: Actor, status: str | None, limit: int, *, expand: bool
) -> list[Order]:
    query = select(Order).where(Order.org_id == actor.org)
    if status is not None:
        query = query.where(Order.status == status)
    query = query.order_by(Order.created_at.desc(), Order.id.desc()).limit(limit)
    if expand:
        query = query.options(*WITH_ALL)
    return list((await db.execute(query)).scalars().unique())


async def create_order(db: AsyncSession, actor: Actor, body: OrderCreate) -> Order:
    """Insert the order and its items in one transaction and return both; prices come from the products."""
    async with db.begin():
        wanted = {item.product_id for item in body.items}
        rows = await db.execute(select(Product).where(Product.org_id == actor.org, Product.id.in_(wanted)))
        products = {product.id: product for product in rows.scalars()}
        known = await db.scalar(
            select(Customer.id).where(Customer.org_id == actor.org, Customer.id == body.customer_id)
        )
        if known is None or set(products) != wanted:
            raise HTTPException(422, "unknown customer or product")
        now = datetime.now(UTC)
        order = Order(
            org_id=actor.org,
            number=body.number,
            customer_id=body.customer_id,
            note=body.note,
            created_at=now,
            updated_at=now,
        )
        db.add(order)
        await db.flush()
        items = [
            OrderItem(
                org_id=actor.org,
                order_id=order.id,
                product_id=item.product_id,
                quantity=item.quantity,
                unit_price=products[item.product_id].price,
            )
            for item in body.items
        ]
        db.add_all(items)
        await db.flush()
        await db.refresh(order, attribute_names=["total", "line_count"])
    for item in items:
        set_committed_value(item, "product", products[item.product_id])
    set_committed_value(order, "items", items)
    return order
