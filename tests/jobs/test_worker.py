"""The worker of an emitted project on a real server: runs that operations queue, attempts, and a worker that is killed in a run."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bdc.stack.backend import backend_environment, run_jobs
from bdc.stack.up import Running
from tests.runtime.faults import Proxy, locked
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres
_WAITING = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
RUNS = "select j.*, p.failures, p.error, p.finished_at from app.procrastinate_jobs as j left join app.job_progress as p on p.run = j.id"


class World:
    """The running system, its rows, and the commands of its worker."""

    def __init__(self, up: Running, out: Path) -> None:
        self.up, self.out = up, out
        self.client = client_of(up, "first.ann", "member")

    def rows(self, statement: str) -> list[dict[str, Any]]:
        async def fetch() -> list[dict[str, Any]]:
            connection = await asyncpg.connect(self.up.settings.admin_url)
            try:
                return [dict(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()

        return asyncio.run(fetch())

    def order(self, total: str) -> str:
        created = self.client.post("/v1/orders", json={"total": total})
        assert created.status_code == 201, created.text
        return str(created.json()["id"])

    def runs(self, job: str, order: str) -> list[dict[str, Any]]:
        where = f"where task_name = '{job}' and args->>'order_id' = '{order}' order by j.id"
        return self.rows(f"{RUNS} {where}")

    def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.rows(RUNS)
            time.sleep(0.1)

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "services.worker", *arguments],
            cwd=self.out,
            env=backend_environment(self.up.settings),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("billing")
    with served("billing", folder) as up:
        yield World(up, folder / "out")


def test_an_operation_queues_a_run_that_is_done_once(world: World) -> None:
    order = world.order("12.50")
    assert world.client.post(f"/v1/orders/{order}/bill", json={"why": "now"}).status_code == 200
    world.until(lambda: [run["status"] for run in world.runs("SendInvoice", order)] == ["succeeded"])
    invoices = world.rows(f"select amount::text, reason from invoice where order_id = '{order}'")
    assert invoices == [{"amount": "12.50", "reason": "x"}]
    assert world.client.get(f"/v1/orders/{order}").json()["invoiced"] is True
    (entry,) = world.rows(
        f"select operation, request_id, tenant from app.audit_log where key->>'id' = '{order}' and action = 'update'"
    )
    assert entry["operation"] == "job:SendInvoice"
    assert entry["request_id"] == f"job:{world.runs('SendInvoice', order)[0]['id']}"
    events = world.rows("select tenant, payload from app.outbox where event = 'Invoiced'")
    assert [json.loads(event["payload"]) for event in events] == [{"amount": "12.50"}]
    assert events[0]["tenant"] == entry["tenant"]


def test_runs_side_by_side_lose_no_change_of_a_row(world: World) -> None:
    order = world.order("100")
    for _ in range(20):
        assert world.client.post(f"/v1/orders/{order}/hold", json={"times": 1}).status_code == 204
    world.until(lambda: {run["status"] for run in world.runs("Refused", order)} == {"succeeded"})
    assert world.client.get(f"/v1/orders/{order}").json()["total"] == "80.00"


def test_a_refused_operation_queues_nothing(world: World) -> None:
    order = world.order("1")
    assert world.client.post(f"/v1/orders/{order}/hold", json={"times": 10}).status_code == 409
    assert world.runs("Refused", order) == []
    assert world.runs("NoteHeld", order) == []


def test_an_event_queues_its_jobs_with_its_members(world: World) -> None:
    """Two jobs hear what an operation emits, one of them in Python; a third what the first one emits."""
    sent = {"total": "30", "due": "2026-03-04T05:06:07Z", "mark": "AAEC", "lasts": "PT3H"}
    order = str(world.client.post("/v1/orders", json=sent).json()["id"])
    assert world.client.post(f"/v1/orders/{order}/hold", json={"times": 2}).status_code == 204
    noted = f"select times, total::text, due::text, mark, lasts from held_note where order_id = '{order}'"
    world.until(lambda: [row["times"] for row in world.rows(noted)] == [4])
    (row,) = world.rows(noted)
    assert (row["total"], row["mark"], row["lasts"].seconds) == ("30.00", b"\x00\x01\x02", 3 * 3600)
    assert row["due"].startswith("2026-03-04 05:06:07")
    reasons = f"select amount::text, reason from invoice where order_id = '{order}'"
    world.until(lambda: world.rows(reasons) == [{"amount": "30.00", "reason": "held 2"}])
    (run,) = world.runs("NoteHeld", order)
    assert run["lock"] is not None and json.loads(run["args"])["times"] == 2


def test_a_row_whose_key_has_several_parts(world: World) -> None:
    """Queued by an operation, with a row beside it, and on an event, in statements and in Python."""
    later = {"day": "2026-03-02", "place": "a b"}
    first = {"day": "2026-03-01", "place": "x", "next_day": later["day"], "next_place": later["place"]}
    for each in (later, first):
        assert world.client.post("/v1/slots", json=each).status_code == 201
    assert world.client.post("/v1/slots/2026-03-01/x/take", json={"by": 3}).status_code == 204
    taken = "select place, taken from slot order by place"
    world.until(lambda: [row["taken"] for row in world.rows(taken)][1:] == [30103])
    assert world.rows(taken)[0]["taken"] in (103, 30103)  # what it was when `Take` read it
    (run,) = world.rows(
        "select args, lock, queueing_lock from app.procrastinate_jobs where task_name = 'Take'"
    )
    assert json.loads(run["args"])["slot_key"] == ["2026-03-01", "x"]
    assert "2026-03-01" in run["lock"]
    world.until(lambda: len(world.rows("select from invoice where reason = '2026-03-01 x 3'")) == 1)


def test_equal_runs_wait_once_and_later_ones_wait(world: World) -> None:
    order, later = world.order("2"), "2099-01-01T00:00:00Z"
    for _ in range(3):
        assert world.client.post(f"/v1/orders/{order}/plan", json={"due": later}).status_code == 204
    (run,) = world.runs("SendInvoice", order)
    assert (run["status"], run["scheduled_at"].year, run["priority"]) == ("todo", 2099, 10)
    world.command("cancel", str(run["id"]))
    assert [each["status"] for each in world.runs("SendInvoice", order)] == ["cancelled"]


def test_attempts_end_and_a_dead_run_is_replayed(world: World) -> None:
    order = world.order("5")
    assert world.client.post(f"/v1/orders/{order}/hold", json={"times": 9}).status_code == 204
    world.until(lambda: world.runs("Refused", order)[0]["status"] == "failed")
    (run,) = world.runs("Refused", order)
    assert run["failures"] == 2 and "never_negative" in run["error"]
    listed = [json.loads(line) for line in world.command("list", "--status", "failed").splitlines()]
    assert [each["id"] for each in listed if each["job"] == "Refused"] == [run["id"]]
    world.rows(f"update \"order\" set total = 20 where id = '{order}'")
    world.command("replay", str(run["id"]))
    world.until(lambda: world.runs("Refused", order)[0]["status"] == "succeeded")
    assert world.client.get(f"/v1/orders/{order}").json()["total"] == "11.00"


def test_user_code_is_done_once_and_taken_back_where_it_fails(world: World) -> None:
    order, failing = world.order("7"), world.order("8")
    for each, word in ((order, "soon"), (failing, "fail")):
        assert world.client.post(f"/v1/orders/{each}/remind", json={"word": word}).status_code == 204
    world.until(lambda: world.runs("Remind", order)[0]["status"] == "succeeded")
    world.until(lambda: world.runs("Remind", failing)[0]["status"] == "failed")
    assert world.rows(f"select reason from invoice where order_id = '{order}'") == [{"reason": "soon"}]
    assert world.rows(f"select reason from invoice where order_id = '{failing}'") == []
    assert world.runs("Remind", failing)[0]["error"] == "failed: ValueError: no reminder"


def test_a_job_queues_a_run_for_each_row_once(world: World) -> None:
    """For five orders, two in a transaction, of two tenants; what is queued queues more, the last of it in Python."""
    orders = [world.order("77") for _ in range(5)]
    world.rows(
        'insert into "order" (company_id, id, total, invoiced, due, version) select id, gen_random_uuid(), 77, false, now(), 1'
        " from company where name = 'Zeta'"
    )
    run = world.command("now", "Chase").strip()
    world.until(lambda: world.rows(f"{RUNS} where j.id = {run}")[0]["status"] == "succeeded")
    queued = world.rows(f"{RUNS} where task_name = 'Chased' order by j.id")
    companies = [json.loads(each["args"])["company"] for each in queued]
    assert sorted(companies) == ["Acme"] * 5 + ["Zeta"]
    assert {json.loads(each["args"])["order_id"] for each in queued} >= set(orders)
    amounts = f"select amount::int from invoice where order_id = '{orders[0]}' order by amount"
    world.until(lambda: [row["amount"] for row in world.rows(amounts)] == [1, 2, 77])
    done = "select count(*)::int as rows from app.procrastinate_jobs where task_name = 'Nudge' and status = 'succeeded'"
    world.until(lambda: world.rows(done)[0]["rows"] == 12)


def test_callers_see_the_newest_run_about_a_row(world: World) -> None:
    order = world.order("4.50")
    path = f"/v1/orders/{order}"
    assert world.client.get(path).json()["billing"] is None
    assert world.client.post(f"{path}/bill", json={"why": "now"}).json()["billing"]["state"] == "queued"
    world.until(lambda: world.client.get(path).json()["billing"]["state"] == "succeeded")
    seen = world.client.get(path).json()["billing"]
    assert (seen["attempts"], seen["error"]) == (1, None)
    assert seen["queued_at"] <= seen["started_at"] <= seen["finished_at"]
    assert world.client.post(f"{path}/hold", json={"times": 9}).status_code == 204
    world.until(lambda: world.client.get(path).json()["refusal"] == "failed")
    failed = world.client.get(path).json()["refused"]
    assert (failed["attempts"], failed["error"]) == (2, "failed")
    listed = world.client.get("/v1/orders", params={"refusal": "failed"}).json()["items"]
    assert order in [each["id"] for each in listed]
    query = f'{{ order(id: "{order}") {{ refused {{ state attempts error }} refusal }} }}'
    answer = world.client.post("/graphql", json={"query": query}).json()
    refused = {"state": "failed", "attempts": 2, "error": "failed"}
    assert answer["data"]["order"] == {"refused": refused, "refusal": "failed"}


def test_callers_see_no_run_of_another_tenant(world: World) -> None:
    """A row of another tenant is not found; one that tenants share shows each of them its own runs."""
    other = client_of(world.up, "first.zoe", "member")
    order, later = world.order("3"), "2099-01-01T00:00:00Z"
    assert world.client.post(f"/v1/orders/{order}/plan", json={"due": later}).status_code == 204
    for request in (other.get(f"/v1/orders/{order}"), other.post(f"/v1/orders/{order}/stop")):
        assert request.status_code == 404
    assert world.client.get(f"/v1/orders/{order}").json()["billing"]["state"] == "queued"
    tariff = world.client.post("/v1/tariffs", json={"name": "shared"}).json()["id"]
    assert world.client.post(f"/v1/tariffs/{tariff}/check_it").json()["checking"]["state"] == "queued"
    world.until(lambda: world.client.get(f"/v1/tariffs/{tariff}").json()["checking"]["state"] == "succeeded")
    assert other.get(f"/v1/tariffs/{tariff}").json()["checking"] is None


def test_callers_stop_runs_that_wait_or_are_under_way(world: World) -> None:
    order, later = world.order("6"), "2099-01-01T00:00:00Z"
    path = f"/v1/orders/{order}"
    assert world.client.post(f"{path}/plan", json={"due": later}).status_code == 204
    assert world.client.post(f"{path}/forget").json()["code"] == "busy"
    assert world.client.post(f"{path}/stop").json()["billing"]["state"] == "cancelled"
    assert world.client.post(f"{path}/forget").status_code == 204
    assert world.client.post(f"{path}/remind", json={"word": "slow"}).status_code == 204
    world.until(lambda: world.client.get(path).json()["reminding"]["state"] == "running")
    assert world.client.post(f"{path}/stop").status_code == 200
    world.until(lambda: world.client.get(path).json()["reminding"]["state"] == "cancelled")
    assert world.rows(f"select from invoice where order_id = '{order}'") == []


def test_runs_about_a_row_whose_key_has_several_parts(world: World) -> None:
    for place in ("p", "q"):
        assert world.client.post("/v1/slots", json={"day": "2026-04-01", "place": place}).status_code == 201
    assert world.client.post("/v1/slots/2026-04-01/p/take", json={"by": 1}).status_code == 204
    assert world.client.get("/v1/slots/2026-04-01/p").json()["taking"] is not None
    assert world.client.get("/v1/slots/2026-04-01/q").json()["taking"] is None


def test_runs_that_are_over_are_kept_as_their_job_says(world: World) -> None:
    """`Tidy` for an hour, others for a week."""
    old = {}
    for job in ("Tidy", "CheckTariff"):
        old[job] = world.rows(
            "insert into app.procrastinate_jobs (queue_name, task_name, status)"
            f" values ('{job}', '{job}', 'succeeded') returning id"
        )[0]["id"]
    listed = ", ".join(map(str, old.values()))
    world.rows(
        f"insert into app.procrastinate_events (job_id, type, at) select id, 'deferred', now() from app.procrastinate_jobs where id in ({listed})"
    )
    world.rows(
        f"update app.procrastinate_events set at = now() - interval '2 hours' where job_id in ({listed})"
    )
    world.until(
        lambda: (
            world.rows(f"select id from app.procrastinate_jobs where id in ({listed})")
            == [{"id": old["CheckTariff"]}]
        )
    )


def test_what_python_queued_goes_back_with_its_run(world: World) -> None:
    order = world.order("6")
    arguments = json.dumps({"order_id": order, "times": -5})
    run = world.command("now", "Nudge", "--arguments", arguments).strip()
    world.until(lambda: world.rows(f"{RUNS} where j.id = {run}")[0]["status"] == "failed")
    assert world.rows(f"{RUNS} where j.id = {run}")[0]["error"] == "failed: ValueError: taken back"
    assert world.runs("SendInvoice", order) == []


def test_an_attempt_that_the_database_took_away_is_tried_again(world: World) -> None:
    """The connection breaks in a run, and stays away until the worker has given the attempt up: it is no attempt of the job."""
    order, admin = world.order("9"), world.up.settings.admin_url
    world.up.end_worker()
    wire = Proxy(world.up.settings.runtime_url)
    settings = replace(world.up.settings, runtime_url=wire.url(world.up.settings.runtime_url))
    log = world.out.parent / "cut.log"
    try:
        assert world.client.post(f"/v1/orders/{order}/hold", json={"times": 1}).status_code == 204
        with locked(admin, "order", order) as release, run_jobs(world.out, settings, log):
            world.until(lambda: bool(world.rows(_WAITING)))
            wire.cut()
            world.until(lambda: "could not be counted" in log.read_text(encoding="utf-8"))
            release()
            wire.mend()
            world.until(lambda: world.runs("Refused", order)[0]["status"] == "succeeded", 60)
    finally:
        world.up.worked()
    assert world.runs("Refused", order)[0]["failures"] == 0
    assert world.client.get(f"/v1/orders/{order}").json()["total"] == "8.00"


@pytest.mark.long
def test_a_worker_outlives_its_database(world: World) -> None:
    """It is away until the worker has given up asking for runs, and back."""
    world.up.end_worker()
    wire = Proxy(world.up.settings.runtime_url)
    settings = replace(world.up.settings, runtime_url=wire.url(world.up.settings.runtime_url))
    log = world.out.parent / "away.log"
    try:
        with run_jobs(world.out, settings, log) as worker:
            world.until(lambda: "jobs, 4 at once" in log.read_text(encoding="utf-8"))
            wire.cut()
            world.until(lambda: "and is asked again" in log.read_text(encoding="utf-8"), 60)
            wire.mend()
            run = world.command("now", "Tidy").strip()
            world.until(lambda: world.rows(f"{RUNS} where j.id = {run}")[0]["status"] == "succeeded", 60)
            assert worker.process.poll() is None
    finally:
        world.up.worked()


@pytest.mark.long
def test_a_paused_job_is_not_taken(world: World) -> None:
    world.command("pause", "Tidy")
    time.sleep(6)  # the worker looks every five seconds
    run = world.command("now", "Tidy").strip()
    time.sleep(2)
    where = f"where j.id = {run}"
    assert world.rows(f"{RUNS} {where}")[0]["status"] == "todo"
    world.command("resume", "Tidy")
    world.until(lambda: world.rows(f"{RUNS} {where}")[0]["status"] == "succeeded")


# In Berlin, 02:30 is skipped on 29 March 2026, and comes twice on 25 October.
_CLOCK = """
import sys
from datetime import UTC, datetime, timedelta
from services.worker.engine.job import Job
from services.worker.engine.schedule import last_due, next_due

def due(cron, *when):
    job = Job("x", "", 1, 0, cron, "Europe/Berlin", 0, 1, 1, 1, 0, 1)
    return datetime.fromtimestamp(next_due(job, datetime(*when, tzinfo=UTC)), UTC).strftime("%d %H:%M"), job

print(due("30 2 * * *", 2026, 3, 28, 23)[0], due("30 2 * * *", 2026, 10, 24, 23)[0], due("30 2 * * *", 2026, 10, 25, 1)[0], sep=", ")
for cron in ("30 2 * * *", "*/20 2 * * *", "0 * * * *"):
    job, now = due(cron, 2026, 1, 1)[1], datetime(2026, 10, 24, 12, tzinfo=UTC)
    for _ in range(3_000):
        now += timedelta(minutes=1)
        following = next_due(job, now)
        assert last_due(job, now) <= now.timestamp() < following, (cron, now)
        assert last_due(job, datetime.fromtimestamp(following, UTC)) == int(following), (cron, now)
"""


def test_times_hold_across_changes_of_the_clock(world: World) -> None:
    command = [sys.executable, "-c", _CLOCK]
    environment = backend_environment(world.up.settings)
    done = subprocess.run(
        command, cwd=world.out, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "29 01:00, 25 00:30, 26 01:30\n"


@pytest.mark.long
def test_a_worker_that_is_killed_loses_nothing_and_repeats_nothing(world: World) -> None:
    """Killed five times in one run of 400 transactions: each row is changed exactly once."""
    world.rows(
        'insert into "order" (company_id, id, total, invoiced, due, version)'
        " select c.id, gen_random_uuid(), 0, false, now(), 1 from company c, generate_series(1, 10000)"
    )
    world.rows('update "order" set total = 0')
    world.up.end_worker()
    environment = {**world.up.settings.environment, "WORKER_SILENT_AFTER": "2"}
    settings = type(world.up.settings)(
        world.up.settings.admin_url, world.up.settings.runtime_url, environment
    )
    log = world.out.parent / "killed.log"
    run = world.command("now", "Charge").strip()
    done = f"{RUNS} where j.id = {run}"
    for _ in range(5):
        with run_jobs(world.out, settings, log) as worker:
            _wait_for_rows(world, run, _rows_of(world, run) + 500)
            worker.process.send_signal(signal.SIGKILL)
            worker.process.wait()
    assert world.rows(done)[0]["status"] == "doing", "the run ended before it was killed"
    with run_jobs(world.out, settings, log):
        world.until(lambda: world.rows(done)[0]["status"] == "succeeded", 120)
    counts = world.rows('select total::int as total, count(*)::int as rows from "order" group by 1')
    assert [count["total"] for count in counts] == [1], counts
    assert world.rows(f"select rows::int from app.job_progress where run = {run}") == [
        {"rows": counts[0]["rows"]}
    ]


def _rows_of(world: World, run: str) -> int:
    return sum(
        int(each["rows"]) for each in world.rows(f"select rows from app.job_progress where run = {run}")
    )


def _wait_for_rows(world: World, run: str, least: int) -> None:
    world.until(lambda: _rows_of(world, run) >= least, 60)
