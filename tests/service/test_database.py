"""The pool and the refusals of PostgreSQL, against a real server."""

import asyncio
from typing import Any

import pytest

pytestmark = pytest.mark.postgres
# A deadlock, a serialization failure, a lock that is not free, disk, memory and connections used up, a server that shuts down or starts.
BUSY = ("40P01", "40001", "55P03", "53100", "53200", "53300", "57P01", "57P03", "58030", "26000")


def opened(database: Any, **settings: Any) -> Any:
    from services.data.engine.database import Database
    from services.engine.config import DatabaseSettings

    return Database(DatabaseSettings(url=database.superuser_url, **settings))


def test_a_declared_refusal_becomes_its_problem(database: Any) -> None:
    from services.problems import Problem

    sql = """do $$ begin raise exception using errcode = 'BD409', message = 'out-of-stock',
        detail = '{"sku": "A", "status": "x", "detail": "Too few."}'; end $$"""

    async def story() -> None:
        db = opened(database)
        with pytest.raises(Problem) as refusal:
            await db.fetchrow(sql)
        found = refusal.value.members()
        assert (found["status"], found["code"], found["sku"], found["detail"]) == (
            409,
            "out-of-stock",
            "A",
            "Too few.",
        )
        assert found["members"] == {"status": "x"}
        assert await db.fetchval("select 1") == 1, "the connection is still good"
        assert db.pool.in_use == 0
        await db.close(1)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("insert into a values (1), (1)", 409, "conflict"),
        ("insert into b values (9)", 422, "validation-failed"),
        ("delete from a where id = 7", 409, "conflict"),
        ("insert into a values (null)", 422, "validation-failed"),
        ("insert into a values (-1)", 422, "validation-failed"),
        ("select 'x'::text::int", 422, "validation-failed"),
        ("select 99999999999::bigint::int", 422, "validation-failed"),
        ("select pg_sleep(5)", 504, "timeout"),
        ("select nothing", 500, "internal-error"),
        ("do $$ begin raise exception using errcode = '42501'; end $$", 403, "forbidden"),
        ("insert into c values ('[1,3)')", 409, "conflict"),
        ("do $$ begin raise exception 'not on Sundays'; end $$", 422, "validation-failed"),
        ("do $$ begin set transaction read only; insert into a values (8); end $$", 503, "unavailable"),
        ("select missing.anything()", 503, "unavailable"),
        *(
            (f"do $$ begin raise exception using errcode = '{state}'; end $$", 503, "unavailable")
            for state in BUSY
        ),
    ],
)
def test_native_refusals_say_what_they_mean_to_a_caller(
    database: Any, sql: str, status: int, code: str
) -> None:
    from services.problems import Problem

    async def story() -> None:
        db = opened(database, statement_timeout=0.2)
        await database.execute(
            "create table a (id int primary key check (id > 0)); create table b (a int references a);"
            "insert into a values (7); insert into b values (7);"
            "create table c (r int4range, exclude using gist (r with &&)); insert into c values ('[2,4)')"
        )
        with pytest.raises(Problem) as refusal:
            await db.fetchrow(sql)
        assert (refusal.value.status, refusal.value.code) == (status, code)
        assert await db.fetchval("select 1") == 1
        await db.close(1)

    asyncio.run(story())


def test_serialization_failures_are_tried_again(database: Any) -> None:
    async def story() -> None:
        db = opened(database)
        await database.execute("create sequence tries")
        sql = """do $$ begin if nextval('tries') < 3 then raise exception using errcode = '40001'; end if; end $$"""
        await db.fetchrow(sql)
        assert await db.fetchval("select last_value from tries") == 3
        await db.close(1)

    asyncio.run(story())


def test_more_requests_than_connections_wait_their_turn_and_too_many_are_sent_away(database: Any) -> None:
    from services.problems import Problem

    async def story() -> None:
        db = opened(database, pool_size=2, waiting=3, acquire_timeout=5)
        results = await asyncio.gather(
            *(db.fetchval("select 1 from pg_sleep(0.2)") for _ in range(8)), return_exceptions=True
        )
        assert results.count(1) == 5
        refused = [result for result in results if isinstance(result, Problem)]
        assert [problem.status for problem in refused] == [503] * 3
        assert all(problem.headers[0][0] == b"retry-after" for problem in refused)
        assert (db.pool.in_use, db.pool.waiting) == (0, 0)
        await db.close(1)

    asyncio.run(story())


def test_who_waits_too_long_or_goes_away_leaves_no_trace(database: Any) -> None:
    from services.problems import Problem

    async def story() -> None:
        db = opened(database, pool_size=1, acquire_timeout=0.1)
        busy = asyncio.create_task(db.fetchval("select 1 from pg_sleep(0.5)"))
        await asyncio.sleep(0.05)
        with pytest.raises(Problem, match="free in time"):
            await db.fetchval("select 1")
        waiting = asyncio.create_task(db.fetchval("select 1"))
        await asyncio.sleep(0.01)
        waiting.cancel()
        busy.cancel()
        for task in (waiting, busy):
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await db.fetchval("select 1") == 1, "a new connection stands in for the broken one"
        assert (db.pool.in_use, db.pool.waiting) == (0, 0)
        await db.close(1)

    asyncio.run(story())


def test_each_that_waits_is_refused_in_its_own_time(database: Any) -> None:
    """One alarm serves all: it rings again for those that came later."""
    from services.problems import Problem

    async def story() -> None:
        db = opened(database, pool_size=1, acquire_timeout=0.15)
        busy = asyncio.create_task(db.fetchval("select 1 from pg_sleep(5)"))
        await asyncio.sleep(0.05)
        clock = asyncio.get_running_loop().time

        async def refused_after(pause: float) -> float:
            await asyncio.sleep(pause)
            began = clock()
            with pytest.raises(Problem, match="free in time"):
                await db.fetchval("select 1")
            return clock() - began

        waited = await asyncio.gather(*map(refused_after, (0.0, 0.05, 0.1, 0.4)))
        assert all(0.14 <= seconds < 1.5 for seconds in waited), waited
        assert db.pool.waiting == 0
        busy.cancel()
        with pytest.raises(asyncio.CancelledError):
            await busy
        await db.close(1)

    asyncio.run(story())


def test_a_transaction_commits_as_a_whole_or_not_at_all(database: Any) -> None:
    async def story() -> None:
        db = opened(database, pool_size=1)
        await database.execute("create table t (id int)")
        with pytest.raises(RuntimeError):
            async with db.transaction() as connection:
                await connection.execute("insert into t values (1)")
                raise RuntimeError
        async with db.transaction() as connection:
            await connection.execute("insert into t values (2)")
        assert [row["id"] for row in await database.fetch("select id from t")] == [2]
        assert db.pool.in_use == 0
        await db.close(1)

    asyncio.run(story())


def test_a_lost_connection_is_never_half_an_answer(database: Any) -> None:
    from services.problems import Problem

    async def story() -> None:
        db = opened(database, pool_size=1)
        pid = await db.fetchval("select pg_backend_pid()")
        task = asyncio.create_task(db.fetchval("select pg_sleep(5)"))
        await asyncio.sleep(0.1)
        await database.execute(f"select pg_terminate_backend({pid})")
        with pytest.raises(Problem) as refusal:
            await task
        assert refusal.value.status == 503
        assert await db.fetchval("select 1") == 1
        await db.close(1)

    asyncio.run(story())


def test_a_refusal_that_passes_says_when_to_come_back(database: Any) -> None:
    from services.problems import Problem

    async def story() -> None:
        db = opened(database, statement_timeout=0.2)
        for sql in ("select pg_sleep(5)", "do $$ begin raise exception using errcode = '40P01'; end $$"):
            with pytest.raises(Problem) as refusal:
                await db.fetchrow(sql)
            assert dict(refusal.value.headers)[b"retry-after"].isdigit()
        await db.close(1)

    asyncio.run(story())


def test_a_key_taken_in_a_partition_is_that_of_its_table(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bdc_emitters.service.constraints import object_name
    from services.data.engine import sqlstate
    from services.data.engine.constraint import Constraint
    from services.problems import Problem

    keys = {"reading_new_at_code_key": "uq_reading_code", "reading_new_pkey": "pk_reading"}
    monkeypatch.setattr(sqlstate, "CONSTRAINTS", {"uq_reading_code": Constraint(("at", "code"), "Taken.")})
    monkeypatch.setattr(sqlstate, "PARTITIONS", {"reading_new": keys})

    async def story() -> None:
        await database.execute(
            "create table reading (at int, id int, code text, constraint pk_reading primary key (at, id),"
            " constraint uq_reading_code unique (at, code)) partition by range (at);"
            "create table reading_new partition of reading for values from (10) to (20);"
            "create table made_by_hand partition of reading for values from (20) to (30);"
            "insert into reading values (11, 1, 'a'), (21, 1, 'a')"
        )
        rows = await database.fetch(
            "select conrelid::regclass::text as part, conname from pg_constraint where conname ~ 'code_key'"
        )
        expected = {(part, object_name(part, "at_code", "key")) for part in ("reading_new", "made_by_hand")}
        assert {(row["part"], row["conname"]) for row in rows} == expected
        db = opened(database)
        for at in (11, 21):
            with pytest.raises(Problem) as refusal:
                await db.fetchrow(f"insert into reading values ({at}, 2, 'a')")
            assert refusal.value.members()["constraint"] == "uq_reading_code"
            assert [error["path"] for error in refusal.value.errors] == ["/at", "/code"]
        await db.close(1)

    asyncio.run(story())


class Keys:
    """Keys of tokens that are there, or not."""

    def __init__(self, there: bool) -> None:
        self._there = there

    async def present(self) -> bool:
        return self._there


def test_a_busy_pool_is_ready_and_a_service_without_keys_is_not(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.engine import readiness
    from services.engine.config import SecretSettings
    from services.problems import Problem
    from services.security.engine.encryption import FieldCipher

    monkeypatch.setattr(readiness, "READY", "select $1::text is not null")

    async def story() -> None:
        db, cipher = opened(database), FieldCipher(SecretSettings())
        held = [await db.pool.acquire() for _ in range(db.settings.pool_size)]
        await readiness.Readiness(db, cipher, Keys(True)).require()
        for connection in held:
            db.pool.release(connection)
        with pytest.raises(Problem) as refusal:
            await readiness.Readiness(db, cipher, Keys(False)).require()
        assert "keys" in str(refusal.value.detail)
        await db.close(1)

    asyncio.run(story())


def test_readiness_is_asked_once_a_second_and_again_when_a_connection_is_lost(database: Any) -> None:
    from services.engine.config import SecretSettings
    from services.engine.readiness import Readiness
    from services.problems import Problem
    from services.security.engine.encryption import FieldCipher

    class Counted:
        def __init__(self, db: Any) -> None:
            self.pool, self.asked, self._db, self.probe = db.pool, 0, db, self

        async def fetchval(self, sql: str, *_: Any) -> bool | None:
            if "pg_constraint" in sql:
                return None
            self.asked += 1
            return bool(await self._db.fetchval("select true"))

    async def story() -> None:
        counted = Counted(opened(database))
        ready = Readiness(counted, FieldCipher(SecretSettings()), Keys(True))  # type: ignore[arg-type]
        await asyncio.gather(*(ready.require() for _ in range(500)))
        assert counted.asked == 1
        for _ in range(100):
            await ready.require()
        assert counted.asked == 1
        with pytest.raises(Problem):
            await counted._db.fetchval("do $$ begin raise exception using errcode = '57P01'; end $$")
        await ready.require()
        assert counted.asked == 2
        await counted._db.close(1)

    asyncio.run(story())


def test_a_prepared_statement_is_prepared_again_when_its_table_has_changed(database: Any) -> None:
    async def story() -> None:
        db = opened(database, pool_size=1)
        await database.execute("create table changing (a int); insert into changing values (1)")
        assert tuple(await db.fetchrow("select * from changing")) == (1,)
        await database.execute("alter table changing add b text default 'x'")
        assert tuple(await db.fetchrow("select * from changing")) == (1, "x")
        assert tuple(await db.fetchrow("select * from changing")) == (1, "x")
        await db.close(1)

    asyncio.run(story())


def test_a_connection_keeps_a_bounded_number_of_statements_the_last_ones_used(database: Any) -> None:
    async def story() -> None:
        db = opened(database, pool_size=1, prepared=3)
        for number in (1, 2, 3, 1, 4, 5):
            assert await db.fetchval(f"select {number} + $1::int", 1) == number + 1
        names = "select array_agg(statement order by statement) from pg_prepared_statements"
        kept = await db.fetchval(names)
        assert kept == ["select 4 + $1::int", "select 5 + $1::int", names], kept
        await db.close(1)

    asyncio.run(story())


@pytest.mark.parametrize("direct", [True, False])
def test_the_call_of_the_driver_that_is_not_public_answers_and_refuses_as_the_public_one(
    database: Any, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.data.engine import session
    from services.problems import Problem

    assert session._DIRECT, "the driver that is locked is known"
    monkeypatch.setattr(session, "_DIRECT", direct)

    async def story() -> None:
        db = opened(database, pool_size=1)
        await database.execute("create table told (a int); insert into told values (1), (2)")
        assert await db.fetchrow("select a from told where a > $1 order by a", 9) is None
        assert tuple(await db.fetchrow("select a, $1::text from told order by a", "x")) == (1, "x")
        with pytest.raises(Problem) as refusal:
            await db.fetchval("select 1 / $1::int", 0)
        assert refusal.value.status == 422
        await database.execute("alter table told add b text default 'y'")
        for _ in range(2):
            assert tuple(await db.fetchrow("select * from told")) == (1, "y")
        connection = await db.pool.acquire()
        db.pool.release(connection)
        await connection.close()
        assert await db.fetchval("select 2") == 2, "a closed connection is replaced"
        await database.execute("drop table told")
        await db.close(1)

    asyncio.run(story())
