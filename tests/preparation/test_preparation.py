"""What PostgreSQL refuses is said with its place in the specification; what was prepared starts no server."""

from pathlib import Path

import pytest

from bdc.pipeline import compile_system
from bdc.preparation import Preparation, prepare
from bdc.source import SourceFile

_HEAD = """bds 1
module bank

entity Customer { id: uuid = uuid7() @id }

entity Account {
  id: uuid = uuid7() @id
  owner: Customer
  balance: bigint = 0 @min(0) @readonly
  ENTITY
}

struct Done { moved: int  day: date }

identity Customer {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "bank"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role teller
policy Customer { allow read to teller }
policy Account { allow read, create, update POKE to teller }
"""
_GOOD = """
sql \"\"\"
  create table note (at timestamptz default now(), words text);
  grant select, insert on note to bank_runtime, reporting;
  create function one(a int) returns bigint language sql as $$ select sum(balance)::bigint + a from account $$;
  grant execute on function one(int) to bank_runtime;
  create function touch() returns trigger language plpgsql as $$ begin new.balance := new.balance + 1; return new; end $$;
  create trigger touch before update on account for each row execute function touch();
\"\"\"
api Bank v1 {
  auth bearer
  resource Account {
    ops get, create
    op poke(by: int) -> Account { sql \"\"\" update account set balance = balance + :by where owner_id::text = p_actor_id returning * \"\"\" }
  }
  op move(source: uuid, amount: decimal(9, 2), days: date[]) -> Done {
    allow teller
    sql \"\"\"
      with é as (update account set balance = balance - :amount where id = :source returning 1)
      select count(*) as moved, (:days)[1] as day from é -- :amount
    \"\"\"
  }
  op texts() -> Done[] { allow teller  sql \"\"\" select 1 as moved, '2026-01-01' as day \"\"\" }
  op total() -> int { allow teller  sql \"\"\" select one(1) \"\"\" }
  op both() { allow teller  sql \"\"\" insert into note (words) values (':x'); select one(2); \"\"\" }
}
"""
_BAD = """
sql \"\"\"
  create table note (at timestamptz default now(), words text);
  create function one(a int) returns int language sql as $$ select 'é', nope from account where balance = a $$;
\"\"\"
api Bank v1 {
  auth bearer
  resource Account { ops get, create }
  op move(source: text) -> Done {
    allow teller
    sql \"\"\" select count(*) as moved, true as day from account where 'ü' <> '' and id = :source \"\"\"
  }
  op odd() -> Done { allow teller  sql \"\"\" select 1 as moved, true as day \"\"\" }
  op read() -> int { allow teller  sql \"\"\" select count(*) from note \"\"\" }
}
"""


def _prepare(text: str, entity: str = "") -> tuple[Preparation, list[str]]:
    files = (
        SourceFile(
            "bank.bds",
            _HEAD.replace("ENTITY", entity).replace(" POKE", ", poke" if "op poke" in text else "") + text,
        ),
    )
    compilation = compile_system(files)
    assert compilation.system is not None, compilation.diagnostics
    found = prepare(files, compilation.system)
    places = []
    for each in found.refused:
        assert each.primary is not None
        span = each.primary.span
        places.append(f"{files[0].text[span.start : span.end]}: {each.primary.text}")
    return found, places


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.postgres
def test_what_works_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _prepare(_GOOD)[0] == Preparation()
    monkeypatch.setattr("bdc.stack.shared.start", None)
    assert _prepare(_GOOD)[0] == Preparation()


@pytest.mark.postgres
def test_what_is_refused_is_shown_at_its_place() -> None:
    assert _prepare(_BAD)[1] == [
        'nope: column "nope" does not exist',
        "=: operator does not exist: uuid = text",
        "true: cannot cast type boolean to date",
        "select: permission denied for table note",
    ]


@pytest.mark.postgres
def test_expressions_of_tables_too() -> None:
    api = "api Bank v1 { auth bearer  resource Account { ops get, create } }"
    assert _prepare(api, "check odd (sql(\"'é' <> '' and balance\"))")[1] == [
        "balance: argument of AND must be type boolean, not type bigint"
    ]


def test_without_a_server_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from bdc.stack import StackError

    def start(**_: object) -> None:
        raise StackError("no embedded PostgreSQL here")

    monkeypatch.setattr("bdc.stack.shared.start", start)
    assert _prepare(_GOOD)[0].skipped == "no embedded PostgreSQL here"


def test_no_sql_needs_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bdc.stack.shared.start", None)
    api = "api Bank v1 { auth bearer  resource Account { ops get, create } }"
    assert _prepare(api)[0] == Preparation()
