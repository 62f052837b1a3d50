"""Runs whose steps undo each other, against a real service: in reverse, after a kill, and where what undoes fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bdc.stack.backend import backend_environment
from tests.externals.test_faults import World
from tests.externals.test_faults import world as world

pytestmark = [pytest.mark.postgres, pytest.mark.long]
BOOK, WITHDRAW = ("POST", "/carrier/parcels"), ("DELETE", "/carrier/parcels/P-7")
SEND, FORGET = ("POST", "/mail/send"), ("DELETE", "/mail/people/bob@example.test")


@pytest.fixture(autouse=True)
def quiet(world: World) -> Iterator[None]:
    world.closed()
    yield
    world.there.modes.clear()


def _shipped(world: World) -> str:
    made = world.client.post("/v1/parcels", json={"receiver": "bob@example.test", "total": "12.50"})
    parcel = str(made.json()["id"])
    assert world.client.post(f"/v1/parcels/{parcel}/ship", json={}).status_code == 204
    return parcel


def _asked(world: World) -> list[tuple[str, str]]:
    found = ((each.method, each.path.replace("%40", "@")) for each in world.there.requests)
    return [each for each in found if each[1].startswith(("/carrier", "/mail"))]


def _failed(world: World, parcel: str) -> str:
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["failed"], 60)
    return str(world.runs(parcel)[0]["error"])


def _parcel(world: World, parcel: str) -> tuple[object, ...]:
    found = world.client.get(f"/v1/parcels/{parcel}").json()
    return found["booking"], found["weight"], found["told"]


def _replay(world: World, parcel: str) -> None:
    (run,) = world.rows("select id from app.procrastinate_jobs where args->>'parcel_id' = $1", parcel)
    settings = world.up.settings
    done = subprocess.run(
        [sys.executable, "-m", "services.worker", "replay", str(run["id"])],
        cwd=world.up.backend.log.parent.parent / "out",
        env={**os.environ, **backend_environment(settings)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_all_of_it_is_done(world: World) -> None:
    parcel = _shipped(world)
    world.until(lambda: [run["status"] for run in world.runs(parcel)] == ["succeeded"])
    assert _asked(world) == [BOOK, SEND]
    assert _parcel(world, parcel) == ("P-7", 1, True)


def test_a_step_that_fails_has_those_before_undone_in_reverse(world: World) -> None:
    world.there.modes["/rates"] = "404"
    parcel = _shipped(world)
    assert "the steps before were undone: Rates.offer" in _failed(world, parcel)
    assert _asked(world) == [BOOK, SEND, FORGET, WITHDRAW]
    assert _parcel(world, parcel) == (None, 2, False)


def test_attempts_are_used_up_first(world: World) -> None:
    world.there.modes["/rates"] = "503"
    parcel = _shipped(world)
    world.until(lambda: len(world.there.seen("/rates")) >= 3)
    _failed(world, parcel)
    assert _asked(world) == [BOOK, SEND, FORGET, WITHDRAW]


def test_where_nothing_was_done_nothing_is_undone(world: World) -> None:
    world.there.modes["/carrier"] = "422"
    parcel = _shipped(world)
    assert "undone" not in _failed(world, parcel)
    assert _asked(world) == [BOOK]


def test_what_cannot_be_undone_waits_at_its_place(world: World) -> None:
    world.there.modes["/rates"] = "404"
    world.there.modes["/carrier/parcels/P"] = "422"
    parcel = _shipped(world)
    said = _failed(world, parcel)
    assert "could not be undone: Carrier.withdraw" in said and "because of: Rates.offer" in said
    assert _parcel(world, parcel) == (None, 2, False)
    world.there.reset()
    _replay(world, parcel)
    world.until(lambda: _asked(world) == [WITHDRAW])
    world.until(lambda: "the steps before were undone" in _failed(world, parcel))
    assert _parcel(world, parcel) == (None, 2, False)


def test_a_worker_that_is_killed_while_it_undoes_goes_on_there(world: World) -> None:
    world.there.modes["/rates"] = "404"
    world.there.modes["/mail/people"] = "hang"
    parcel = _shipped(world)
    world.until(lambda: FORGET in _asked(world), 60)
    assert world.up.worker is not None
    world.up.worker.process.send_signal(signal.SIGKILL)
    world.up.worker.process.wait(10)
    world.there.modes.clear()
    world.rows("update app.procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    world.up.worked()
    assert "the steps before were undone" in _failed(world, parcel)
    asked = _asked(world)
    assert [each for number, each in enumerate(asked) if each != FORGET or asked[number - 1] != FORGET] == [
        BOOK,
        SEND,
        FORGET,
        WITHDRAW,
    ]
    assert _parcel(world, parcel) == (None, 2, False)
