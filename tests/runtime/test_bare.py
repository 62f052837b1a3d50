"""Specifications with hardly anything in them hold the law too: what is absent leaves no file that asks for it."""

from pathlib import Path

import pytest

from bdc.stack import Server
from tests.support.law import Court

EMPTY = "bds 1\nmodule bare\n"
# Entities and policies, but no api: other programs use the database.
WITHOUT_API = """bds 1
module bare

enum State { fresh, done }
entity User { id: uuid = uuid7() @id }
entity Thing @audited { id: uuid = uuid7() @id  name: string(1..9)  state: State = fresh  parent: Thing? }
identity User {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "bare"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}
role member
policy User { allow read to member }
policy Thing {
  allow read, create, update to member
  allow delete to member when state == done
}
"""


@pytest.mark.postgres
@pytest.mark.parametrize("text", [EMPTY, WITHOUT_API], ids=["empty", "without an api"])
def test_holds_the_law(text: str, postgres_server: Server, tmp_path: Path) -> None:
    spec = tmp_path / "bare.bds"
    spec.write_text(text, encoding="utf-8")
    Court(postgres_server, tmp_path / "mypy").hold(spec, tmp_path / "out", tools=False)
