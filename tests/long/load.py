"""Callers of the shop who never stop: they order, place, pay, change and look, and keep account of what they were told."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

# What a caller may be told while backends of the database are killed and the service is restarted.
FAULTS = {503, 504}
EXPECTED = {200, 201, 403, 404, 409, 412, 422}
LIST = "{ orders(first: 5) { nodes { id status items { quantity product { sku } } } } }"


@dataclass
class Account:
    """`lines`: number of lines by order number, of everything that was asked for. `created`: order id → number, of what was
    confirmed. `placed`: order id → (idempotency key, body of the answer)."""

    lines: dict[str, int] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)
    placed: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    statuses: Counter[int | str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Callers:
    """Several callers at once against one service."""

    def __init__(self, url: str, headers: dict[str, str], customer: str, products: list[str]) -> None:
        self.account = Account()
        self._url = url
        self._headers = headers
        self._customer = customer
        self._products = products
        self._numbers = 0

    async def run(self, seconds: float, callers: int, *, calm: bool = False) -> None:
        """Keep calling. `calm`: nothing is wrong now, so nothing may be refused for being broken."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=30) as client:
            await asyncio.gather(*(self._caller(client, Random(n), deadline, calm) for n in range(callers)))

    async def _caller(self, client: httpx.AsyncClient, chance: Random, deadline: float, calm: bool) -> None:
        while time.monotonic() < deadline:
            step = chance.choice(
                (self._order, self._order, self._place, self._place, self._pay, self._change, self._look)
            )
            await step(client, chance, calm)

    async def _ask(
        self, client: httpx.AsyncClient, calm: bool, method: str, path: str, **more: Any
    ) -> httpx.Response | None:
        """Make one call; None when nobody knows what came of it."""
        try:
            answer = await client.request(method, path, **more)
        except httpx.TransportError as error:
            self.account.statuses[type(error).__name__] += 1
            if calm:
                self.account.wrong.append(f"{method} {path}: {error!r} while nothing was wrong")
            await asyncio.sleep(0.1)
            return None
        self.account.statuses[answer.status_code] += 1
        if answer.status_code in FAULTS and not calm:
            await asyncio.sleep(0.05)
            return None
        if answer.status_code not in EXPECTED:
            self.account.wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            return None
        return answer

    async def _order(self, client: httpx.AsyncClient, chance: Random, calm: bool) -> None:
        self._numbers += 1
        number = f"L-{self._numbers}"
        chosen = chance.sample(self._products, chance.randint(1, 5))
        items = [{"product_id": product, "quantity": chance.randint(1, 3)} for product in chosen]
        self.account.lines[number] = len(items)
        body = {"number": number, "customer_id": self._customer, "items": items}
        answer = await self._ask(client, calm, "POST", "/v1/orders", json=body)
        if answer is not None and answer.status_code == 201:
            self.account.created[answer.json()["id"]] = number

    async def _place(self, client: httpx.AsyncClient, chance: Random, calm: bool) -> None:
        """Place an order, and ask again with the same key until somebody answers."""
        waiting = [order for order in self.account.created if order not in self.account.placed]
        if not waiting:
            return
        order = chance.choice(waiting)
        key = f"key-{order}"
        for _ in range(200):
            answer = await self._ask(
                client, calm, "POST", f"/v1/orders/{order}/place", json={}, headers={"Idempotency-Key": key}
            )
            if answer is not None:
                if answer.status_code == 200:
                    self._remember(order, key, answer.content)
                return

    def _remember(self, order: str, key: str, body: bytes) -> None:
        known = self.account.placed.setdefault(order, (key, body))
        if known != (key, body):
            self.account.wrong.append(f"{key} was answered in two ways: {known[1]!r} and {body!r}")

    async def _pay(self, client: httpx.AsyncClient, chance: Random, calm: bool) -> None:
        if self.account.placed:
            order = chance.choice(list(self.account.placed))
            await self._ask(client, calm, "POST", f"/v1/orders/{order}/pay", json={})

    async def _change(self, client: httpx.AsyncClient, chance: Random, calm: bool) -> None:
        if self.account.created:
            order = chance.choice(list(self.account.created))
            await self._ask(client, calm, "PATCH", f"/v1/orders/{order}", json={"note": f"{chance.random()}"})

    async def _look(self, client: httpx.AsyncClient, chance: Random, calm: bool) -> None:
        if chance.random() < 0.5:
            await self._ask(client, calm, "GET", "/v1/orders?limit=20&expand=items")
            return
        answer = await self._ask(client, calm, "POST", "/graphql", json={"query": LIST})
        errors = (
            (answer.json().get("errors") or []) if answer is not None and answer.status_code == 200 else []
        )
        allowed = set() if calm else FAULTS
        if any(error["extensions"]["status"] not in allowed for error in errors):
            self.account.wrong.append(f"graphql: {errors}")
