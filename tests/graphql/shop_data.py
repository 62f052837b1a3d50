"""Rows of the shop for these tests, and who asks: two organisations, customers with and without a user, orders in every state."""

from __future__ import annotations

import uuid
from typing import Any

ACME, GLOBEX = (str(uuid.UUID(int=number)) for number in (1, 2))
ANN, BOB, EVE = (str(uuid.UUID(int=number)) for number in (11, 12, 13))
# name → (user, org, roles)
CALLERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "member": (ANN, ACME, ("member",)),
    "manager": (ANN, ACME, ("manager",)),
    "buyer": (BOB, ACME, ()),
    "foreign": (EVE, GLOBEX, ("member",)),
}
STATUSES = ("draft", "placed", "paid", "shipped", "cancelled")


def key(kind: int, number: int) -> str:
    """Return a key that is the same in every run."""
    return str(uuid.UUID(int=kind << 32 | number))


CUSTOMERS = [key(3, number) for number in range(8)]
PRODUCTS = [key(4, number) for number in range(10)]
ORDERS = [key(5, number) for number in range(40)]
TAGS = [key(6, number) for number in range(4)]
FOREIGN_ORDER = key(5, 1000)


async def insert(connection: Any) -> None:
    """Write all rows, as the superuser."""
    for org, slug in ((ACME, "acme-inc"), (GLOBEX, "globex-inc")):
        await _row(connection, "org", id=org, name=slug, slug=slug)
    for user, org in ((ANN, ACME), (BOB, ACME), (EVE, GLOBEX)):
        await _row(connection, "user", org_id=org, id=user, email=f"u{user[-4:]}@mail.test", name="Someone")
    await _acme(connection)
    await _row(connection, "customer", org_id=GLOBEX, id=key(3, 1000), email="g@mail.test", name="Foreign")
    await _row(connection, "order", org_id=GLOBEX, id=FOREIGN_ORDER, number="G-1", customer_id=key(3, 1000))


async def _acme(connection: Any) -> None:
    for number, id_ in enumerate(CUSTOMERS):
        await _row(
            connection,
            "customer",
            org_id=ACME,
            id=id_,
            user_id=BOB if number == 0 else None,
            email=f"c{number}@mail.test",
            name=f'Customer "{number}" \\ \t é',
            tier=("standard", "gold", "platinum")[number % 3],
            address=None if number % 2 else '{"line1": "1 Rue \\"X\\"", "city": "Paris", "country": "FR"}',
            deleted_at=_moment(1) if number == 7 else None,
            created_at=_moment(number),
        )
    for number, id_ in enumerate(TAGS):
        await _row(connection, "tag", org_id=ACME, id=id_, label=f"tag {number}")
    for number, id_ in enumerate(PRODUCTS):
        await _product(connection, number, id_)
    for number, id_ in enumerate(ORDERS):
        await _order(connection, number, id_)


async def _product(connection: Any, number: int, id_: str) -> None:
    await _row(
        connection,
        "product",
        org_id=ACME,
        id=id_,
        sku=f"SKU-{number}",
        title=f"Product {number} blue" if number % 2 else f"Product {number} red",
        description=None if number % 3 else "A very good thing",
        price=f"{number * 3 + 1}.50",
        stock=number,
        attributes=None if number % 2 else '{"size": [1, 2.50, null], "a b": {"c": "d"}}',
        created_at=_moment(number // 2),
    )
    for tag in TAGS[: number % 4]:
        await _row(connection, "product_tag", org_id=ACME, product_id=id_, tag_id=tag)


async def _order(connection: Any, number: int, id_: str) -> None:
    status = STATUSES[number % 5]
    await _row(
        connection,
        "order",
        org_id=ACME,
        id=id_,
        number=f"A-{number:03}",
        customer_id=CUSTOMERS[number % 8],
        status=status,
        ship_to='{"line1": "L", "city": "C", "postcode": "P", "country": "DE"}' if number % 3 == 0 else None,
        note=None if number % 4 else "a\nnote",
        internal_note="secret" if number % 2 else None,
        placed_at=None if status == "draft" else _moment(number),
        created_at=_moment(number // 3),
    )
    for offset in range(number % 4):
        await _row(
            connection,
            "order_item",
            org_id=ACME,
            id=key(7, number * 10 + offset),
            order_id=id_,
            product_id=PRODUCTS[(number + offset) % 10],
            quantity=offset + 1,
            unit_price=f"{number}.{offset}0",
        )


def _moment(number: int) -> Any:
    from datetime import UTC, datetime, timedelta

    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(hours=number, microseconds=number * 1000 + 120)


async def _row(connection: Any, table: str, **values: Any) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    sql = f'insert into "{table}" ({names}) values ({places})'
    await connection.execute(sql, *(_typed(value) for value in values.values()))


def _typed(value: Any) -> Any:
    from decimal import Decimal

    return Decimal(value) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value
