"""API keys that are looked up: good ones are kept, and made-up ones take neither their place nor their turn."""

import asyncio
from typing import Any

import pytest


class Asked:
    """A database that knows one key, and answers for others when it is told to."""

    def __init__(self, known: bytes) -> None:
        self.known, self.asked = known, 0
        self.others = asyncio.Event()

    async def fetchrow(self, _: str, digest: bytes) -> Any:
        self.asked += 1
        if digest == self.known:
            return "{}", None
        await self.others.wait()
        return None


class Claims:
    def read(self, _: Any) -> str:
        return "the caller"


def key(number: int) -> bytes:
    return b"shop_%08d_" % number + b"a" * 43


def test_made_up_keys_take_neither_the_place_nor_the_turn_of_a_good_one(
    built: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    from services.problems import Problem
    from services.security.engine import api_keys

    monkeypatch.setattr(api_keys, "CACHE_SIZE", 3)

    async def story() -> None:
        database: Any = Asked(hashlib.sha256(key(0)).digest())
        claims: Any = Claims()
        keys = api_keys.ApiKeys(database, claims)
        assert await keys.verify(key(0)) == "the caller"
        waiting = [asyncio.create_task(keys.verify(key(number))) for number in range(1, 11)]
        await asyncio.sleep(0)
        assert await keys.verify(key(0)) == "the caller" and database.asked <= 1 + api_keys.LOOK_UPS
        monkeypatch.setattr(api_keys.time, "time", lambda: 2e9)  # what is kept is old by now
        async with asyncio.timeout(5):
            assert await keys.verify(key(0)) == "the caller"
        database.others.set()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(each, Problem) and each.status == 401 for each in answers)
        asked = database.asked
        assert await keys.verify(key(0)) == "the caller" and database.asked == asked

    asyncio.run(story())
