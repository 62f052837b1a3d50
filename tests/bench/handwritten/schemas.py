"""What goes in and out, as Pydantic models."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProductRead(Read):
    id: uuid.UUID
    org_id: uuid.UUID
    sku: str
    title: str
    description: str | None
    price: Decimal
    stock: int
    attributes: Any | None
    created_at: datetime
    updated_at: datetime


class ItemRead(Read):
    id: uuid.UUID
    org_id: uuid.UUID
    order_id: uuid.UUID
    product_id: uuid.UUID
    quantity: int
    unit_price: Decimal


class ItemWithProduct(ItemRead):
    product: ProductRead


class CustomerRead(Read):
    id: uuid.UUID
    org_id: uuid.UUID
    user_id: uuid.UUID | None
    email: str
    name: str
    tier: str
    address: Any | None
    tax_number: str | None
    open_orders: int
    created_at: datetime
    updated_at: datetime


class OrderRead(Read):
    id: uuid.UUID
    org_id: uuid.UUID
    number: str
    customer_id: uuid.UUID
    status: str
    ship_to: Any | None
    note: str | None
    internal_note: str | None
    placed_at: datetime | None
    tracking: str | None
    total: Decimal
    line_count: int
    created_at: datetime
    updated_at: datetime
    version: int


class OrderWithItems(OrderRead):
    items: list[ItemWithProduct]


class OrderExpanded(OrderRead):
    customer: CustomerRead
    items: list[ItemWithProduct]


class OrderPage(BaseModel):
    items: list[OrderExpanded]
    next_cursor: str | None


class ItemCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    product_id: uuid.UUID
    quantity: int = Field(ge=1, le=1000)


class OrderCreate(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: str = Field(min_length=1, max_length=20)
    customer_id: uuid.UUID
    note: str | None = Field(default=None, max_length=500)
    items: list[ItemCreate] = Field(default_factory=list)
