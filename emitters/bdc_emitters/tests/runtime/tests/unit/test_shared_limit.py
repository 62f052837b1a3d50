"""Limits that all processes count together: while the store is away each counts for itself, and no call fails because of it."""

import asyncio
import time

import pytest

from services.engine.config import LimitSettings
from services.engine.problems import Problem
from services.security.engine.actor import Actor
from services.security.engine.shared_limit import SharedLimiter

NOBODY = Actor({}, frozenset(), ())
SCOPE = {"client": ("192.0.2.1", 1), "headers": []}


@pytest.mark.parametrize(
    "store", ["valkey://127.0.0.1:1", "valkey://192.0.2.1:6379"], ids=["refuses", "silent"]
)
def test_a_store_that_is_away_fails_no_call(store: str) -> None:
    async def calls() -> list[int]:
        limiter = SharedLimiter(LimitSettings(rate=3, rate_seconds=600, store=store))
        found = []
        for _ in range(5):
            try:
                allowance = await limiter.check(NOBODY, SCOPE)
                found.append(allowance.remaining if allowance is not None else -1)
            except Problem as problem:
                assert dict(problem.headers)[b"retry-after"].isdigit()
                found.append(problem.status)
        await limiter.close()
        return found

    began = time.monotonic()
    assert asyncio.run(calls()) == [2, 1, 0, 429, 429]
    assert time.monotonic() - began < 5, "not every call waits for the store"


def test_failed_authentications_are_counted_too() -> None:
    async def failures() -> list[str]:
        limiter = SharedLimiter(LimitSettings(failed_authentications=2, store="valkey://127.0.0.1:1"))
        found = []
        for _ in range(3):
            try:
                await limiter.refused(SCOPE, Problem("unauthenticated"))
                found.append("counted")
            except Problem as problem:
                found.append(problem.code)
        return found

    assert asyncio.run(failures()) == ["counted", "counted", "too-many-requests"]
