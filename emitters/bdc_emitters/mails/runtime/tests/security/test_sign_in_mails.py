"""Sign-in by mail: a token is good once, for one purpose and one login, and no answer tells which logins there are."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.support.backend import Backend
from tests.support.matrix import Rows

from services.data.engine.database import Database
from services.data.jobs import JOBS
from services.engine.config import DatabaseSettings
from services.mail.engine.keeping import KEPT
from services.mail.mails import MAILS
from services.worker.engine.mailing import run_job

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "sign_in.json").read_text(encoding="utf-8"))
MAILED = {mail.purpose: mail.name for mail in MAILS.values() if mail.purpose}
PASSWORD = "correct horse battery staple"
LOGIN = "ann.of.the.tests@example.test"
RESET = pytest.mark.skipif("reset" not in MAILED, reason="no password is reset")


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMTP_URL", raising=False)


@pytest.fixture(scope="module")
def caller(backend: Backend, rows: Rows) -> str:
    """The key of a row with a login that is an address."""
    admin = backend.database.admin
    keys = f"select {FACTS['key']}::text from {FACTS['table']} limit 20"
    change = f"update {FACTS['table']} set {FACTS['column']} = $1 where {FACTS['key']}::text = $2"
    for (key,) in backend.database.run(admin.fetch(keys)):
        try:
            backend.database.run(admin.execute(change, LOGIN, key))
        except asyncpg.PostgresError:
            continue
        return str(key)
    pytest.skip("no row of these tests takes an address")


@pytest.mark.parametrize("purpose", sorted(MAILED))
def test_asking_has_one_answer_and_one_work(backend: Backend, caller: str, purpose: str) -> None:
    told = []
    for login in (LOGIN, "nobody.has.this@example.test"):
        before = _runs(backend, purpose)
        answer = _ask(backend, purpose, login)
        assert len(_runs(backend, purpose)) == len(before) + 1
        told.append((answer.status_code, answer.content, sorted(answer.headers.keys())))
    assert told[0] == told[1]
    assert told[0][0] == 204
    KEPT.clear()
    _deliver(backend, _runs(backend, purpose)[-1])
    assert not KEPT, "nothing is sent to a login that no row has"


@RESET
def test_a_password_is_reset_once(backend: Backend, caller: str) -> None:
    token = _mailed(backend, "reset")
    assert _accept(backend, "reset", token=token, password=PASSWORD).status_code == 204
    again = _accept(backend, "reset", token=token, password=PASSWORD)
    assert (again.status_code, again.json()["errors"][0]["path"]) == (422, "/token")
    ended = "select ended_by from app.session where user_key::text = $1 and ended_at is null"
    assert backend.database.run(backend.database.admin.fetchval(ended, caller)) is None


@RESET
def test_a_reset_ends_every_session(backend: Backend, caller: str) -> None:
    opened = (
        "insert into app.session (user_key, expires_at)"
        f" select {FACTS['key']}, now() + interval '1 hour' from {FACTS['table']} where {FACTS['key']}::text = $1 returning id"
    )
    session = backend.database.run(backend.database.admin.fetchval(opened, caller))
    assert _accept(backend, "reset", token=_mailed(backend, "reset"), password=PASSWORD).status_code == 204
    found = "select ended_by from app.session where id = $1"
    assert backend.database.run(backend.database.admin.fetchval(found, session)) == "password_reset"


@RESET
@pytest.mark.parametrize(
    "spoil",
    [
        "update app.one_time_token set expires_at = now() - interval '1 second' where hash = $1",
        "update app.one_time_token set login = 'ben@example.test' where hash = $1",
        "update app.one_time_token set purpose = 'another' where hash = $1",
        "delete from app.one_time_token where hash = $1",
    ],
    ids=["expired", "another login", "another purpose", "removed"],
)
def test_a_token_that_is_spoiled_is_refused(backend: Backend, caller: str, spoil: str) -> None:
    token = _mailed(backend, "reset")
    digest = hashlib.sha256(token.encode()).digest()
    backend.database.run(backend.database.admin.execute(spoil, digest))
    assert _accept(backend, "reset", token=token, password=PASSWORD).status_code == 422


@pytest.mark.skipif(len(MAILED) < 2, reason="there is one purpose")
def test_a_token_is_for_one_purpose(backend: Backend, caller: str) -> None:
    assert _accept(backend, "verify", token=_mailed(backend, "reset")).status_code == 422


@RESET
def test_a_login_is_sent_three_an_hour(backend: Backend, caller: str) -> None:
    backend.database.run(backend.database.admin.execute("delete from app.one_time_token"))
    KEPT.clear()
    for _ in range(5):
        _deliver(backend, _queued(backend, "reset"))
    assert len(KEPT) == 3


@pytest.mark.skipif("verify" not in MAILED, reason="no login is verified")
def test_a_login_is_verified_once_and_not_when_it_changes(backend: Backend, caller: str) -> None:
    change = f"update {FACTS['table']} set {FACTS['column']} = $1 where {FACTS['key']}::text = $2"
    for login in ("another@example.test", LOGIN):
        backend.database.run(backend.database.admin.execute(change, login, caller))
    token = _mailed(backend, "verify")
    assert _accept(backend, "verify", token=token).status_code == 204
    assert _accept(backend, "verify", token=token).status_code == 422
    KEPT.clear()
    _deliver(backend, _queued(backend, "verify"))
    assert not KEPT, "a login that is verified is asked no more"
    for login in ("another@example.test", LOGIN):
        backend.database.run(backend.database.admin.execute(change, login, caller))
    assert _mailed(backend, "verify")


def test_only_hashes_are_kept_and_the_service_reads_none(backend: Backend, caller: str) -> None:
    purpose = sorted(MAILED)[0]
    backend.database.run(backend.database.admin.execute("delete from app.one_time_token"))
    if purpose == "verify":
        pytest.skip("a login that is verified is asked no more")
    token = _mailed(backend, purpose)
    kept = backend.database.run(backend.database.admin.fetch("select * from app.one_time_token"))
    queued = backend.database.run(
        backend.database.admin.fetch("select args::text from app.procrastinate_jobs")
    )
    assert (
        kept
        and token not in str([dict(row) for row in kept])
        and token not in str([row[0] for row in queued])
    )
    for statement in (
        "select * from app.one_time_token",
        "select app.one_time_add('reset', 'a', '\\x00'::bytea, 60, 1)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            backend.database.run(backend.database.runtime.fetch(statement))


def _ask(backend: Backend, purpose: str, login: str) -> Any:
    return backend.call("POST", f"{FACTS['path']}/{purpose}", {FACTS["login"]: login})


def _accept(backend: Backend, purpose: str, **body: str) -> Any:
    return backend.call("POST", f"{FACTS['path']}/{purpose}/accept", body)


def _runs(backend: Backend, purpose: str) -> list[int]:
    statement = "select id from app.procrastinate_jobs where task_name = $1 order by id"
    found = backend.database.run(backend.database.admin.fetch(statement, MAILED[purpose]))
    return [int(row["id"]) for row in found]


def _queued(backend: Backend, purpose: str) -> int:
    """Queue a mail as the request does: what requests are refused for their number is tried elsewhere."""
    statement = "insert into app.procrastinate_jobs (queue_name, task_name, args) values ($1, $1, $2::jsonb) returning id"
    arguments = json.dumps({"login": LOGIN})
    return int(backend.database.run(backend.database.admin.fetchval(statement, MAILED[purpose], arguments)))


def _mailed(backend: Backend, purpose: str) -> str:
    """Return the token of a mail that is sent now."""
    backend.database.run(backend.database.admin.execute("delete from app.one_time_token"))
    KEPT.clear()
    _deliver(backend, _queued(backend, purpose))
    (message,) = KEPT
    return str(message["values"]["token"])


def _deliver(backend: Backend, run: int) -> None:
    found = "select task_name, args::text as args from app.procrastinate_jobs where id = $1"
    row = backend.database.run(backend.database.admin.fetchrow(found, run))
    assert row is not None
    job = next(job for job in JOBS if job.name == row["task_name"])

    async def deliver() -> None:
        database = Database(DatabaseSettings(url=backend.database.runtime_url))
        try:
            await run_job(database, job, run, lambda: False, row["args"])
        finally:
            await database.close(5)

    asyncio.run(deliver())
