"""The steps of a scenario: calls of the service, the clock, jobs, and what is expected of each."""

import json
import operator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from importlib import import_module
from typing import Any

import asyncpg
import httpx
from tests.e2e.clock import Clock
from tests.support.backend import Backend
from tests.support.matrix import insert

Data = dict[str, Any]
REFUSED = (401, 403, 404)
COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Missed(Exception):
    """A step that came out otherwise."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(got)
        self.expected = expected
        self.got = got


class Player:
    """Performs the steps of one scenario. `jobs`: whether there are any."""

    def __init__(self, backend: Backend, clock: Clock, *, jobs: bool) -> None:
        self.backend = backend
        self.clock = clock
        self.jobs = jobs
        self.claims: Data | None = None
        self._last = 0
        self._received = 0

    def begin(self) -> None:
        """Forget the runs of earlier scenarios, and note which events there are."""
        self._last = self._value("select coalesce(max(id), 0) from app.outbox")
        if self._value("select to_regclass('app.inbox') is not null"):
            self.backend.database.run(self.backend.database.admin.execute("truncate app.inbox"))
        if self.jobs:
            from tests.e2e.played_jobs import forget

            forget(self.backend.database)
            self._schedule()
        self._mails().clear()

    def step(self, step: Data) -> None:
        """Perform one. Raises Missed."""
        getattr(self, f"_{step['kind']}")(step)

    # ---- rows, callers, calls ----
    def _given(self, step: Data) -> None:
        columns = {name: self._meant(given) for name, given in step["columns"].items()}
        database = self.backend.database
        try:
            database.run(insert(database.admin, step["table"], columns))
        except asyncpg.PostgresError as error:
            raise Missed("a row that the database takes", str(error)) from error

    def _as(self, step: Data) -> None:
        self.claims = step["claims"]

    def _do(self, step: Data) -> None:
        answer = self._call(step)
        if answer.status_code >= 300:
            raise Missed("the operation to be done", _told(answer))

    def _expect_error(self, step: Data) -> None:
        answer = self._call(step)
        if answer.status_code < 400 or _problem(answer).get("code") != step["code"]:
            raise Missed(f"error {step['code']}", _told(answer))

    def _expect_allow(self, step: Data) -> None:
        answer = self._call(step)
        if answer.status_code in REFUSED:
            raise Missed("the caller to be allowed", _told(answer))

    def _expect_deny(self, step: Data) -> None:
        answer = self._call(step)
        if answer.status_code not in REFUSED:
            raise Missed("the caller to be refused", _told(answer))

    def _call(self, step: Data) -> httpx.Response:
        call = step["call"]
        body = call["body"]
        if isinstance(body, dict):
            body = {name: self._meant(given) for name, given in body.items()}
        return self.backend.call(call["method"], call["path"], body, self.claims, **call.get("headers", {}))

    def _receive(self, step: Data) -> None:
        """Send a webhook twice, as senders do: only the first one counts."""
        from tests.e2e.played_webhooks import request_of

        data = {name: self._meant(given) for name, given in step["data"].items()}
        self._received += 1
        for _ in range(2):
            body, headers = request_of(step["scheme"], f"play-{self._received}", step["event"], data)
            answer = self.backend.http.post(step["path"], content=body, headers=headers)
            if answer.status_code != 204:
                raise Missed("the webhook to be taken", _told(answer))

    # ---- the clock, jobs, events ----
    def _at(self, step: Data) -> None:
        if self.clock.stand(datetime.fromisoformat(step["time"])) and self.jobs:
            self._schedule()

    def _after(self, step: Data) -> None:
        self.clock.move(step["seconds"])

    def _run(self, step: Data) -> None:
        from tests.e2e.played_jobs import run

        failed = self.backend.database.run(run(self.backend.database.environment, step["job"]))
        if failed:
            raise Missed("every run to succeed", "; ".join(failed))

    def _schedule(self) -> None:
        """Count the times of jobs from now on."""
        from tests.e2e.played_jobs import schedule

        self.backend.database.run(schedule(self.backend.database.environment))

    def _expect_event(self, step: Data) -> None:
        found = self._events(step["event"])
        if not any(self._has(payload, step["members"]) for payload in found):
            raise Missed(_event(step), _listed(step["event"], found))

    def _expect_no_event(self, step: Data) -> None:
        found = [payload for payload in self._events(step["event"]) if self._has(payload, step["members"])]
        if found:
            raise Missed(f"no {_event(step)}", _listed(step["event"], found))

    def _expect_mail(self, step: Data) -> None:
        found = self._sent(step["event"])
        if not any(self._has(values, step["members"]) for values in found):
            raise Missed(_event(step, "mail"), _listed(step["event"], found, "mail"))

    def _expect_no_mail(self, step: Data) -> None:
        found = [values for values in self._sent(step["event"]) if self._has(values, step["members"])]
        if found:
            raise Missed(f"no {_event(step, 'mail')}", _listed(step["event"], found, "mail"))

    def _sent(self, name: str) -> list[Data]:
        """Return the values of the mails of that name that runs of this test have sent."""
        told = json.loads(json.dumps([each for each in self._mails() if each["mail"] == name], default=str))
        return [each["values"] for each in told]

    def _mails(self) -> Any:
        """Return what was kept in place of being sent; nothing where the system sends none."""
        try:
            return import_module("services.mail.engine.keeping").KEPT
        except ModuleNotFoundError:
            return []

    def _events(self, name: str) -> list[Data]:
        rows = self.backend.database.run(
            self.backend.database.admin.fetch(
                "select payload::text as payload from app.outbox where id > $1 and event = $2 order by id",
                self._last,
                name,
            )
        )
        return [json.loads(row["payload"]) for row in rows]

    def _has(self, payload: Data, members: Data) -> bool:
        return all(self._is(payload.get(name), told) for name, told in members.items())

    def _is(self, got: Any, told: Data) -> bool:
        if "key" not in told:
            return _equal(got, self._meant(told["value"]))
        keys = [got.get(name) for name in told["names"]] if isinstance(got, dict) else [got]
        return told["key"] in [str(each) for each in keys]

    # ---- conditions ----
    def _expect_value(self, step: Data) -> None:
        seen: list[str] = []
        if not self._holds(step["condition"], seen):
            raise Missed("this to be true", ", ".join(dict.fromkeys(seen)))

    def _holds(self, condition: Data, seen: list[str]) -> bool:
        if condition["op"] in ("and", "or"):
            found = [self._holds(term, seen) for term in condition["terms"]]
            return all(found) if condition["op"] == "and" else any(found)
        if condition["op"] == "not":
            return not self._holds(condition["terms"][0], seen)
        left, right = self._operand(condition["left"], seen), self._operand(condition["right"], seen)
        return _compared(condition["op"], left, right)

    def _operand(self, operand: Data, seen: list[str]) -> Any:
        if "value" in operand:
            return self._meant(operand["value"])
        answer = self.backend.call("GET", operand["path"], None, self.claims)
        if answer.status_code != 200:
            raise Missed("the caller to see the row", _told(answer))
        body, member = answer.json(), operand["member"]
        found = body[member] if member in body else body.get(f"{member}_id")
        for name in operand.get("inside", ()):
            found, member = None if found is None else found[name], f"{member}.{name}"
        seen.append(f"{member} is {json.dumps(found, ensure_ascii=False)}")
        return found

    def _meant(self, given: Any) -> Any:
        if isinstance(given, dict) and "call" in given:
            now = self.clock.now() + timedelta(seconds=given.get("seconds", 0))
            return now.isoformat() if given["call"] == "now" else now.date().isoformat()
        return given

    def _value(self, statement: str) -> Any:
        return self.backend.database.run(self.backend.database.admin.fetchval(statement))


def _problem(answer: httpx.Response) -> Data:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _told(answer: httpx.Response) -> str:
    """Return an answer in words: its status, and of a problem its code and what it says."""
    problem = _problem(answer)
    if answer.status_code < 400:
        return f"{answer.status_code} {answer.text[:200]}".strip()
    members = problem.get("errors")
    words = (
        problem.get("code"),
        problem.get("detail") or problem.get("title"),
        members and json.dumps(members),
    )
    return f"{answer.status_code} {': '.join(str(each) for each in words if each) or answer.text[:200]}"


def _event(step: Data, what: str = "event") -> str:
    members = {name: told.get("value", told.get("key")) for name, told in step["members"].items()}
    return f"{what} {step['event']}" + (f" with {json.dumps(members, ensure_ascii=False)}" if members else "")


def _listed(name: str, found: list[Data], what: str = "event") -> str:
    if not found:
        return f"no {what} {name}"
    return f"{what} {name}: " + "; ".join(json.dumps(each, ensure_ascii=False)[:300] for each in found[:5])


def _compared(op: str, left: Any, right: Any) -> bool:
    if op == "in":
        return left in (right or ())
    if op in ("==", "!="):
        return _equal(left, right) == (op == "==")
    if left is None or right is None:
        return False
    known = _alike(left, right)
    return bool(COMPARE[op](*known))


def _equal(left: Any, right: Any) -> bool:
    known = _alike(left, right)
    return bool(known[0] == known[1])


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Return both as numbers or as times where both read so, else as they are."""
    for reading in (_number, _time):
        known = reading(left), reading(right)
        if None not in known:
            return known
    return left, right


def _number(given: Any) -> Decimal | None:
    """Return what reads as a number: `"1.50"` is 1.5."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _time(given: Any) -> datetime | None:
    """Return what reads as a time with its offset."""
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) and "T" in given else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
