"""`make demo`: the shop from specification to answers, told on the terminal.

Compiles this folder, builds the backend into `build/shop`, boots it on an embedded PostgreSQL, makes calls that are allowed
and calls that are not, checks every answer, and runs the tests that were emitted with it. With DEMO_EXIT=1 it ends by
itself; otherwise the backend stays up until Ctrl-C. Exit code 0 only if every answer was the expected one.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bdc.cli.commands.build import build
from bdc.cli.commands.up import report
from bdc.cli.compile import compile_or_exit
from bdc.stack import StackError
from bdc.stack.backend import free_port
from bdc.stack.up import Running, UpOptions, running
from bdc.stack.workspace import Workspace

SPEC = Path(__file__).resolve().parent
OUT = Path("build/shop")


@dataclass
class Story:
    """Makes calls, shows them with their answers, and remembers whether each was as expected."""

    up: Running
    failures: list[str] = field(default_factory=list)
    calls: int = 0

    def call(
        self,
        title: str,
        expected: int,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        **headers: str,
    ) -> Any:
        """Make one call, print it and its answer in a line or two, return the parsed body."""
        status, answer = self._send(method, path, body, token, headers)
        self.calls += 1
        good = status == expected
        if not good:
            self.failures.append(
                f"{title}: {method} {path} answered {status}, not {expected}: {json.dumps(answer)[:300]}"
            )
        print(
            f"  {'✓' if good else '✗'} {title}\n      {method} {path} → {status} {_short(answer)}", flush=True
        )
        return answer

    def graphql(
        self, title: str, query: str, variables: dict[str, Any], token: str, check: Callable[[Any], bool]
    ) -> None:
        """Make a GraphQL call; `check` judges the whole answer."""
        _, answer = self._send("POST", "/graphql", {"query": query, "variables": variables}, token, {})
        self.calls += 1
        good = check(answer)
        if not good:
            self.failures.append(f"{title}: {json.dumps(answer)[:300]}")
        print(f"  {'✓' if good else '✗'} {title}\n      POST /graphql → {_short(answer)}", flush=True)

    def _send(
        self, method: str, path: str, body: Any, token: str | None, headers: dict[str, str]
    ) -> tuple[int, Any]:
        request = urllib.request.Request(self.up.state.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _parse(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _parse(error.read())


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode(errors="replace")


def _short(answer: Any, width: int = 150) -> str:
    if isinstance(answer, dict) and "code" in answer and "status" in answer and "title" in answer:
        answer = {
            name: answer[name] for name in answer if name not in ("type", "title", "status", "request_id")
        }
    text = json.dumps(answer, ensure_ascii=False) if answer is not None else ""
    return text if len(text) <= width else text[: width - 1] + "…"


def main() -> int:
    """Run the whole story; return the exit code."""
    begun = time.perf_counter()
    project, system = compile_or_exit(SPEC, "human")
    report(
        "compile", f"{len(project.files)} files, {len(system.entities)} entities", time.perf_counter() - begun
    )
    begun = time.perf_counter()
    plan = build(project, system, OUT)
    report(
        "build",
        f"{len(plan.write)} files written, {plan.unchanged} unchanged, in {OUT}",
        time.perf_counter() - begun,
    )
    _list_built()
    with tempfile.TemporaryDirectory(prefix="bdc-demo-") as scratch:
        Path(scratch).chmod(0o755)
        options = UpOptions(port=free_port(), durable=False)
        with running(system, OUT, Workspace(Path(scratch)), options, report) as up:
            story = Story(up)
            tell(story)
            print(f"\n{story.calls} calls, {len(story.failures)} not as expected\n")
            tests = _emitted_tests()
            failed = bool(story.failures) or tests != 0
            for failure in story.failures:
                print(f"  ✗ {failure}")
            if not os.environ.get("DEMO_EXIT") and not failed:
                print(f"\nStill serving {up.state.url}/docs — Ctrl-C ends the demo.")
                up.backend.wait()
    return 1 if failed else 0


def _list_built() -> None:
    files = [path.relative_to(OUT) for path in sorted(OUT.rglob("*")) if path.is_file()]
    ours = [
        path
        for path in files
        if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    ]
    counted = Counter(path.parts[0] if len(path.parts) > 1 else "(top)" for path in ours)
    print("  " + ", ".join(f"{folder}: {count}" for folder, count in sorted(counted.items())))


def tell(story: Story) -> None:
    """The calls: a buyer's day in one company, and what another company and other roles may not do."""
    member, manager = story.up.token("acme.ann", "member"), story.up.token("acme.ann", "manager")
    stranger = story.up.token("globex.eve", "manager")
    print("\nREST")
    story.call("without a token nothing is shown", 401, "GET", "/v1/products")
    story.call(
        "an expired token is refused",
        401,
        "GET",
        "/v1/products",
        token=story.up.token("acme.ann", "member", lifetime=-60),
    )
    story.call(
        "a member may not create products",
        403,
        "POST",
        "/v1/products",
        {"sku": "TEA-1", "title": "Tea", "price": "4.50"},
        token=member,
    )
    tea = story.call(
        "a manager may",
        201,
        "POST",
        "/v1/products",
        {"sku": "TEA-1", "title": "Green tea", "price": "4.50", "stock": 3},
        token=manager,
    )
    story.call(
        "a price below zero is refused",
        422,
        "POST",
        "/v1/products",
        {"sku": "TEA-2", "title": "Tea", "price": "-1"},
        token=manager,
    )
    customer = story.call(
        "a customer", 201, "POST", "/v1/customers", {"email": "cid@buyers.test", "name": "Cid"}, token=member
    )
    order = story.call(
        "an order with its lines, in one statement", 201, "POST", "/v1/orders",
        {"number": "A-100", "customer_id": customer["id"], "items": [{"product_id": tea["id"], "quantity": 2}]}, token=member,
    )  # fmt: skip
    path = f"/v1/orders/{order['id']}"
    story.call(
        "the price was taken from the product", 200, "GET", f"{path}?expand=customer,items", token=member
    )
    story.call("another company sees nothing", 404, "GET", path, token=stranger)
    story.call(
        "a stale version is refused", 412, "PATCH", path, {"note": "late"}, token=member, If_Match='"99"'
    )
    story.call(
        "the current one is not", 200, "PATCH", path, {"note": "please ring"}, token=member, If_Match='"1"'
    )
    story.call(
        "place: user code reserves the stock",
        200,
        "POST",
        f"{path}/place",
        {},
        token=member,
        Idempotency_Key="demo-1",
    )
    story.call(
        "the same key answers the same",
        200,
        "POST",
        f"{path}/place",
        {},
        token=member,
        Idempotency_Key="demo-1",
    )
    second = story.call(
        "a second order for more than is left", 201, "POST", "/v1/orders",
        {"number": "A-101", "customer_id": customer["id"], "items": [{"product_id": tea["id"], "quantity": 5}]}, token=member,
    )  # fmt: skip
    story.call("is out of stock", 409, "POST", f"/v1/orders/{second['id']}/place", {}, token=member)
    story.call("a member may not book a payment", 403, "POST", f"{path}/pay", {}, token=member)
    story.call("a manager may", 200, "POST", f"{path}/pay", {}, token=manager)
    story.call(
        "what is paid is not cancelled", 409, "POST", f"{path}/cancel", {"reason": "too late"}, token=member
    )
    story.call("shipped", 200, "POST", f"{path}/ship", {"tracking": "TRACK-1"}, token=manager)
    story.call(
        "orders: filtered, sorted, expanded",
        200,
        "GET",
        "/v1/orders?status=shipped&sort=-created_at&expand=customer,items&limit=5",
        token=member,
    )
    story.call("an unknown filter is named", 400, "GET", "/v1/orders?colour=red", token=member)
    story.call("a cursor that was tampered with", 400, "GET", "/v1/orders?cursor=AAAA", token=member)
    story.call("search", 200, "GET", "/v1/products?q=green", token=member)
    story.call(
        "revenue by day is for managers",
        403,
        "GET",
        "/v1/reports/daily-revenue?since=2020-01-01&until=2100-01-01",
        token=member,
    )
    story.call(
        "SQL by hand, still typed",
        200,
        "GET",
        "/v1/reports/daily-revenue?since=2020-01-01&until=2100-01-01",
        token=manager,
    )
    print("\nGraphQL")
    query = "query($id: ID!) { order(id: $id) { number status total customer { name } items { quantity product { title } } } }"
    story.graphql(
        "one order and what belongs to it, one statement",
        query,
        {"id": order["id"]},
        member,
        lambda answer: answer["data"]["order"]["total"] == "9.00",
    )
    story.graphql(
        "another company sees null",
        query,
        {"id": order["id"]},
        stranger,
        lambda answer: answer["data"]["order"] is None,
    )
    story.graphql(
        "an unknown field is refused",
        "{ orders { nodes { colour } } }",
        {},
        member,
        lambda answer: bool(answer.get("errors")),
    )
    print("\nOperation")
    story.call("alive", 200, "GET", "/healthz")
    story.call("ready", 200, "GET", "/readyz")


def _emitted_tests() -> int:
    """Run the tests of the built backend; they start a database of their own."""
    print("The emitted tests:", flush=True)
    environment = {**os.environ, "PYTHONPATH": "."}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    return subprocess.run(command, cwd=OUT, env=environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackError as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(4)
    except KeyboardInterrupt:
        sys.exit(0)
