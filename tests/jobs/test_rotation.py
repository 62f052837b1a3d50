"""Partitions that the worker makes and lets go, on a real server: rows are refused nowhere, and only those of the declared age go."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bdc.stack.backend import backend_environment
from bdc.stack.up import Running
from tests.jobs.test_worker import World
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
PARTS = (
    "select i.inhrelid::regclass::text as part, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits as i"
    " join pg_class as c on c.oid = i.inhrelid where i.inhparent = '{}'::regclass order by 1"
)


class Gauges(World):
    def __init__(self, up: Running, out: Path) -> None:
        self.up, self.out = up, out
        self.client = client_of(up, "first.ann", "fitter")

    def parts(self, table: str) -> list[str]:
        return [str(row["part"]) for row in self.rows(PARTS.format(table))]

    def gauge(self) -> str:
        (row,) = self.rows("select id::text as id from gauge where name = 'Boiler'")
        return str(row["id"])

    def rotated(self, job: str) -> None:
        run = self.command("now", job).strip()
        done = f"select status::text as status from app.procrastinate_jobs where id = {run}"
        self.until(lambda: self.rows(done)[0]["status"] in ("succeeded", "failed"))
        assert self.rows(done)[0]["status"] == "succeeded", self.rows(
            f"select * from app.job_progress where run = {run}"
        )


@pytest.fixture(scope="module")
def gauges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gauges]:
    folder = tmp_path_factory.mktemp("gauges")
    with served("gauges", folder) as up:
        yield Gauges(up, folder / "out")


def _reading(gauge: str, at: datetime, code: str) -> dict[str, Any]:
    return {"gauge_id": gauge, "at": at.isoformat(), "value": "1.5", "code": code}


def test_partitions_are_made_ahead(gauges: Gauges) -> None:
    gauges.until(lambda: len(gauges.parts("reading")) == 5 and len(gauges.parts("tally")) == 9)
    gauges.until(lambda: len(gauges.parts("stop")) == 5)
    first = datetime.now(UTC).replace(day=1)
    assert f"app.reading_p{first:%Y%m%d}" in gauges.parts("reading")
    secured = gauges.rows(
        "select bool_and(relrowsecurity and relforcerowsecurity) as closed from pg_class where relispartition and relkind = 'r'"
    )
    assert secured == [{"closed": True}]


def test_what_is_made_is_no_drift(gauges: Gauges) -> None:
    """Also where another table refers to the whole: each partition is a constraint more there."""
    command = [sys.executable, "-m", "database.migrate", "status"]
    environment = {
        **backend_environment(gauges.up.settings),
        "MIGRATION_DATABASE_URL": gauges.up.settings.admin_url,
    }
    done = subprocess.run(
        command, cwd=gauges.out, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "applied" in done.stdout and "changed outside" not in done.stdout, done.stdout


def test_rows_of_any_time_are_taken_and_keys_hold(gauges: Gauges) -> None:
    gauge, now = gauges.gauge(), datetime.now(UTC)
    conflicts = []
    for place, at in enumerate(
        (now, now + timedelta(days=40), now + timedelta(days=4000), now - timedelta(days=4000))
    ):
        answer = gauges.client.post("/v1/readings", json=_reading(gauge, at, f"c{place}"))
        assert answer.status_code == 201, answer.text
        again = gauges.client.post("/v1/readings", json=_reading(gauge, at, f"d{place}"))
        assert again.status_code == 409, again.text
        conflicts.append(again.json())
        bad = {**_reading(gauge, at + timedelta(seconds=1), f"e{place}"), "value": "-1"}
        assert gauges.client.post("/v1/readings", json=bad).status_code == 422
    told = [
        {name: each[name] for name in ("type", "status", "detail", "title") if name in each}
        for each in conflicts
    ]
    assert told.count(told[0]) == 4, conflicts  # made at run time or by a migration: no difference
    places = gauges.rows("select tableoid::regclass::text as part from reading order by at")
    assert [str(row["part"]).startswith("app.") for row in places] == [False, True, True, False]
    assert gauges.rows("select count(*)::int as rows from reading where doubled = 3") == [{"rows": 4}]


def test_only_rows_of_the_age_go_under_load(gauges: Gauges) -> None:
    """A month that is over by more than 90 days goes while rows are written and read; one that is over by less stays."""
    gauge, now = gauges.gauge(), datetime.now(UTC)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    old, older = _months_back(month, 3), _months_back(month, 8)
    for begin in (old, older):
        end = (begin + timedelta(days=32)).replace(day=1)
        gauges.rows(
            f"create table app.reading_p{begin:%Y%m%d} partition of reading for values from ('{begin.isoformat()}') to ('{end.isoformat()}')"
        )
    ages = {
        "kept": now - timedelta(days=89),
        "gone": now - timedelta(days=200),
        "rest": now - timedelta(days=3000),
    }
    for code, at in ages.items():
        assert gauges.client.post("/v1/readings", json=_reading(gauge, at, code)).status_code == 201
    before = gauges.rows("select count(*)::int as rows from reading where at >= now() - interval '90 days'")[
        0
    ]["rows"]
    with _Load(gauges, gauge) as load:
        gauges.rotated("RotateReading")
    assert load.refused == [], load.refused[:3]
    assert load.written > 0
    left = gauges.rows("select code from reading where code in ('kept', 'gone', 'rest')")
    assert left == [{"code": "kept"}]
    assert f"app.reading_p{older:%Y%m%d}" not in gauges.parts("reading")
    after = gauges.rows("select count(*)::int as rows from reading")[0]["rows"]
    assert after == before + load.written


def _months_back(month: datetime, number: int) -> datetime:
    for _ in range(number):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


class _Load:
    """Readings that four callers write and list, until it ends."""

    def __init__(self, gauges: Gauges, gauge: str) -> None:
        self.gauges, self.gauge = gauges, gauge
        self.written, self.refused, self._ended = 0, list[str](), threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(4)]

    def _work(self, number: int) -> None:
        client = client_of(self.gauges.up, "first.ann", "fitter")
        for place in range(100_000):
            if self._ended.is_set():
                return
            at = datetime.now(UTC) + timedelta(minutes=number)
            sent = client.post("/v1/readings", json=_reading(self.gauge, at, f"l{number}-{place}"))
            listed = client.get("/v1/readings?sort=-at")
            self.written += sent.status_code == 201
            self.refused += [each.text for each in (sent, listed) if each.status_code >= 400]

    def __enter__(self) -> "_Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
