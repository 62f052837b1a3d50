"""What callers see of runs of jobs, on a real server: the newest run about a row, of their tenant, and no text of a failure; and which runs are cancelled."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Rows

_RUNS = json.loads(Path(__file__).with_name("runs.json").read_text(encoding="utf-8"))
SEEN = [tuple(each) for each in _RUNS["seen"]]
_TENANT = "tenant of the caller"
_QUEUE = (
    "insert into app.procrastinate_jobs (queue_name, task_name, args) values ($1, $1, $2::jsonb) returning id"
)
_FAIL = (
    "with ended as (update app.procrastinate_jobs set status = 'failed' where id = $1)"
    " insert into app.job_progress (run, error) values ($1, $2) on conflict (run) do update set error = excluded.error"
)


@pytest.fixture(autouse=True)
def empty(backend: Backend) -> None:
    backend.database.run(backend.database.admin.execute("delete from app.procrastinate_jobs"))


@pytest.mark.parametrize(("job", "argument"), SEEN)
def test_the_newest_run_about_a_row_is_seen(backend: Backend, rows: Rows, job: str, argument: str) -> None:
    assert _look(backend, job, argument, "a") is None
    _queue(backend, job, {argument: "a"})
    assert _look(backend, job, argument, "a")["state"] == "queued"
    assert _look(backend, job, argument, "b") is None
    assert _look(backend, f"{job} ", argument, "a") is None
    run = _queue(backend, job, {argument: "a"})
    _execute(backend, "update app.procrastinate_jobs set status = 'doing' where id = $1", run)
    found = _look(backend, job, argument, "a")
    assert (found["state"], found["attempts"], found["finished_at"]) == ("running", 1, None)


@pytest.mark.parametrize(("job", "argument"), SEEN)
def test_a_run_is_seen_by_its_tenant(backend: Backend, rows: Rows, job: str, argument: str) -> None:
    _queue(backend, job, {argument: "a", _TENANT: "one"})
    assert _look(backend, job, argument, "a", "one")["state"] == "queued"
    assert _look(backend, job, argument, "a", "two") is None


@pytest.mark.parametrize(("job", "argument"), SEEN)
def test_a_failure_is_told_by_its_code(backend: Backend, rows: Rows, job: str, argument: str) -> None:
    run = _queue(backend, job, {argument: "a"})
    for kept, told in (
        ("timeout: no end within 5 s", "timeout"),
        ("failed: ValueError: secret", "failed"),
        ("secret: x", "failed"),
    ):
        _execute(backend, _FAIL, run, kept)
        found = _look(backend, job, argument, "a")
        assert (found["state"], found["error"]) == ("failed", told)
        assert "secret" not in json.dumps(found)


@pytest.mark.parametrize("job", _RUNS["stopped"])
def test_runs_with_these_arguments_are_cancelled(backend: Backend, rows: Rows, job: str) -> None:
    these, others = (
        _queue(backend, job, {"x": ["a", "b"], "y": 1}),
        _queue(backend, job, {"x": ["b", "a"], "y": 1}),
    )
    database = backend.database
    asked = database.runtime.fetchval(
        "select app.cancel_runs($1, $2::jsonb)", job, json.dumps({"x": ["a", "b"]})
    )
    assert database.run(asked) == "1"
    status = "select id, status::text from app.procrastinate_jobs"
    found = {row["id"]: row["status"] for row in database.run(database.admin.fetch(status))}
    assert found == {these: "cancelled", others: "todo"}


def _queue(backend: Backend, job: str, arguments: dict[str, Any]) -> int:
    statement = backend.database.admin.fetchval(_QUEUE, job, json.dumps(arguments))
    return int(backend.database.run(statement))


def _execute(backend: Backend, statement: str, *values: Any) -> None:
    backend.database.run(backend.database.admin.execute(statement, *values))


def _look(backend: Backend, job: str, argument: str, subject: str, tenant: str | None = None) -> Any:
    statement = "select app.run_of($1, $2, $3::jsonb, $4)"
    asked = backend.database.runtime.fetchval(statement, job, argument, json.dumps(subject), tenant)
    found = backend.database.run(asked)
    return json.loads(found) if found is not None else None
