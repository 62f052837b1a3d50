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
from bdc.cli.main import print_anywhere
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

    def __post_init__(self) -> None:
        self.member = self.up.token("acme.ann", "member")
        self.manager = self.up.token("acme.ann", "manager")
        self.stranger = self.up.token("globex.eve", "manager")

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
    """The calls: a day in one company, and what another company and other roles may not do."""
    print("\nREST")
    strangers(story)
    tea, customer = catalogue(story)
    order = ordering(story, tea, customer)
    life_of_an_order(story, order, tea, customer)
    lists_and_reports(story)
    print("\nGraphQL")
    graphql(story, order)
    print("\nOperation")
    story.call("alive", 200, "GET", "/healthz")
    story.call("ready", 200, "GET", "/readyz")


def strangers(story: Story) -> None:
    """Who has no token, or an old one."""
    expired = story.up.token("acme.ann", "member", lifetime=-60)
    story.call("without a token nothing is shown", 401, "GET", "/v1/products")
    story.call("an expired token is refused", 401, "GET", "/v1/products", token=expired)


def catalogue(story: Story) -> tuple[str, str]:
    """A product and a customer; return their keys."""
    products, customers = "/v1/products", "/v1/customers"
    body = {"sku": "TEA-1", "title": "Green tea", "price": "4.50", "stock": 3}
    wrong = {"sku": "TEA-2", "title": "Tea", "price": "-1"}
    story.call("a member may not create products", 403, "POST", products, body, token=story.member)
    tea = story.call("a manager may", 201, "POST", products, body, token=story.manager)
    story.call("a price below zero is refused", 422, "POST", products, wrong, token=story.manager)
    person = {"email": "cid@buyers.test", "name": "Cid"}
    customer = story.call("a customer", 201, "POST", customers, person, token=story.member)
    return tea["id"], customer["id"]


def ordering(story: Story, tea: str, customer: str) -> str:
    """An order with its lines, who sees it, and whose change wins; return its path."""
    body = {"number": "A-100", "customer_id": customer, "items": [{"product_id": tea, "quantity": 2}]}
    order = story.call(
        "an order with its lines, at once", 201, "POST", "/v1/orders", body, token=story.member
    )
    path = f"/v1/orders/{order['id']}"
    whole = f"{path}?expand=customer,items"
    story.call("the price was taken from the product", 200, "GET", whole, token=story.member)
    story.call("another company sees nothing", 404, "GET", path, token=story.stranger)
    late, ring = {"note": "late"}, {"note": "please ring"}
    story.call("a stale version is refused", 412, "PATCH", path, late, token=story.member, If_Match='"99"')
    story.call("the current one is not", 200, "PATCH", path, ring, token=story.member, If_Match='"1"')
    return path


def life_of_an_order(story: Story, path: str, tea: str, customer: str) -> None:
    """Placed by user code, paid, shipped; and what its state and the stock forbid."""
    place, key = f"{path}/place", "demo-1"
    story.call(
        "place: user code reserves the stock", 200, "POST", place, {}, token=story.member, Idempotency_Key=key
    )
    story.call(
        "the same key answers the same", 200, "POST", place, {}, token=story.member, Idempotency_Key=key
    )
    more = {"number": "A-101", "customer_id": customer, "items": [{"product_id": tea, "quantity": 5}]}
    second = story.call("an order for more than is left", 201, "POST", "/v1/orders", more, token=story.member)
    story.call("is out of stock", 409, "POST", f"/v1/orders/{second['id']}/place", {}, token=story.member)
    story.call("a member may not book a payment", 403, "POST", f"{path}/pay", {}, token=story.member)
    story.call("a manager may", 200, "POST", f"{path}/pay", {}, token=story.manager)
    reason = {"reason": "too late"}
    story.call("what is paid is not cancelled", 409, "POST", f"{path}/cancel", reason, token=story.member)
    story.call("shipped", 200, "POST", f"{path}/ship", {"tracking": "TRACK-1"}, token=story.manager)


def lists_and_reports(story: Story) -> None:
    """Lists by their whitelists, search, and a report in SQL."""
    shipped = "/v1/orders?status=shipped&sort=-created_at&expand=customer,items&limit=5"
    report_path = "/v1/reports/daily-revenue?since=2020-01-01&until=2100-01-01"
    story.call("orders: filtered, sorted, expanded", 200, "GET", shipped, token=story.member)
    story.call("an unknown filter is named", 400, "GET", "/v1/orders?colour=red", token=story.member)
    story.call("a cursor that was tampered with", 400, "GET", "/v1/orders?cursor=AAAA", token=story.member)
    story.call("search", 200, "GET", "/v1/products?q=green", token=story.member)
    story.call("revenue by day is for managers", 403, "GET", report_path, token=story.member)
    story.call("SQL by hand, still typed", 200, "GET", report_path, token=story.manager)


ORDER = """query($id: ID!) {
  order(id: $id) { number status total customer { name } items { quantity product { title } } }
}"""


def graphql(story: Story, path: str) -> None:
    """The same data and the same policy over GraphQL."""
    key = {"id": path.rpartition("/")[2]}
    unknown = "{ orders { nodes { colour } } }"
    story.graphql("one order and what belongs to it", ORDER, key, story.member, _costs("9.00"))
    story.graphql("another company sees null", ORDER, key, story.stranger, _shows_nothing)
    story.graphql(
        "an unknown field is refused", unknown, {}, story.member, lambda got: bool(got.get("errors"))
    )


def _costs(total: str) -> Callable[[Any], bool]:
    return lambda answer: answer.get("data", {}).get("order", {}).get("total") == total


def _shows_nothing(answer: Any) -> bool:
    return "errors" not in answer and answer["data"]["order"] is None


def _emitted_tests() -> int:
    """Run the tests of the built backend; they start a database of their own."""
    print("The emitted tests:", flush=True)
    environment = {**os.environ, "PYTHONPATH": "."}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "tests"]
    return subprocess.run(command, cwd=OUT, env=environment, check=False).returncode


if __name__ == "__main__":
    print_anywhere()
    try:
        sys.exit(main())
    except StackError as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(4)
    except KeyboardInterrupt:
        sys.exit(0)
