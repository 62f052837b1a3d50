"""The edge without a server: every way a request can end becomes one answer."""

import asyncio
import gc
import weakref
from itertools import product
from random import Random
from typing import Any

import pytest


class Connection:
    """One ASGI request: what is sent in, what came out."""

    def __init__(self, method: str, path: str, headers: dict[str, str] | None = None) -> None:
        pairs = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        self.scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": pairs,
            "client": ("127.0.0.1", 1),
        }
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}


def edge(endpoint: Any, built: Any, **limits: Any) -> Any:
    """Return an edge with one route, GET /things/{id}."""
    from dataclasses import replace

    from starlette.applications import Starlette

    from api.engine.http.routing import Route, Router
    from api.engine.middleware.access_log import AccessLog
    from api.engine.middleware.edge import Edge
    from services.engine.config import load_settings
    from services.engine.container import build_services

    settings = load_settings({}, built / "config")
    settings = replace(settings, limits=replace(settings.limits, **limits))
    made = Edge(Router([Route("GET", "/things/{id}", endpoint, "things")]), Starlette())
    made.start(build_services(settings), AccessLog("off"))
    return made


async def asked(made: Any, connection: Connection) -> Connection:
    await made(connection.scope, connection.receive, connection.send)
    return connection


async def fine(request: Any) -> Any:
    from api.engine.http.answer import Answer

    return Answer(200, request.parameters["id"].encode())


def test_a_request_is_answered_with_its_own_id_and_head_without_a_body(built: Any) -> None:
    async def story() -> None:
        made = edge(fine, built)
        answer = await asked(made, Connection("GET", "/things/7", {"x-request-id": "my-request-1"}))
        assert (answer.status, answer.sent[1]["body"]) == (200, b"7")
        assert answer.headers["x-request-id"] == "my-request-1"
        answer = await asked(
            made, Connection("HEAD", "/things/7", {"x-request-id": "bad id\r\nset-cookie: x"})
        )
        assert answer.headers["content-length"] == "1"
        assert answer.sent[1]["body"] == b""
        assert "\n" not in answer.headers["x-request-id"]

    asyncio.run(story())


def test_an_unexpected_failure_tells_nothing_but_its_request(
    built: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(request: Any) -> Any:
        raise RuntimeError("secret detail")

    async def story() -> None:
        answer = await asked(edge(broken, built), Connection("GET", "/things/7"))
        assert answer.status == 500
        assert b"secret" not in answer.sent[1]["body"]

    asyncio.run(story())
    assert "secret detail" in caplog.text


def test_a_request_that_takes_too_long_is_ended(built: Any) -> None:
    async def slow(request: Any) -> Any:
        await asyncio.sleep(30)

    async def story() -> None:
        answer = await asked(edge(slow, built, timeout=0.05), Connection("GET", "/things/7"))
        assert answer.status == 504
        await asyncio.sleep(0)  # the cancellation has been taken back: the task goes on

    asyncio.run(story())


def test_a_caller_who_hangs_up_is_not_answered(built: Any) -> None:
    async def slow(request: Any) -> Any:
        await asyncio.sleep(30)

    async def story() -> None:
        connection = Connection("GET", "/things/7")
        task = asyncio.create_task(asked(edge(slow, built), connection))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert connection.sent == []

    asyncio.run(story())


def test_what_is_not_there_is_told_from_what_cannot_be_done(built: Any) -> None:
    async def story() -> None:
        made = edge(fine, built)
        assert (await asked(made, Connection("GET", "/things"))).status == 404
        assert (await asked(made, Connection("GET", "/things/1/2"))).status == 404
        assert (await asked(made, Connection("GET", "/things/"))).status == 404
        answer = await asked(made, Connection("DELETE", "/things/1"))
        assert (answer.status, answer.headers["allow"]) == (405, "GET")
        assert (await asked(made, Connection("OPTIONS", "/things/1"))).status == 204

    asyncio.run(story())


def test_a_fixed_segment_wins_over_a_parameter() -> None:
    from api.engine.http.routing import Route, Router

    paths = ("/a/{id}", "/a/mine", "/a/mine/x", "/a/{id}/{other}", "/a/{id}/{other}/y/{last}")
    router = Router(Route("GET", path, fine, path) for path in paths)
    assert router.match("GET", "/a/mine").route.name == "/a/mine"  # type: ignore[union-attr]
    assert router.match("GET", "/a/1").parameters == {"id": "1"}
    assert router.match("GET", "/a/1/2").parameters == {"id": "1", "other": "2"}
    # A fixed segment that leads nowhere is a value of the parameter beside it.
    assert router.match("GET", "/a/mine/2").parameters == {"id": "mine", "other": "2"}
    assert router.match("GET", "/a/mine/x/y/3").parameters == {"id": "mine", "other": "x", "last": "3"}
    assert router.match("GET", "/a/mine/x").parameters == {}
    assert router.match("GET", "/a/mine/x/z").route is None


def test_what_a_refused_request_held_is_freed_at_once(built: Any) -> None:
    class Held:
        pass

    seen = []

    async def refused(request: Any) -> Any:
        from services.engine.problems import Problem

        held = Held()
        seen.append(weakref.ref(held))
        try:
            raise ValueError
        except ValueError:
            raise Problem("not-found") from None

    async def story() -> None:
        made = edge(refused, built)
        assert (await asked(made, Connection("GET", "/things/1"))).status == 404
        gc.collect()
        gc.disable()
        try:
            await asked(made, Connection("GET", "/things/1"))
            assert [each() for each in seen] == [None, None], "no cycle is left for the collector"
        finally:
            gc.enable()

    asyncio.run(story())


def test_a_body_may_come_in_pieces_and_may_not_end_early(built: Any) -> None:
    async def echo(request: Any) -> Any:
        from api.engine.http.answer import Answer

        return Answer(200, await request.body())

    async def story() -> None:
        made = edge(echo, built, body_bytes=10)
        connection = Connection("GET", "/things/1")
        pieces = [(b"12345", True), (b"67890", False)]

        async def receive() -> Any:
            body, more = pieces.pop(0)
            return {"type": "http.request", "body": body, "more_body": more}

        await made(connection.scope, receive, connection.send)
        assert connection.sent[1]["body"] == b"1234567890"
        pieces[:] = [(b"1234567890", True), (b"1", False)]
        connection.sent.clear()
        await made(connection.scope, receive, connection.send)
        assert connection.status == 413

        async def hang_up() -> Any:
            return {"type": "http.disconnect"}

        connection.sent.clear()
        await made(connection.scope, hang_up, connection.send)
        assert connection.status == 400

    asyncio.run(story())


def test_a_caller_s_calls_are_spread_over_the_window() -> None:
    from services.engine.config import LimitSettings
    from services.problems import Problem
    from services.security.engine.rate_limit import RateLimiter

    limiter = RateLimiter(LimitSettings(rate=3, rate_seconds=60))
    assert [limiter.count("ann", 100.0).remaining for _ in range(3)] == [2, 1, 0]
    with pytest.raises(Problem) as refusal:
        limiter.count("ann", 100.0)
    assert refusal.value.headers == ((b"retry-after", b"20"),)
    assert limiter.count("bob", 100.0).remaining == 2
    assert limiter.count("ann", 120.0).remaining == 0


def test_failed_authentications_are_counted_by_address_and_good_ones_never(built: Any) -> None:
    from services.engine.config import LimitSettings
    from services.problems import Problem
    from services.security.engine.claims import refused
    from services.security.engine.rate_limit import RateLimiter

    limiter = RateLimiter(LimitSettings(failed_authentications=3, proxies=1))

    def failed(address: str) -> int | None:
        try:
            scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", address.encode())]}
            asyncio.run(limiter.refused(scope, refused("x")))
        except Problem as problem:
            assert dict(problem.headers)[b"retry-after"].isdigit()
            return problem.status
        return None

    assert [failed("6.6.6.6, 1.1.1.1") for _ in range(5)] == [None, None, None, 429, 429]
    assert failed("1.1.1.1, 2.2.2.2") is None, "only what the proxy in front has added is believed"


def test_the_addresses_of_one_ipv6_subscriber_are_counted_together(built: Any) -> None:
    from services.security.engine.rate_limit import network

    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::7%eth0") == "2001:db8:1:2::/64"
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::1")
    assert network("::ffff:192.0.2.7") == network("192.0.2.7") == "192.0.2.7"
    assert network("[2001:db8:1:2::9]:4711") == network("2001:db8:1:2::1")
    assert network("192.0.2.7:4711") == network("192.0.2.7:4712") == "192.0.2.7"
    assert network("unix:/socket") == "unix:/socket" and network("unknown") == "unknown"


@pytest.mark.parametrize("name", ["authorization", "x-api-key", "idempotency-key", "content-type"])
def test_a_request_says_once_who_calls(built: Any, name: str) -> None:
    async def story() -> None:
        made = edge(fine, built)
        twice = Connection("GET", "/things/7")
        twice.scope["headers"] = [(name.encode(), b"one"), (name.encode(), b"one")]
        assert (await asked(made, twice)).status == 400
        once = Connection("GET", "/things/7", {name: "one"})
        once.scope["headers"] += [(b"accept", b"a/b"), (b"accept", b"c/d")]
        assert (await asked(made, once)).status == 200

    asyncio.run(story())


def test_each_call_of_a_request_counts(built: Any) -> None:
    from services.engine.config import LimitSettings
    from services.problems import Problem
    from services.security.engine.rate_limit import RateLimiter

    limiter = RateLimiter(LimitSettings(rate=5, rate_seconds=60))
    assert limiter.count("ann", 100.0, 3).remaining == 2
    with pytest.raises(Problem):
        limiter.count("ann", 100.0, 3)
    assert limiter.count("ann", 100.0, 2).remaining == 0


def test_slow_bodies_make_room_for_those_that_come(built: Any) -> None:
    """More unfinished bodies than are held: the slowest are sent away with 503, whoever sends at once is answered."""
    from api.engine.http import request as requests
    from api.engine.http.bodies import Bodies

    async def echo(request: Any) -> Any:
        from api.engine.http.answer import Answer

        return Answer(200, await request.body())

    async def story() -> None:
        made = edge(echo, built, timeout=5)
        requests.BODIES = Bodies(most=10, most_bytes=1_000)

        async def never() -> Any:
            await asyncio.sleep(60)

        def slow() -> tuple[Connection, "asyncio.Task[None]"]:
            connection = Connection("GET", "/things/1")
            return connection, asyncio.create_task(made(connection.scope, never, connection.send))

        started = [slow() for _ in range(30)]
        await asyncio.sleep(0.05)
        assert len(requests.BODIES) == 10
        ended = [connection for connection, task in started if task.done()]
        assert [connection.status for connection in ended] == [503] * 20
        assert all(int(connection.headers["retry-after"]) >= 1 for connection in ended)
        assert (await asked(made, Connection("GET", "/things/2"))).status == 200
        for _, task in started:
            task.cancel()
        await asyncio.gather(*(task for _, task in started), return_exceptions=True)
        assert len(requests.BODIES) == 0

    asyncio.run(story())


def test_the_bytes_of_unfinished_bodies_are_bounded() -> None:
    from api.engine.http.bodies import Bodies

    async def story() -> None:
        bodies = Bodies(most=100, most_bytes=1_000)

        async def held(size: int) -> None:
            task = asyncio.current_task()
            assert task is not None
            bodies.enter(task)
            try:
                bodies.grow(task, size)
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if bodies.sent_away(task) is None:
                    raise
            finally:
                bodies.leave(task)

        tasks = [asyncio.create_task(held(400)) for _ in range(5)]
        await asyncio.sleep(0.01)
        assert [task.done() for task in tasks] == [True, True, True, False, False]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert bodies._bytes == 0

    asyncio.run(story())


def test_a_path_that_is_found_at_once_is_the_one_that_a_walk_finds() -> None:
    from api.engine.http.routing import NOTHING, Route, Router

    paths = (
        *(
            "/v1/orders",
            "/v1/orders/{id}",
            "/v1/orders/recent",
            "/v1/orders/{id}/pay",
            "/v1/{kind}/all",
            "/graphql",
        ),
        *("/{page}", "/v1/orders/{order}/items/{id}", "/v1/both/{a}"),
    )
    routes = [Route("GET", path, fine, path) for path in paths]
    routes += [Route("PUT", "/v1/both/{b}", fine, "other"), Route("POST", "/v1/orders", fine, "create")]
    quick, walking = Router(routes), Router(routes)
    walking._rows, walking._fixed = {}, {}
    words = ("v1", "orders", "recent", "both", "graphql", "all", "pay", "items", "7", "", "%2F")
    asked = ["/" + "/".join(parts) for length in range(1, 6) for parts in product(words, repeat=length)]
    for path in [*Random(1).sample(asked, 2_000), "/", f"/{paths[0]}"]:
        for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
            assert quick.match(method, path, path.encode()) == walking.match(method, path, path.encode()), (
                path
            )
    assert quick.match("GET", "/v1/orders/7").parameters == {"id": "7"}
    assert quick.match("GET", "/v1/nothing/here/at/all") is NOTHING
