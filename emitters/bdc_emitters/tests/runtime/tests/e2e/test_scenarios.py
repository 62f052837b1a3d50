"""The specification's own `test` blocks, performed over HTTP."""

import json
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.backend import Backend
from tests.support.matrix import insert

DOCUMENT = json.loads((Path(__file__).parent / "scenarios.json").read_text(encoding="utf-8"))
NUMBER = re.compile(r"-?\d+(\.\d+)?")
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, values: value in (values or ()),
}


class Player:
    """Performs the steps of one scenario."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.claims: dict[str, Any] | None = None

    def step(self, step: dict[str, Any]) -> None:
        getattr(self, step["kind"])(step)

    def given(self, step: dict[str, Any]) -> None:
        columns = {name: value(given) for name, given in step["columns"].items()}
        database = self.backend.database
        database.run(insert(database.admin, step["table"], columns))

    def as_(self, step: dict[str, Any]) -> None:
        self.claims = step["claims"]

    def do(self, step: dict[str, Any]) -> None:
        answer = self._call(step)
        assert answer.status_code < 300, f"{step['at']}: {answer.status_code} {answer.text}"

    def expect_error(self, step: dict[str, Any]) -> None:
        answer = self._call(step)
        assert answer.status_code >= 400, f"{step['at']}: {answer.text}"
        assert answer.json()["code"] == step["code"], step["at"]

    def expect_allow(self, step: dict[str, Any]) -> None:
        assert self._call(step).status_code not in (401, 403, 404), step["at"]

    def expect_deny(self, step: dict[str, Any]) -> None:
        assert self._call(step).status_code in (401, 403, 404), step["at"]

    def expect_value(self, step: dict[str, Any]) -> None:
        assert self._holds(step["condition"]), f"{step['at']}: {step['condition']}"

    def _call(self, step: dict[str, Any]) -> httpx.Response:
        call = step["call"]
        body = call["body"]
        if isinstance(body, dict):
            body = {name: value(given) for name, given in body.items()}
        return self.backend.call(call["method"], call["path"], body, self.claims, **call.get("headers", {}))

    def _holds(self, condition: dict[str, Any]) -> bool:
        if condition["op"] in ("and", "or"):
            found = [self._holds(term) for term in condition["terms"]]
            return all(found) if condition["op"] == "and" else any(found)
        if condition["op"] == "not":
            return not self._holds(condition["terms"][0])
        left, right = self._operand(condition["left"]), self._operand(condition["right"])
        if condition["op"] in ("<", "<=", ">", ">=") and (left is None or right is None):
            return False
        numbers = number(left), number(right)
        return bool(COMPARE[condition["op"]](*((left, right) if None in numbers else numbers)))

    def _operand(self, operand: dict[str, Any]) -> Any:
        if "value" in operand:
            return value(operand["value"])
        answer = self.backend.call("GET", operand["path"], None, self.claims)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found = body.get(operand["member"], body.get(f"{operand['member']}_id"))
        for name in operand.get("inside", ()):
            found = None if found is None else found[name]
        return found


def number(given: Any) -> Decimal | None:
    """Return what reads as a number: `"1.50"` is 1.5."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    return Decimal(str(given)) if NUMBER.fullmatch(str(given)) else None


def value(given: Any) -> Any:
    if isinstance(given, dict) and "call" in given:
        now = datetime.now(UTC) + timedelta(seconds=given.get("seconds", 0))
        return now.isoformat() if given["call"] == "now" else now.date().isoformat()
    return given


setattr(Player, "as", Player.as_)


@pytest.mark.parametrize("scenario", DOCUMENT["scenarios"], ids=lambda scenario: scenario["name"])
def test_scenario(backend: Backend, scenario: dict[str, Any]) -> None:
    if "skip" in scenario:
        pytest.skip(scenario["skip"])
    backend.database.run(_with_seeds(backend))
    player = Player(backend)
    for step in scenario["steps"]:
        player.step(step)


async def _with_seeds(backend: Backend) -> None:
    """Other tests put their own rows into the tables: bring the seeds back."""
    admin = backend.database.admin
    names = await admin.fetch(
        "select format('%I.%I', n.nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where relkind = 'r' and n.nspname = 'public'"
    )
    await admin.execute(f"truncate {', '.join(row['name'] for row in names)} cascade")
    root = Path(__file__).resolve().parents[2]
    for seed in sorted((root / "database" / "seeds").glob("*.sql")):
        await admin.execute(seed.read_text(encoding="utf-8"))
