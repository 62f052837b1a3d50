"""The emitted service and worker call a real service that hangs, fails, drips, lies and comes back."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.up import Running
from tests.externals.outside import Outside, outside
from tests.support.served import client_of, served

pytestmark = [pytest.mark.postgres, pytest.mark.long]
RUNS = (
    "select j.status::text as status, p.failures, p.error, p.statement, p.calling, p.answers from app.procrastinate_jobs as j"
    " left join app.job_progress as p on p.run = j.id where args->>'parcel_id' = $1 order by j.id"
)


class World:
    """The running system, what it calls, and its rows."""

    def __init__(self, up: Running, there: Outside) -> None:
        self.up, self.there = up, there
        self.client = client_of(up, "first.ann", "clerk")

    def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        async def fetch() -> list[dict[str, Any]]:
            connection = await asyncpg.connect(self.up.settings.admin_url)
            try:
                return [dict(row) for row in await connection.fetch(statement, *values)]
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def parcel(self) -> str:
        made = self.client.post("/v1/parcels", json={"receiver": "bob@example.test", "total": "12.50"})
        assert made.status_code == 201, made.text
        parcel = str(made.json()["id"])
        assert self.client.post(f"/v1/parcels/{parcel}/send", json={}).status_code == 200
        return parcel

    def insured(self, mode: str) -> str:
        """A parcel, about which Python of a job calls."""
        made = self.client.post("/v1/parcels", json={"receiver": "bob@example.test", "total": "12.50"})
        parcel = str(made.json()["id"])
        assert self.client.post(f"/v1/parcels/{parcel}/insure", json={"mode": mode}).status_code == 204
        return parcel

    def runs(self, parcel: str) -> list[dict[str, Any]]:
        return self.rows(RUNS, parcel)

    def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.rows("select * from app.job_progress")
            time.sleep(0.1)

    def offer(self) -> tuple[httpx.Response, float]:
        begun = time.perf_counter()
        answer = self.client.post("/v1/offer", json={"weight": 3, "to": "DE"})
        return answer, time.perf_counter() - begun

    def closed(self) -> None:
        """Wait until the breaker of the rates lets calls through again."""
        self.there.reset()
        self.until(lambda: self.offer()[0].status_code == 200, 60)
        self.there.reset()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with outside() as there:
        environment = {
            "EXTERNAL_SERVICES": "real",
            "MAIL_URL": f"{there.url}/mail",
            "MAIL_TOKEN": "secret-mail",
            "RATES_URL": f"{there.url}/rates",
            "RATES_KEY": "secret-rates",
            "CARRIER_URL": f"{there.url}/carrier/",
            "CARRIER_TOKEN_URL": f"{there.url}/token",
            "CARRIER_CLIENT": "us",
            "CARRIER_SECRET": "secret-carrier",
        }
        with served("courier", tmp_path_factory.mktemp("courier"), **environment) as up:
            yield World(up, there)


def test_a_job_calls_between_its_transactions(world: World) -> None:
    parcel = world.parcel()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["succeeded"])
    found = world.client.get(f"/v1/parcels/{parcel}").json()
    assert (found["booking"], found["told"], found["cost"]) == ("P-7", True, "0.25")
    (booked,) = world.there.seen("/carrier")
    assert booked.headers["authorization"] == "Bearer t-1"
    assert booked.body == {"parcel": parcel}
    assert "idempotency-key" not in booked.headers
    (mail,) = world.there.seen("/mail")
    assert mail.headers["authorization"] == "Bearer secret-mail"
    assert mail.body == {"to": "bob@example.test", "text": "on its way", "amount": "12.50"}
    assert mail.headers["idempotency-key"]
    assert world.runs(parcel)[0]["calling"] is None


def test_what_may_be_repeated_is_sent_again_under_its_key(world: World) -> None:
    world.there.reset()
    world.there.modes["/mail"] = "502"
    parcel = world.parcel()
    world.until(lambda: len(world.there.seen("/mail")) >= 3)
    world.there.modes.clear()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["succeeded"], 60)
    assert len({each.headers["idempotency-key"] for each in world.there.seen("/mail")}) == 1
    assert len(world.there.seen("/carrier")) == 1, "what was done before is not done again"


@pytest.mark.parametrize("mode", ["hang", "close", "500", "garbage"])
def test_what_may_not_be_repeated_is_sent_once(world: World, mode: str) -> None:
    """Booking is a POST without a key: where it is not known whether it was done, the run waits for a decision."""
    world.there.reset()
    world.there.modes["/carrier"] = mode
    parcel = world.parcel()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"])
    assert len(world.there.seen("/carrier")) == 1
    assert "Carrier.book" in str(world.runs(parcel)[0]["error"])
    assert parcel not in str(world.runs(parcel)[0]["error"])


def test_a_refusal_ends_the_run(world: World) -> None:
    world.there.reset()
    world.there.modes["/carrier"] = "422"
    parcel = world.parcel()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"])
    assert len(world.there.seen("/carrier")) == 1


def test_a_worker_that_dies_in_a_call_does_not_call_twice(world: World) -> None:
    world.there.reset()
    world.there.modes["/carrier"] = "hang"
    parcel = world.parcel()
    world.until(lambda: bool(world.there.seen("/carrier")))
    assert world.up.worker is not None
    world.up.worker.process.send_signal(signal.SIGKILL)
    world.up.worker.process.wait(10)
    world.there.modes.clear()
    world.rows("update app.procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    world.up.worked()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"], 60)
    assert len(world.there.seen("/carrier")) == 1
    assert "not known" in str(world.runs(parcel)[0]["error"])


def test_a_handler_calls_outside_of_a_transaction(world: World) -> None:
    world.closed()
    answer, _ = world.offer()
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"price": "7.50", "currency": "EUR", "class": "by_air"}
    (asked,) = world.there.seen("/rates")
    assert (asked.path, asked.query, asked.headers["x-api-key"]) == (
        "/rates/offers/DE",
        "weight=3",
        "secret-rates",
    )
    assert world.rows("select price::text from asked where price is not null")[-1] == {"price": "7.50"}


@pytest.mark.parametrize("mode", ["hang", "drip"])
def test_a_service_that_hangs_holds_no_transaction_and_no_caller(world: World, mode: str) -> None:
    """The caller is answered within its budget; then the breaker answers at once; then calls go through again."""
    world.closed()
    world.there.modes["/rates"] = mode
    answer, seconds = world.offer()
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"]
    assert 1.9 < seconds < 4.0, "two attempts of one second"
    idle = "select count(*) from pg_stat_activity where state like 'idle in transaction%'"
    assert world.rows(idle)[0]["count"] == 0
    for _ in range(2):
        world.offer()
    before = len(world.there.seen("/rates"))
    answer, seconds = world.offer()
    assert (answer.status_code, seconds < 0.5) == (503, True)
    assert len(world.there.seen("/rates")) == before
    assert world.client.get("/v1/parcels").status_code == 200
    assert httpx.get(f"{world.up.backend.url}/readyz").status_code == 200
    assert 'external_breaker_open{external="Rates"} 1.0' in httpx.get(f"{world.up.backend.url}/metrics").text


@pytest.mark.parametrize("mode", ["garbage", "html", "huge", "close", "redirect", "404", "500"])
def test_bad_answers_are_clear_refusals(world: World, mode: str) -> None:
    world.closed()
    world.there.modes["/rates"] = mode
    answer, seconds = world.offer()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
    assert "Rates" in answer.json()["detail"]
    assert seconds < 5.0
    for secret in ("secret-rates", "<html>", "169.254"):
        assert secret not in answer.text


def test_logs_hold_no_secret_and_no_argument(world: World) -> None:
    world.closed()
    world.there.modes["/rates"] = "500"
    world.there.modes["/carrier"] = "422"
    world.offer()
    parcel = world.parcel()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"])
    folder = world.up.backend.log.parent
    text = "".join(path.read_text("utf-8") for path in (folder / "service.log", folder / "worker.log"))
    text = text.replace(str(folder.parent), "")  # which may hold any word
    assert "Rates.offer" in text
    assert "Carrier.book" in text
    for secret in ("secret-mail", "secret-rates", "secret-carrier", "bob@example.test", "t-1"):
        assert secret not in text


def test_python_of_a_job_calls_outside_of_a_transaction(world: World) -> None:
    world.there.reset()
    parcel = world.insured("plain")
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["succeeded"])
    found = world.client.get(f"/v1/parcels/{parcel}").json()
    assert (found["booking"], found["told"], found["weight"]) == ("P-7", True, 2)
    keys = [each.headers["idempotency-key"] for each in world.there.seen("/mail")]
    assert len(keys) == len(set(keys)) == 2, "two equal calls are two calls"
    (run,) = world.runs(parcel)
    assert (run["calling"], run["answers"]) == (None, None)


def test_what_python_was_answered_is_not_asked_again(world: World) -> None:
    """Code that fails behind its calls is tried again three times in all; each call is made once."""
    world.there.reset()
    parcel = world.insured("late")
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"])
    (run,) = world.runs(parcel)
    assert (run["failures"], run["error"]) == (3, "failed: ValueError: after all calls")
    assert (len(world.there.seen("/carrier")), len(world.there.seen("/mail"))) == (1, 2)
    assert world.client.get(f"/v1/parcels/{parcel}").json()["weight"] == 4, (
        "a transaction of its own is done each time"
    )


def test_python_repeats_what_may_be_repeated_under_its_key(world: World) -> None:
    world.there.reset()
    world.there.modes["/mail"] = "502"
    parcel = world.insured("plain")
    world.until(lambda: len(world.there.seen("/mail")) >= 4)
    world.there.modes.clear()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["succeeded"], 60)
    assert len({each.headers["idempotency-key"] for each in world.there.seen("/mail")}) == 2
    assert len(world.there.seen("/carrier")) == 1


@pytest.mark.parametrize("mode", ["500", "422"])
def test_what_python_must_not_repeat_ends_the_run(world: World, mode: str) -> None:
    world.there.reset()
    world.there.modes["/carrier"] = mode
    parcel = world.insured("plain")
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"])
    assert len(world.there.seen("/carrier")) == 1
    assert "Carrier.book" in str(world.runs(parcel)[0]["error"])


def test_python_may_catch_a_failure(world: World) -> None:
    world.there.reset()
    world.there.modes["/carrier"] = "422"
    parcel = world.insured("caught")
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["succeeded"])


def test_python_that_holds_a_transaction_calls_nothing(world: World) -> None:
    world.there.reset()
    parcel = world.insured("held")
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"])
    assert "a transaction is open" in str(world.runs(parcel)[0]["error"])
    assert world.there.requests == []


def test_a_worker_that_dies_in_a_call_of_python_does_not_call_twice(world: World) -> None:
    world.there.reset()
    world.there.modes["/carrier"] = "hang"
    parcel = world.insured("plain")
    world.until(lambda: bool(world.there.seen("/carrier")))
    assert world.up.worker is not None
    world.up.worker.process.send_signal(signal.SIGKILL)
    world.up.end_worker()
    world.there.modes.clear()
    world.rows("update app.procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    world.up.worked()
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"], 60)
    assert len(world.there.seen("/carrier")) == 1
    assert "not known" in str(world.runs(parcel)[0]["error"])


def test_python_by_the_clock_runs_for_each_tenant(world: World) -> None:
    world.there.reset()
    run = world.rows(
        "insert into app.procrastinate_jobs (queue_name, task_name) values ('Remind', 'Remind') returning id"
    )[0]["id"]
    done = "select j.status::text from app.procrastinate_jobs as j where id = $1"
    world.until(lambda: world.rows(done, run) == [{"status": "succeeded"}])
    counts = [int(each.body["text"].split()[0]) for each in world.there.seen("/mail")]
    parcels = "select count(p.id)::int as n from company as c left join parcel as p on p.company_id = c.id group by c.id"
    assert sorted(counts) == sorted(row["n"] for row in world.rows(parcels))
