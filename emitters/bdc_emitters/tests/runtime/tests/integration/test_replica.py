"""Reads on replicas: an answer to a write says how far the database is, and no read is older than what its caller has seen.

The address of replicas leads to the database itself here, so that all other tests read by that way too.
"""

import asyncio
import re
from dataclasses import replace
from typing import Any

from services.data.engine.database import Database
from services.data.engine.replica import COUNTED, HEADER, Replica
from services.data.engine.standby import NOWHERE, Mark, mark_of
from services.engine.config import DatabaseSettings
from tests.support.backend import Backend

READ = "select $1::int + 1"


def test_a_mark_survives_the_way_to_the_caller_and_back() -> None:
    mark = Mark((5 << 32) + 0x16B3748, 1_764_523_200.0)
    assert mark_of(mark.text()) == mark
    for text in (b"", b"x", b"0/0", b"0/0-", b"-", b"G/0-1", b"0/0-1-1", b"0/-5-1", b"0" * 50):
        assert mark_of(text) is None


def test_a_replica_answers(backend: Backend) -> None:
    found, counted = _read(backend, {})
    assert (found, counted) == (42, {})


def test_a_write_that_no_replica_has_is_read_from_the_primary(backend: Backend) -> None:
    found, counted = _read(backend, {HEADER: Mark(NOWHERE - 1, 4_000_000_000.0).text()})
    assert (found, counted) == (42, {"own-write": 1})


def test_a_replica_that_is_away_is_no_failure(backend: Backend) -> None:
    found, counted = _read(backend, {}, replica_url="postgresql://nobody@127.0.0.1:1/nothing")
    assert (found, counted) == (42, {"away": 1})


def test_a_write_is_remembered_for_its_caller(backend: Backend) -> None:
    async def work() -> tuple[bytes, Any]:
        primary, replica = await _opened(backend)
        name, text = await replica.written(("ann",))
        found = await replica.source(("ann",), {}).fetchval(READ, 41)
        await replica.close(1)
        await primary.close(1)
        assert name == HEADER
        return text, found

    text, found = asyncio.run(work())
    assert re.fullmatch(rb"[0-9A-F]+/[0-9A-F]+-[0-9]+", text) and found == 42


def test_what_is_counted_is_scraped(backend: Backend) -> None:
    text = backend.call("GET", "/metrics").text
    assert "db_replica_reads_total" in text and 'db_replica_fallbacks_total{reason="lag"}' in text


def _read(backend: Backend, headers: dict[bytes, bytes], **settings: Any) -> tuple[Any, dict[str, int]]:
    """Read as a caller with `headers`; return the answer, and why the primary had to give it."""

    async def work() -> Any:
        primary, replica = await _opened(backend, **settings)
        found = await replica.source(("ann",), headers).fetchval(READ, 41)
        await replica.close(1)
        await primary.close(1)
        return found

    before = dict(COUNTED.fallbacks)
    found = asyncio.run(work())
    after = COUNTED.fallbacks
    return found, {
        name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)
    }


async def _opened(backend: Backend, **settings: Any) -> tuple[Database, Replica]:
    url = backend.database.runtime_url
    own = replace(DatabaseSettings(url=url, replica_url=url), **settings)
    primary = Database(own)
    replica = Replica(own, primary)
    await replica.open()
    return primary, replica
