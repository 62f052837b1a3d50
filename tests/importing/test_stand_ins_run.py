"""What is imported with a stand-in for `pgcrypto` or `uuid-ossp` runs on the embedded server: it computes what the extension does."""

import hashlib
import hmac
import uuid
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner

from bdc.cli.main import cli
from tests.support.emitted import build, run_tests
from tests.support.postgres import Databases, run

pytestmark = pytest.mark.postgres

_TEXTS = ("", "abc", "ünd " * 30)
_TOKENS = """
create extension if not exists pgcrypto;
create extension if not exists "uuid-ossp";
create table account (
  id uuid primary key default uuid_generate_v4(),
  token text not null default encode(gen_random_bytes(16), 'hex'),
  secret text not null default crypt('first', gen_salt('bf'))
);
"""


async def _asked(url: str, sql: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            'create extension if not exists pgcrypto; create extension if not exists "uuid-ossp"'
        )
        return list(await connection.fetch(sql, *arguments))
    finally:
        await connection.close()


def test_stand_ins_compute_what_the_extensions_do(databases: Databases) -> None:
    url = databases.fresh().superuser_url
    asked = """
    select t, a, digest(t, a) as digest, hmac(t, repeat(t || 'k', 9), a) as hmac,
      uuid_generate_v3(uuid_ns_dns(), t) as v3, uuid_generate_v5(uuid_ns_url(), t) as v5
    from unnest($1::text[]) t, unnest($2::text[]) a
    """
    found = run(_asked(url, asked, list(_TEXTS), ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]))
    assert len(found) == 18
    for row in found:
        text = row["t"].encode()
        assert row["digest"] == hashlib.new(row["a"], text).digest()
        assert row["hmac"] == hmac.digest((row["t"] + "k").encode() * 9, text, row["a"])
        assert row["v3"] == uuid.uuid3(uuid.NAMESPACE_DNS, row["t"])
        assert row["v5"] == uuid.uuid5(uuid.NAMESPACE_URL, row["t"])


def test_a_password_is_known_again(databases: Databases) -> None:
    asked = """
    select crypt('right', h) = h as same, crypt('wrong', h) = h as other, length(gen_random_bytes(70)) as bytes
    from (select crypt('right', gen_salt('bf', 8)) as h) made
    """
    (row,) = run(_asked(databases.fresh().superuser_url, asked))
    assert (row["same"], row["other"], row["bytes"]) == (True, False, 70)


def test_an_imported_system_that_stands_on_them_holds(tmp_path: Path) -> None:
    """The server that the emitted tests start has the stand-ins, and an output that does not stand on them has none."""
    (tmp_path / "tokens.sql").write_text(_TOKENS, encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", str(tmp_path / "tokens.sql"), "--out", str(tmp_path / "spec")])
    assert done.exit_code == 0, done.output
    out = build(tmp_path / "spec", tmp_path / "out")
    files = {file.name for file in (out / "tests/support/extension").iterdir()}
    assert files == {"pgcrypto.control", "pgcrypto--1.0.sql", "uuid-ossp.control", "uuid-ossp--1.0.sql"}
    run_tests(out).require_all_passed()
