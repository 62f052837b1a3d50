"""The application: three REST operations and a GraphQL endpoint."""

import uuid
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tests.bench.handwritten.data import Actor, authenticate, create_order, get_order, list_orders, session
from tests.bench.handwritten.graph import router
from tests.bench.handwritten.schemas import OrderCreate, OrderPage, OrderRead, OrderWithItems

app = FastAPI()
app.include_router(router(), prefix="/graphql")

Db = Annotated[AsyncSession, Depends(session)]
Who = Annotated[Actor, Depends(authenticate)]


@app.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/v1/orders/{key}", response_model=OrderRead)
async def get(key: uuid.UUID, db: Db, actor: Who) -> object:
    found = await get_order(db, actor, key)
    if found is None:
        raise HTTPException(404, "not found")
    return found


@app.get("/v1/orders", response_model=OrderPage)
async def list_(
    db: Db, actor: Who, status: str | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> object:
    return {"items": await list_orders(db, actor, status, limit, expand=True), "next_cursor": None}


@app.post("/v1/orders", response_model=OrderWithItems, status_code=201)
async def create(body: OrderCreate, db: Db, actor: Who, response: Response) -> object:
    order = await create_order(db, actor, body)
    response.headers["location"] = f"/v1/orders/{order.id}"
    return order
