"""Builds and migrations that are killed at any moment, again and again: what they come to is what one undisturbed run comes to."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest

from bdc.stack import Server
from tests.support.shop import SPEC, build_shop

pytestmark = pytest.mark.long
KILLS = 15
SEEDS = ("0", "1", "2", "3", "random")
BUSINESS = "services/business/order_place.py"
MINE = "services/business/mine.py"


def build_command(out: Path) -> list[str]:
    return [sys.executable, "-m", "bdc.cli", "build", str(SPEC), "--out", str(out)]


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_hash_seed_gives_the_same_tree(tmp_path: Path) -> None:
    trees = []
    for seed in SEEDS:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(build_command(tmp_path / seed), check=True, capture_output=True, env=environment)
        trees.append(tree(tmp_path / seed))
    assert len(trees[0]) > 200 and all(other == trees[0] for other in trees[1:])


def test_a_build_that_is_killed_leaves_something_to_build_on(tmp_path: Path) -> None:
    """The last fifth of a build is when files move; most kills fall there."""
    chance, clean, out = Random(11), tmp_path / "clean", tmp_path / "out"
    begun = time.monotonic()
    subprocess.run(build_command(clean), check=True, capture_output=True)
    whole = time.monotonic() - begun
    for attempt in range(KILLS):
        if attempt % 5 == 0:
            shutil.rmtree(out, ignore_errors=True)
        (out / "services/business").mkdir(parents=True, exist_ok=True)
        (out / MINE).write_text("# mine\n", encoding="utf-8")
        _spoil(out, chance)
        killed = subprocess.Popen(build_command(out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * chance.uniform(0.6, 1.05))
        killed.kill()
        killed.wait()
    if (out / BUSINESS).exists():
        (out / BUSINESS).write_text("# changed by hand\n", encoding="utf-8")
    done = subprocess.run(build_command(out), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found, wanted = tree(out), tree(clean)
    assert (out / MINE).read_text(encoding="utf-8") == "# mine\n"
    differing = {path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path)}
    assert differing <= {MINE, BUSINESS}, sorted(differing)


def _spoil(out: Path, chance: Random) -> None:
    """Take away some generated files (none of the user's: he would mean it), so that there is something to move."""
    made = sorted(path for path in (out / "services/data").rglob("*.py") if path.is_file())
    for path in chance.sample(made, min(10, len(made))):
        path.unlink()


LATER = """-- transaction: none
create table if not exists extra (id int primary key, n int)
-- next
insert into extra select n, n from generate_series(1, 50000) n on conflict do nothing
-- next
{indexes}
-- next
alter table extra add column if not exists more text
"""


def _add_migration(out: Path) -> None:
    """A second migration whose statements run each on its own: five indexes that are built beside others' work."""
    indexes = "\n-- next\n".join(f"create index concurrently extra_{n} on extra (n, id)" for n in range(5))
    folder = out / "database/migrations/0002_extra"
    first = json.loads((folder.parent / "0001_initial/edge.json").read_text(encoding="utf-8"))
    text = LATER.format(indexes=indexes)
    folder.mkdir()
    (folder / "01_expand.sql").write_text(text, encoding="utf-8")
    files = [{"path": "01_expand.sql", "sha256": hashlib.sha256(text.encode()).hexdigest()}]
    edge = {"from": first["to"], "to": "extra", "files": files}
    (folder / "edge.json").write_text(json.dumps(edge), encoding="utf-8")


def _migrate(out: Path, url: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": ".", "MIGRATION_DATABASE_URL": url}
    command = [sys.executable, "-m", "database.migrate", "up", "--seed"]
    return subprocess.Popen(
        command, cwd=out, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


TERMINATE = (
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'database.migrate'"
)
CATALOG = """
select json_agg(x order by x::text) from (
  select row('column', attrelid::regclass, attname, atttypid::regtype, attnotnull)::text x from pg_attribute
    join pg_class c on c.oid = attrelid where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and attnum > 0
      and not attisdropped
  union all select row('index', indexrelid::regclass, indisvalid, pg_get_indexdef(indexrelid))::text from pg_index
    join pg_class c on c.oid = indrelid where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)
  union all select row('constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))::text from pg_constraint
    where connamespace in ('public'::regnamespace, 'app'::regnamespace)
  union all select row('policy', tablename, policyname, roles, cmd, qual, with_check)::text from pg_policies
  union all select row('trigger', tgrelid::regclass, pg_get_triggerdef(oid))::text from pg_trigger where not tgisinternal
  union all select row('function', pg_get_functiondef(oid), proacl)::text from pg_proc
    where pronamespace not in (select oid from pg_namespace where nspname like 'pg_%' or nspname = 'information_schema')
  union all select row('rows', (select count(*) from extra), (select count(*) from org))::text
) found
"""


@pytest.mark.postgres
def test_a_migration_that_is_killed_goes_on(tmp_path: Path, postgres_server: Server) -> None:
    """Killed are the program, or its session in the database; now early, now late."""
    out = build_shop(tmp_path / "out")
    _add_migration(out)
    chance, killed = Random(5), 0
    asyncio.run(_execute(postgres_server.superuser_url, "create database whole", "create database broken"))
    whole, broken = (postgres_server.url("postgres", name) for name in ("whole", "broken"))
    begun = time.monotonic()
    assert _finished(_migrate(out, whole)) == 0
    takes = time.monotonic() - begun
    for attempt in range(KILLS * 3):
        running = _migrate(out, broken)
        time.sleep(takes * chance.uniform(0.2, 1.0))
        if running.poll() is None and attempt % 2:
            running.kill()
        elif running.poll() is None:
            asyncio.run(_execute(postgres_server.superuser_url, TERMINATE))
        code = _finished(running)
        killed += code != 0
        if code == 0:
            break
    assert killed
    last = _migrate(out, broken)
    text = "".join(last.communicate())
    assert last.returncode == 0, text
    assert asyncio.run(_value(broken, CATALOG)) == asyncio.run(_value(whole, CATALOG))


def _finished(running: "subprocess.Popen[str]") -> int:
    running.communicate()
    return running.returncode


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _value(url: str, sql: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
