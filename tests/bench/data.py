"""Rows for both services: one company with 10,000 customers, 2,000 products, 50,000 orders and 200,000 lines."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

ORG = UUID("00000000-0000-7000-8000-000000000001")
CALLER = UUID("00000000-0000-7000-8000-000000000002")
CUSTOMERS, PRODUCTS, ORDERS, ITEMS = 10_000, 2_000, 50_000, 200_000
STATUSES = ("placed", "paid", "shipped")


def _key(kind: int, number: str) -> str:
    """SQL: a uuid made of a kind and a number."""
    return f"('0000000{kind}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


STATEMENTS = (
    f"insert into org (id, name, slug) values ('{ORG}', 'Bench', 'bench')",
    f"""insert into "user" (org_id, id, email, name) values ('{ORG}', '{CALLER}', 'bench@example.test', 'Bench')""",
    f"""insert into customer (org_id, id, email, name)
        select '{ORG}', {_key(1, "n")}, 'c' || n || '@example.test', 'Customer ' || n from generate_series(1, {CUSTOMERS}) n""",
    f"""insert into product (org_id, id, sku, title, description, price, stock)
        select '{ORG}', {_key(2, "n")}, 'SKU-' || n, 'Product ' || n, 'What product ' || n || ' is good for', (n % 997) + 0.99, 1000000000
        from generate_series(1, {PRODUCTS}) n""",
    f"""insert into "order" (org_id, id, number, customer_id, status, placed_at, created_at)
        select '{ORG}', {_key(3, "n")}, 'O-' || n, {_key(1, f"1 + n % {CUSTOMERS}")},
               (array['placed', 'paid', 'shipped'])[1 + n % 3], date_trunc('second', now()), date_trunc('second', now()) - (n || ' minutes')::interval
        from generate_series(1, {ORDERS}) n""",
    f"""insert into order_item (org_id, id, order_id, product_id, quantity, unit_price)
        select '{ORG}', {_key(4, "n")}, {_key(3, f"1 + n % {ORDERS}")},
               {_key(2, f"1 + (n % {ORDERS} * 7 + n / {ORDERS} * 131) % {PRODUCTS}")}, 1 + n % 5, (n % 997) + 0.99
        from generate_series(0, {ITEMS} - 1) n""",
    "vacuum analyze",
)


@dataclass(frozen=True)
class Keys:
    """Keys that requests rotate through."""

    orders: tuple[str, ...]
    customers: tuple[str, ...]
    products: tuple[str, ...]


async def fill(url: str) -> Keys:
    """Insert the rows as the superuser, without triggers (what they check holds by construction)."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("set session_replication_role = replica")
        for statement in STATEMENTS:
            await connection.execute(statement)
    finally:
        await connection.close()
    return Keys(
        orders=tuple(_text(3, 1 + number * 37 % ORDERS) for number in range(1000)),
        customers=tuple(_text(1, 1 + number * 17 % CUSTOMERS) for number in range(500)),
        products=tuple(_text(2, 1 + number * 13 % PRODUCTS) for number in range(500)),
    )


def _text(kind: int, number: int) -> str:
    return f"0000000{kind}-0000-7000-8000-{number:012x}"


async def created(url: str) -> int:
    """Count the orders that a create case wrote, each with its two items."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetchval(
            """select count(*) from "order" o where number like 'N-%' and
               (select count(*) from order_item i where i.org_id = o.org_id and i.order_id = o.id) = 2"""
        )
    finally:
        await connection.close()
    return int(found)


async def forget_created(url: str) -> None:
    """Remove what a create case wrote, so that the next one meets the same tables."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(
            """delete from order_item where order_id in (select id from "order" where number like 'N-%')"""
        )
        await connection.execute("""delete from "order" where number like 'N-%'""")
        await connection.execute("truncate app.audit_log, app.outbox, app.idempotency_key")
        await connection.execute('vacuum "order"')
        await connection.execute("vacuum order_item")
    finally:
        await connection.close()
