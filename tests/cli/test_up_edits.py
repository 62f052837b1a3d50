"""`bdc up` while its user works: the code is edited, fails, and is mended, and the terminal says what happened."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.stack.cluster import remove
from tests.cli.test_up import token, up

pytestmark = pytest.mark.postgres
WITHIN = 240.0
HANDLER = '''"""The body of `Task.stamp`."""

from database.models import Task
from services.business.contexts import TaskStampContext


async def stamp(context: TaskStampContext, task: Task) -> None:
    """Change the title."""
    {body}
'''
TITLE = 'await context.execute("update task set title = $1 where id = $2", "{}", task.id)'


class Terminal:
    """What a process prints, as it prints it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.lines: list[str] = []
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: Iterator[str]) -> None:
        for line in stream:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, *words: str) -> None:
        """Return when all `words` have been printed since the last call."""
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            if all(any(word in line for line in self.lines) for word in words):
                self.lines.clear()
                return
            time.sleep(0.05)
        raise AssertionError(f"{words} not in {self.lines}")


@pytest.fixture
def garden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the specification `garden`, with an operation of the user's own."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new", "garden"]).exit_code == exits.OK
    spec = tmp_path / "garden"
    _replace(spec / "api.bds", "    op finish()", "    op stamp() -> Task @handler\n\n    op finish()")
    _replace(spec / "policy.bds", "create, finish to", "create, finish, stamp to")
    (spec / "services/business").mkdir(parents=True)
    _write(spec, TITLE.format("first"))
    yield tmp_path
    remove(spec / ".bdc/postgres")


@pytest.mark.long
def test_code_is_edited_fails_and_is_mended(garden: Path) -> None:
    spec = garden / "garden"
    with up(garden) as (process, url):
        terminal = Terminal(process)
        terminal.wait_for("service.log", "postgresql://postgres:", "its data and its log")
        call = _caller(garden, url)
        assert call() == (200, "first")

        _write(spec, TITLE.format("second"))
        terminal.wait_for("reload    services/business/task_stamp.py")
        assert call() == (200, "second")

        _write(spec, 'raise KeyError("forgotten")')
        terminal.wait_for("reload")
        assert call()[0] == 500
        terminal.wait_for("KeyError: 'forgotten'", "task_stamp.py", "500 POST /v1/tasks/{id}/stamp")

        _write(spec, "this is no Python")
        terminal.wait_for("✗ reload", "SyntaxError")

        _write(spec, TITLE.format("third"))
        terminal.wait_for("✓ reload")
        assert call() == (200, "third")

        copy = garden / "garden/.bdc/backend/services/business/task_stamp.py"
        copy.write_text(copy.read_text(encoding="utf-8").replace("third", "fourth"), encoding="utf-8")
        terminal.wait_for("✓ reload")
        assert call() == (200, "fourth")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_package_that_is_not_installed_is_named(garden: Path) -> None:
    spec = garden / "garden"
    (spec / "requirements.in").write_text("no-such-package-of-ours\n", encoding="utf-8")
    lock = "no-such-package-of-ours==1.0 --hash=sha256:aa\n"
    (spec / "requirements.lock").write_text(lock, encoding="utf-8")
    done = CliRunner().invoke(cli, ["up", "garden"])
    assert done.exit_code == exits.OUTSIDE, done.output
    assert "your code needs no-such-package-of-ours" in done.output and "pip install" in done.output


def _caller(garden: Path, url: str) -> Callable[[], tuple[int, str]]:
    _, bearer = token(garden, "--as", "red.ann", "--role", "member")
    headers = {"authorization": f"Bearer {bearer}"}
    made = httpx.post(f"{url}/v1/tasks", json={"title": "new"}, headers=headers)
    path = url + made.headers["location"]

    def call() -> tuple[int, str]:
        status = httpx.post(f"{path}/stamp", headers=headers, timeout=30).status_code
        return status, httpx.get(path, headers=headers, timeout=30).json()["title"]

    return call


def _write(spec: Path, body: str) -> None:
    handler = spec / "services/business/task_stamp.py"
    handler.write_text(HANDLER.format(body=body), encoding="utf-8")


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
