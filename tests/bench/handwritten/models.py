"""ORM models over the tables that the emitted migration made."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import DateTime, ForeignKeyConstraint, Numeric, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class Product(Base):
    __tablename__ = "product"
    org_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    sku: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None]
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    stock: Mapped[int]
    attributes: Mapped[Any | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OrderItem(Base):
    __tablename__ = "order_item"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "order_id"], ["order.org_id", "order.id"]),
        ForeignKeyConstraint(["org_id", "product_id"], ["product.org_id", "product.id"]),
    )
    org_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    order_id: Mapped[uuid.UUID]
    product_id: Mapped[uuid.UUID]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    product: Mapped[Product] = relationship(viewonly=True)


class Customer(Base):
    __tablename__ = "customer"
    org_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID | None]
    email: Mapped[str]
    name: Mapped[str]
    tier: Mapped[str]
    address: Mapped[Any | None] = mapped_column(JSONB)
    tax_number: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]


class Order(Base):
    __tablename__ = "order"
    __table_args__ = (ForeignKeyConstraint(["org_id", "customer_id"], ["customer.org_id", "customer.id"]),)
    org_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[str]
    customer_id: Mapped[uuid.UUID]
    status: Mapped[str] = mapped_column(default="draft")
    ship_to: Mapped[Any | None] = mapped_column(JSONB)
    note: Mapped[str | None]
    internal_note: Mapped[str | None]
    placed_at: Mapped[datetime | None]
    tracking: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)
    customer: Mapped[Customer] = relationship(viewonly=True)
    items: Mapped[list[OrderItem]] = relationship(
        viewonly=True,
        order_by=OrderItem.id,
        primaryjoin=lambda: (Order.org_id == OrderItem.org_id) & (Order.id == OrderItem.order_id),
        foreign_keys=lambda: [OrderItem.org_id, OrderItem.order_id],
    )


_LINES = (OrderItem.org_id == Order.org_id) & (OrderItem.order_id == Order.id)
Order.total = column_property(  # type: ignore[attr-defined]
    select(func.coalesce(func.sum(OrderItem.quantity * OrderItem.unit_price), 0))
    .where(_LINES)
    .correlate_except(OrderItem)
    .scalar_subquery()
)
Order.line_count = column_property(  # type: ignore[attr-defined]
    select(func.count(OrderItem.id)).where(_LINES).correlate_except(OrderItem).scalar_subquery()
)
Customer.open_orders = column_property(  # type: ignore[attr-defined]
    select(func.count(Order.id))
    .where(
        (Order.org_id == Customer.org_id) & (Order.customer_id == Customer.id) & (Order.status == "placed")
    )
    .correlate_except(Order)
    .scalar_subquery()
)
