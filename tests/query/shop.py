"""The shop in a database, three times over: policy inlined and row level security on, each of them alone; and a caller
that passes to a function what the service would."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
from tests.support.postgres import Database, Template

from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledFunction, CompiledQueries, ParameterRole
from bdc.lowering import lower
from bdc.model import resolve
from bdc.project import load_project
from bdc.query.compile import compile_queries
from bdc.schema.initial import initial_migration
from bdc.syntax import parse
from bdc_emitters.postgres.release import release

MODES = ("both", "row level security", "inlined")
ACME, GLOBEX = "0190a000-0000-7000-8000-00000000000a", "0190a000-0000-7000-8000-00000000000b"
ANN, MAX, EVE, BOB = (f"0190a000-0000-7000-8000-0000000001{n:02}" for n in range(4))
BOBS_ACCOUNT, OTHER_ACCOUNT, EVES_ACCOUNT, GONE_ACCOUNT = (
    f"0190a000-0000-7000-8000-0000000002{n:02}" for n in range(4)
)
PEN, INK, FOREIGN_PEN = (f"0190a000-0000-7000-8000-0000000003{n:02}" for n in range(3))
TAG, FOREIGN_TAG = (f"0190a000-0000-7000-8000-0000000004{n:02}" for n in range(2))
NIL = "00000000-0000-0000-0000-000000000000"

_ROWS = f"""
insert into org (id, name, slug) values ('{ACME}', 'Acme', 'acme'), ('{GLOBEX}', 'Globex', 'globex');
insert into "user" (id, org_id, email, name) values
  ('{ANN}', '{ACME}', 'ann@acme.test', 'Ann'), ('{MAX}', '{ACME}', 'max@acme.test', 'Max'),
  ('{BOB}', '{ACME}', 'bob@acme.test', 'Bob'), ('{EVE}', '{GLOBEX}', 'eve@globex.test', 'Eve');
insert into customer (id, org_id, user_id, email, name, deleted_at) values
  ('{BOBS_ACCOUNT}', '{ACME}', '{BOB}', 'bob@buyers.test', 'Bob', null),
  ('{OTHER_ACCOUNT}', '{ACME}', null, 'other@buyers.test', 'Other', null),
  ('{GONE_ACCOUNT}', '{ACME}', null, 'gone@buyers.test', 'Gone', now()),
  ('{EVES_ACCOUNT}', '{GLOBEX}', '{EVE}', 'eve@buyers.test', 'Eve', null);
insert into product (id, org_id, sku, title, price, stock) values
  ('{PEN}', '{ACME}', 'PEN', 'Pen', 2.50, 10), ('{INK}', '{ACME}', 'INK', 'Ink', 4.25, 10),
  ('{FOREIGN_PEN}', '{GLOBEX}', 'PEN', 'Pen', 1.00, 10);
insert into tag (id, org_id, label) values ('{TAG}', '{ACME}', 'blue'), ('{FOREIGN_TAG}', '{GLOBEX}', 'red');
"""
_OPEN = """
do $$ declare t regclass; begin
  for t in select oid from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s disable row level security', t);
    execute format('alter table %s no force row level security', t);
  end loop;
end $$;
"""


@cache
def shop() -> SystemIR:
    """Return the example, compiled."""
    sink = DiagnosticSink()
    project = load_project(Path(__file__).parents[2] / "examples" / "shop", sink)
    model = resolve([parse(file, sink) for file in project.files], sink)
    assert not sink.has_errors
    return lower(model)


@cache
def queries(mode: str) -> CompiledQueries:
    return compile_queries(shop(), inline_policies=mode != "row level security")


async def _build(url: str, mode: str) -> None:
    compiled = queries(mode)
    files = {file.path: file.content for file in initial_migration(shop(), compiled)}
    connection = await asyncpg.connect(url)
    try:
        expand = next(text for path, text in files.items() if path.endswith("01_expand.sql"))
        opened = (_OPEN,) if mode == "inlined" else ()
        for script in (expand, release(shop(), compiled).content, _ROWS, *opened):
            async with connection.transaction():
                await connection.execute(script)
    finally:
        await connection.close()


TEMPLATES = {
    mode: Template(f"shop_{mode.replace(' ', '_')}", lambda url, mode=mode: _build(url, mode))
    for mode in MODES
}


@dataclass(frozen=True)
class Caller:
    """Who calls, as the service would bind it."""

    id: str = NIL
    org: str = NIL
    roles: str = "anonymous"

    def identity(self) -> tuple[str, ...]:
        return self.id, self.org, self.roles, "request-1"


MEMBER, MANAGER, BUYER = (
    Caller(ANN, ACME, "member"),
    Caller(MAX, ACME, "manager"),
    Caller(BOB, ACME, "customer"),
)
STRANGER, NOBODY = Caller(EVE, GLOBEX, "manager"), Caller()


@dataclass(frozen=True)
class Answer:
    status: int
    etag: str | None
    body: Any
    row: Any = None


class Refused(Exception):
    """A refusal: its status and code, and the members of the problem."""

    def __init__(self, status: int, code: str, members: dict[str, Any]) -> None:
        super().__init__(status, code, members)
        self.status, self.code, self.members = status, code, members

    @property
    def paths(self) -> list[str]:
        return [error["path"] for error in self.members["errors"]]


@dataclass
class Shop:
    """The shop's functions, called as the service calls them: as the runtime role, by the roles of their parameters."""

    database: Database
    mode: str
    functions: Mapping[str, CompiledFunction] = field(init=False)

    def __post_init__(self) -> None:
        self.functions = {function.name: function for function in queries(self.mode).functions}

    async def connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.database.url("shop_runtime"))

    async def call(
        self,
        name: str,
        caller: Caller = MEMBER,
        key: Sequence[str] = (),
        *,
        connection: asyncpg.Connection | None = None,
        **given: Any,
    ) -> Answer:
        """Call a function: `input` (a dict), `if_match`, `idempotency_key`, `request_hash`, `result`, arguments by name.
        Raises Refused."""
        own = connection or await self.connect()
        try:
            return await call_function(own, self.functions[name], caller, key, given)
        finally:
            if connection is None:
                await own.close()

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Look at the database as its superuser."""
        return await self.database.fetch(sql, *args)


async def call_function(
    connection: asyncpg.Connection,
    function: CompiledFunction,
    caller: Caller,
    key: Sequence[str],
    given: Mapping[str, Any],
) -> Answer:
    """Call one function with what its parameters ask for. Raises Refused."""
    try:
        row = await connection.fetchrow(
            function.call, *caller.identity(), *_values(function, list(key), given)
        )
    except asyncpg.PostgresError as error:
        raise _refusal(error) from error
    assert row is not None
    body, handed = row["body"], row.get("row")
    parsed = json.loads(body, strict=False) if body is not None else None
    return Answer(row["status"], row["etag"], parsed, json.loads(handed) if handed else None)


def _values(function: CompiledFunction, key: list[str], given: Mapping[str, Any]) -> list[Any]:
    values: list[Any] = []
    for parameter in function.parameters:
        if parameter.role is ParameterRole.KEY:
            values.append(key.pop(0))
        elif parameter.role is ParameterRole.INPUT:
            values.append(json.dumps(given["input"]))
        elif parameter.role is not ParameterRole.IDENTITY:
            values.append(given.get(parameter.name))
    return values


def _refusal(error: asyncpg.PostgresError) -> Exception:
    state = error.sqlstate or ""
    if not state.startswith("BD"):
        return error
    return Refused(int(state[2:]), error.args[0], json.loads(error.detail or "{}"))


async def order(shop: Shop, caller: Caller = MEMBER, number: str = "A-1", **more: Any) -> dict[str, Any]:
    """Create an order of one pen for Bob; return its body."""
    items = [{"product_id": PEN, "quantity": 1}]
    given = {"number": number, "customer_id": BOBS_ACCOUNT, "items": items, **more}
    answer = await shop.call("order_create", caller, input=given)
    body: dict[str, Any] = answer.body
    return body


async def place(shop: Shop, key: str, caller: Caller = MEMBER) -> Answer:
    """Place an order with user code that does nothing."""
    connection = await shop.connect()
    try:
        async with connection.transaction():
            await shop.call("order_place_begin", caller, [key], connection=connection)
            return await shop.call("order_place_finish", caller, [key], connection=connection)
    finally:
        await connection.close()
