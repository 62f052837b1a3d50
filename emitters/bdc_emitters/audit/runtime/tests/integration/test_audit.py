"""The sealed audit trail on a real server: what is changed, removed or slipped in behind its back is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from database.audit.declared import KEEP
from database.audit.exporting import check, exported
from database.audit.reading import reading
from database.audit.tree import leaf, path, root, root_of_path
from database.audit.verifying import Report, verify
from tests.support.backend import Backend

_WRITE = (
    "insert into app.audit_log (db_role, action, table_name, key, new)"
    " select session_user, 'INSERT', 'written', jsonb_build_object('id', n), jsonb_build_object('amount', n::numeric(12, 2), 'text', 'a\"ü')"
    " from generate_series(1, 1203) as n"
)

_ONE = "insert into app.audit_log (db_role, action, table_name, key) values (session_user, 'DELETE', 'written', '{}')"


def test_paths_lead_to_the_root() -> None:
    for size in range(1, 18):
        leaves = [leaf(str(number)) for number in range(size)]
        for index, hash in enumerate(leaves):
            assert root_of_path(hash, index, size, path(leaves, index)) == root(leaves)


def test_nothing_is_found_in_a_trail_as_it_was_sealed(backend: Backend) -> None:
    _sealed(backend)
    report = _verified(backend)
    assert (report.findings, report.waiting) == ([], 0)
    assert report.sealed + report.pruned >= 1203
    assert not _verified(backend, {report.size: report.head}).findings


def test_what_was_changed_removed_and_inserted_is_named(backend: Backend) -> None:
    _sealed(backend)
    first, second, third = _last(backend)
    with _behind_its_back(backend):
        _execute(backend, f"update app.audit_log set new = '{{\"amount\": 1}}' where id = {first}")
        _execute(backend, f"delete from app.audit_log where id = {second}")
        _execute(
            backend,
            "insert into app.audit_log (id, db_role, action, table_name, key) overriding system value"
            f" values ({-first}, 'x', 'INSERT', 'written', '{{}}')",
        )
        findings = _verified(backend).findings
    assert f"row {first} was changed" in findings
    assert f"row {second} was removed" in findings
    assert not any(f"row {third} " in each for each in findings)


def test_seals_that_were_made_to_fit_are_told_by_a_head_that_was_kept(backend: Backend) -> None:
    _sealed(backend)
    known = _verified(backend)
    with _behind_its_back(backend):
        _execute(
            backend, "delete from app.audit_seal where number = (select max(number) from app.audit_seal)"
        )
        assert any(
            "seals were removed" in each for each in _verified(backend, {known.size: known.head}).findings
        )
    with _behind_its_back(backend):
        _execute(backend, "update app.audit_seal set rows = rows + 1 where number = 1")
        assert any("seal 1 was changed" in each for each in _verified(backend).findings)


def test_no_row_appears_before_one_that_is_sealed(backend: Backend) -> None:
    """A transaction that is under way has its number already: what stands behind it waits for its end."""
    _sealed(backend)
    first = _value(backend, "select max(last) from app.audit_seal")
    slow = backend.database.run(asyncpg.connect(backend.database.admin_url))
    backend.database.run(slow.execute(f"begin; {_ONE}"))
    _execute(backend, _ONE)
    assert _value(backend, "select app.audit_seal()") == 0
    backend.database.run(slow.execute("commit"))
    backend.database.run(slow.close())
    assert _value(backend, "select app.audit_seal()") == 2
    assert _value(backend, "select max(last) from app.audit_seal") == first + 2
    assert not _verified(backend).findings


def test_what_was_written_out_is_checked_without_the_database(backend: Backend) -> None:
    _sealed(backend)
    lines = backend.database.run(_exported(backend))
    assert list(check(lines)) == []
    assert len(lines) >= 1203
    at = next(at for at, line in enumerate(lines) if '"text"' in line and '"written"' in line)
    assert list(check([*lines[:at], lines[at].replace("written", "forged"), *lines[at + 1 :]]))


def test_old_rows_go_and_their_seals_stay(backend: Backend) -> None:
    if KEEP is None:
        return
    _sealed(backend)
    count = _value(backend, "select count(*) from app.audit_log")
    assert _value(backend, "select app.audit_prune()") == 0
    with _behind_its_back(backend):
        _execute(backend, f"update app.audit_seal set at = at - interval '{KEEP + 60} s' where number = 1")
        gone = _value(backend, "select app.audit_prune()")
        assert 0 < gone == count - _value(backend, "select count(*) from app.audit_log")
        findings = _verified(backend).findings
    # Only the time of the seal, which was made up here, is not as it was sealed.
    assert not any(each.startswith("row ") for each in findings)


def test_the_service_writes_no_seal_and_reads_no_trail(backend: Backend) -> None:
    for table in ("app.audit_log", "app.audit_seal", "app.audit_mark"):
        for right in ("select", "update", "delete", "truncate"):
            assert not _value(
                backend, f"select has_table_privilege('{_runtime(backend)}', '{table}', '{right}')"
            )


def _sealed(backend: Backend) -> None:
    _execute(backend, _WRITE)
    _execute(backend, "select app.audit_seal()")


def _last(backend: Backend) -> tuple[int, int, int]:
    found = backend.database.run(
        backend.database.admin.fetch("select id from app.audit_log order by id desc limit 3")
    )
    first, second, third = (int(row["id"]) for row in found)
    return first, second, third


@contextmanager
def _behind_its_back(backend: Backend) -> Iterator[None]:
    """Keep what is there, let triggers sleep, and put everything back."""
    _execute(
        backend,
        "create table app.kept_log as table app.audit_log; create table app.kept_seal as table app.audit_seal",
    )
    _execute(backend, "set session_replication_role = replica")
    try:
        yield
    finally:
        _execute(backend, "delete from app.audit_log; delete from app.audit_seal")
        _execute(backend, "insert into app.audit_log overriding system value table app.kept_log")
        _execute(backend, "insert into app.audit_seal table app.kept_seal")
        _execute(backend, "set session_replication_role = origin; drop table app.kept_log, app.kept_seal")


async def _exported(backend: Backend) -> list[str]:
    async with reading(backend.database.admin_url) as connection:
        return [json.dumps(line) async for line in exported(connection)]


def _verified(backend: Backend, known: dict[int, str] | None = None) -> Report:
    async def work() -> Report:
        async with reading(backend.database.admin_url) as connection:
            return await verify(connection, known)

    return backend.database.run(work())


def _runtime(backend: Backend) -> str:
    return str(backend.database.run(backend.database.runtime.fetchval("select current_user")))


def _execute(backend: Backend, statement: str) -> None:
    backend.database.run(backend.database.admin.execute(statement))


def _value(backend: Backend, statement: str) -> Any:
    return backend.database.run(backend.database.admin.fetchval(statement))
