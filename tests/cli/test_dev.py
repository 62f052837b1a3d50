"""`bdc dev`: it follows edits of a running system; a broken file changes nothing, and rows are not lost without a question."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bdc.cli.main import cli
from bdc.stack.backend import free_port
from bdc.stack.request_log import RequestLog, find, shown

DONE = "done_at: timestamp?"


class Dev:
    """A running `bdc dev`; `lines` is what it has said since the last edit."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]", port: int) -> None:
        self.folder, self.process, self.port = folder, process, port
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait(self, words: str, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not any(words in line for line in self.lines):
            assert time.monotonic() < end, "\n".join(self.lines)
            time.sleep(0.02)

    def edit(self, text: str, words: str) -> None:
        self.lines.clear()
        (self.folder / "todo.bds").write_text(text, encoding="utf-8")
        self.wait(words)

    def write(self, path: str, text: str, words: str) -> None:
        self.lines.clear()
        (self.folder / path).write_text(text, encoding="utf-8")
        self.wait(words)

    def call(self, method: str, path: str, token: str, body: Any = None) -> tuple[Any, str]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer), str(answer.headers["x-request-id"])


@contextmanager
def developing(folder: Path) -> Iterator[Dev]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bdc.cli", "dev", str(folder), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        dev = Dev(folder, process, port)
        dev.wait("a token:")
        yield dev
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.long
@pytest.mark.postgres
def test_a_session_of_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new", "todo"]).exit_code == 0
    folder = tmp_path / "todo"
    (folder / "api").mkdir()
    good = (folder / "todo.bds").read_text(encoding="utf-8")
    weighted = good.replace(DONE, f"{DONE}\n  weight: int = 7")
    with developing(folder) as dev:
        token = _bdc("token", folder, "--as", "red.ann", "--role", "member").strip()
        made, _ = dev.call("POST", "/v1/tasks", token, {"title": "Kept"})
        dev.edit(weighted, "✓ serve")
        dev.wait("✓ build")
        kept, _ = dev.call("GET", f"/v1/tasks/{made['id']}", token)
        assert kept["title"] == "Kept" and kept["weight"] == 7
        dev.edit(
            weighted.replace("weight: int = 7", "weight: imt = 7"), "the last good service keeps running"
        )
        assert any("E103" in line for line in dev.lines)
        assert dev.call("GET", f"/v1/tasks/{made['id']}", token)[0] == kept
        dev.edit(good.replace(DONE, f"{DONE}\n  dropped weight @discard"), "rows would be lost")
        again, request = dev.call("GET", f"/v1/tasks/{made['id']}", token)
        assert again == kept
        dev.wait(request)
        dev.edit(weighted, "✓ serve")
        dev.write("api/extensions.py", "raise RuntimeError('not yet')\n", "cannot be imported")
        assert any("not yet" in line for line in dev.lines)
        assert dev.call("GET", f"/v1/tasks/{made['id']}", token)[0] == kept
        dev.write("api/extensions.py", "ROUTES = ()\n", "✓ serve")
        told = _bdc("dev", folder, "--find", request)
        assert "200 GET /v1/tasks/" in told and " ms  select" in told


def _bdc(*arguments: object) -> str:
    command = [sys.executable, "-m", "bdc.cli", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ)).stdout


def test_a_request_is_told_with_its_statements(tmp_path: Path) -> None:
    service, server = tmp_path / "service.log", tmp_path / "server.log"
    log = RequestLog(service, server)
    server.write_text(
        "2026-01-01 10:00:00.000 UTC [7] LOG:  duration: 0.512 ms  execute s1: select 1\n  from x\n"
        "2026-01-01 10:00:00.000 UTC [7] DETAIL:  Parameters: $1 = 'abc123'\n"
        "2026-01-01 10:00:00.001 UTC [7] LOG:  checkpoint starting: time\n",
        encoding="utf-8",
    )
    access = {
        "logger": "access",
        "method": "GET",
        "route": "/v1/x",
        "status": 200,
        "ms": 3,
        "request_id": "abc123",
    }
    probe = access | {"route": "/readyz"}
    failed = {
        "logger": "api",
        "level": "ERROR",
        "message": "boom",
        "request_id": "abc123",
        "exception": "Trace",
    }
    text = "\n".join(map(json.dumps, (access, probe, failed)))
    service.write_text(f"{text}\nnot json\n", encoding="utf-8")
    ((entry, statements),) = log.new()
    assert shown(entry, statements).splitlines() == [
        "200 GET /v1/x 3 ms  request abc123",
        "      0.51 ms  select 1 from x",
    ]
    assert list(log.new()) == []
    assert find("abc123", service, server)[1] == "ERROR boom\nTrace"
    assert find("other", service, server) == []
