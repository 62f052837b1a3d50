"""The first commands work wherever a newcomer types them."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.stack.places import PLACES, START, Place, as_user, environment_of, lay_out, python_of, run_in

from bdc.stack.backend import free_port
from bdc.stack.cluster import remove

pytestmark = pytest.mark.postgres
STARTED_WITHIN = 240.0  # machines that run many tests at once are slow


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_server_starts_and_keeps_its_data(place: Place, open_folder: Path) -> None:
    project = lay_out(place, open_folder)
    data = project / ".bdc" / "postgres"
    try:
        done = run_in(
            place, project, open_folder, "-c", START, str(data), *(["--temporary"] if place.temporary else [])
        )
        assert done.returncode == 0, done.stderr
        first, second, *_ = done.stdout.splitlines()
        assert first == second == str(data.resolve())
        moved = place.name == "long-path" or (place.closed and os.geteuid() == 0)
        assert data.is_symlink() == moved
    finally:
        remove(data)
    assert not os.path.lexists(data)


def test_up_serves_below_a_closed_home_with_spaces_and_nothing_in_the_environment(
    open_folder: Path,
) -> None:
    place = Place("closed", closed=True, folder="my project", umask=0o077)
    project = lay_out(place, open_folder)
    assert run_in(place, project, open_folder, "-m", "bdc.cli", "new", "garden").returncode == 0
    port = free_port()
    process = subprocess.Popen(
        [python_of(place), "-m", "bdc.cli", "up", "garden", "--port", str(port)],
        cwd=project,
        env=environment_of(place, open_folder),
        umask=place.umask,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **as_user(place),  # type: ignore[call-overload]
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}/readyz")
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=30)
        assert (process.returncode, complaints) == (0, "")
    finally:
        process.kill()
        process.communicate()
        remove(project / "garden/.bdc/postgres")


def test_output_that_cannot_be_encoded_is_no_error() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from bdc.cli.main import print_anywhere; print_anywhere(); print('✓ done')"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "? done\n", done.stderr


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A new folder that every user can enter: pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="bdc-place-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _wait(process: "subprocess.Popen[str]", url: str) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("it never became ready")
