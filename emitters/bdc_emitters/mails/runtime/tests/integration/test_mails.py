"""Mails on a real server: each is written once, refuses what could name another recipient, and is tried again where that can help."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.backend import Backend
from tests.support.matrix import Rows

from services.data.engine.database import Database
from services.data.jobs import JOBS
from services.engine.config import DatabaseSettings
from services.engine.problems import Problem
from services.mail.engine import settings
from services.mail.engine.keeping import KEPT
from services.mail.engine.rendering import write
from services.mail.mails import MAILS
from services.worker.engine.mailing import run_job

EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "mails.json").read_text(encoding="utf-8")
)
# Those of sign-in are tried with their requests.
NAMES = sorted(name for name, mail in MAILS.items() if not mail.purpose)
EACH = pytest.mark.parametrize("name", NAMES)
MARKUP = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMTP_URL", raising=False)


@EACH
def test_a_mail_is_sent_once(backend: Backend, rows: Rows, name: str) -> None:
    run = _queued(backend, name, EXAMPLES[name])
    KEPT.clear()
    assert _run(backend, name, run, EXAMPLES[name]) == 1
    assert _run(backend, name, run, EXAMPLES[name]) == 0
    (message,) = KEPT
    assert (message["mail"], message["run"], message["to"]) == (name, run, EXAMPLES[name]["to"])
    assert message["subject"].strip() and message["text"].strip()


@EACH
def test_another_attempt_has_the_same_id(
    backend: Backend, rows: Rows, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The worker dies after the message was handed over: the next one sends it again."""
    run = _queued(backend, name, EXAMPLES[name])
    KEPT.clear()
    _run(backend, name, run, EXAMPLES[name])
    undone = "update app.job_progress set statement = 1, finished_at = null where run = $1"
    backend.database.run(backend.database.admin.execute(undone, run))
    _run(backend, name, run, EXAMPLES[name])
    first, second = KEPT
    assert first["message_id"] == second["message_id"]


@EACH
@pytest.mark.parametrize("to", ["a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "A <a@b.test>", "nobody"])
def test_what_is_not_one_address_is_refused_for_good(
    backend: Backend, rows: Rows, name: str, to: str
) -> None:
    arguments = EXAMPLES[name] | {"to": to}
    run = _queued(backend, name, arguments)
    KEPT.clear()
    with pytest.raises(Problem) as refused:
        _run(backend, name, run, arguments)
    assert to not in str(refused.value)
    assert not KEPT
    assert _failures(backend, run) >= next(job.retry for job in JOBS if job.name == name)


@EACH
def test_values_are_text_in_html(name: str) -> None:
    mail = MAILS[name]
    kinds = {key: kind for key, kind in mail.kinds if kind in ("string", "text")}
    given = json.dumps(EXAMPLES[name] | dict.fromkeys(kinds, MARKUP))
    html = write(mail, mail.values(given)).html
    assert MARKUP not in html


@EACH
def test_a_server_that_is_not_reached_is_tried_again(
    backend: Backend, rows: Rows, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    run = _queued(backend, name, EXAMPLES[name])
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")
    with pytest.raises(Problem, match="not reached"):
        _run(backend, name, run, EXAMPLES[name])
    assert _failures(backend, run) == 0, "an attempt is counted by the worker, and none was given up"
    monkeypatch.delenv("SMTP_URL")
    assert _run(backend, name, run, EXAMPLES[name]) == 1


@pytest.mark.parametrize(
    "url", ["", "smtp://mail.example.com", "https://mail.example.com", "mail.example.com"]
)
def test_production_sends_nothing_in_the_clear(url: str) -> None:
    told = settings.refusals(MAILS.values(), {"ENVIRONMENT": "production", "SMTP_URL": url})
    assert any(reason.startswith("SMTP_URL") for reason in told)
    found = {mail.sender_variable: "a@b.example" for mail in MAILS.values() if mail.sender_variable}
    secured = {"ENVIRONMENT": "production", "SMTP_URL": "smtps://ann:secret@mail.example.com"} | found
    assert settings.refusals(MAILS.values(), secured) == []


def _queued(backend: Backend, name: str, arguments: dict[str, Any]) -> int:
    statement = "insert into app.procrastinate_jobs (queue_name, task_name, args) values ($1, $1, $2::jsonb) returning id"
    admin = backend.database.admin
    return int(backend.database.run(admin.fetchval(statement, name, json.dumps(arguments))))


def _failures(backend: Backend, run: int) -> int:
    statement = "select failures from app.job_progress where run = $1"
    return int(backend.database.run(backend.database.admin.fetchval(statement, run)))


def _run(backend: Backend, name: str, run: int, arguments: dict[str, Any]) -> int:
    job = next(job for job in JOBS if job.name == name)

    async def work(database: Database) -> int:
        return await run_job(database, job, run, lambda: False, json.dumps(arguments))

    return _with_database(backend, work)


def _with_database(backend: Backend, work: Callable[[Database], Awaitable[int]]) -> int:
    async def run() -> int:
        database = Database(DatabaseSettings(url=backend.database.runtime_url))
        try:
            return await work(database)
        finally:
            await database.close(5)

    return asyncio.run(run())
