"""The ward as it runs, with each layer of policy on or off, and a few rows that only some may see.

Ann treats Alma, Ben treats Bert; `first` and `third` are Ann's visits, `second` and `fourth` are Ben's and confidential.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import httpx

from bdc.stack import Server
from bdc.stack.backend import free_port, migrate, serve
from bdc.stack.keys import DevelopmentKeys, development_keys
from bdc.stack.up import ISSUER, UpOptions, service_settings, up_state
from bdc.stack.workspace import UpState
from tests.support.emitted import build, compiled

SPEC = Path(__file__).parent / "ward"
NAMES = UUID("6f0c6f6e-0000-4000-8000-000000000000")

WITHOUT_ROW_SECURITY = """
do $$ declare each regclass; begin
  for each in select oid from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s no force row level security', each);
    execute format('alter table %s disable row level security', each);
  end loop;
end $$
"""


def key(name: str) -> str:
    """The key of a row that has this name, the same in every run; of a name that no row has: a key of nothing."""
    return str(uuid5(NAMES, name))


@dataclass(frozen=True)
class Ward:
    """A running ward. `client` gives a caller by the name of his seed row."""

    url: str
    admin_url: str
    state: UpState
    keys: DevelopmentKeys

    def client(self, actor: str, *roles: str) -> httpx.Client:
        claims = {**self.state.actors[actor], "roles": list(roles)}
        token = self.keys.mint(claims, issuer=ISSUER, audience=self.state.audience, lifetime=900)
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {token}"}, timeout=20)

    def execute(self, sql: str) -> None:
        asyncio.run(_execute(self.admin_url, sql))


@contextmanager
def running_ward(
    folder: Path, server: Server, name: str, *, inline_policies: bool, row_security: bool
) -> Iterator[Ward]:
    """Build, migrate and serve the ward in a database called `name`."""
    out = build(SPEC, folder / name, inline_policies=inline_policies)
    asyncio.run(_execute(server.superuser_url, f'create database "{name}"'))
    keys = development_keys(folder / "keys")
    system = compiled(SPEC)[1]
    database = server.url("postgres", name)
    options = UpOptions(port=free_port(), database=database, environment=(("LIMITS_RATE", "0"),))
    settings = service_settings(system, database, keys, options)
    migrate(out, settings, seed=True)
    if not row_security:
        asyncio.run(_execute(settings.admin_url, WITHOUT_ROW_SECURITY))
    with serve(out, settings, folder / f"{name}.log") as backend:
        ward = Ward(backend.url, settings.admin_url, up_state(system, backend.url, keys), keys)
        ward.execute(_rows(ward.state))
        yield ward


async def _execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _rows(state: UpState) -> str:
    """Patients and visits, as SQL: put where they are wanted, whatever a caller could do."""
    ann, ben, sam = (state.actors[name] for name in ("north.ann", "north.ben", "south.sam"))
    patients: list[dict[str, Any]] = [
        _patient("bert", ben, "N-2", "gout", 60),
        _patient("alma", ann, "N-1", "flu", 95, referred_by_id=key("bert")),
        _patient("gone", ann, "N-3", "none", 70, deleted_at="2026-01-01T00:00:00Z"),
        _patient("stranger", sam, "N-1", "cold", 80),
    ]
    visits = [
        _visit("first", "alma", ann, 10),
        _visit("second", "alma", ben, 100, confidential=True),
        _visit("third", "bert", ann, 7),
        _visit("fourth", "bert", ben, 1000, confidential=True),
        _visit("far", "stranger", sam, 5),
    ]
    lines = [
        {
            "id": key(f"line {name}"),
            "clinic_id": ann["clinic"],
            "visit_id": key(name),
            "label": f"line of {name}",
        }
        for name in ("first", "second", "third", "fourth")
    ]
    tables = {"patient": patients, "visit": visits, "visit_line": lines}
    return "\n".join(_insert(table, row) for table, rows in tables.items() for row in rows)


def _patient(
    name: str, doctor: dict[str, Any], number: str, diagnosis: str, weight: int, **more: Any
) -> dict[str, Any]:
    return {
        "id": key(name),
        "clinic_id": doctor["clinic"],
        "name": name,
        "number": number,
        "diagnosis": diagnosis,
        "weight": weight,
        "doctor_id": doctor["sub"],
        **more,
    }


def _visit(name: str, patient: str, doctor: dict[str, Any], fee: int, **more: Any) -> dict[str, Any]:
    return {
        "id": key(name),
        "clinic_id": doctor["clinic"],
        "patient_id": key(patient),
        "doctor_id": doctor["sub"],
        "fee": fee,
        "confidential": False,
        "remark": f"remark of {name}",
        **more,
    }


def _insert(table: str, row: dict[str, Any]) -> str:
    return f"insert into {table} ({', '.join(row)}) values ({', '.join(map(_literal, row.values()))});"


def _literal(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).lower()
