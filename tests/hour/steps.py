"""The steps of the first hour: commands, edits and calls, each with what it has to show."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bdc.stack.backend import free_port

FIELD = "done_at: timestamp?"
WITHIN = 120.0

Say = Callable[[str], None]


class Missing(Exception):
    """A step did not show what it has to."""


class Hour:
    """One run in an empty folder. `say` gets each line of the transcript."""

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder, self.say = folder, say
        self.spec = folder / "todo" / "todo.bds"

    def run(self) -> None:
        """From nothing to a backend that was changed once. Raises Missing."""
        self.bdc("new", "todo", shows="made todo/")
        self.bdc("check", "todo", shows="no errors")
        self.bdc("build", "todo", "--out", "out", shows="files written")
        with self.dev() as (lines, port):
            self._develop(lines, port)
        self.bdc("review", "todo", shows="security")
        self.bdc("diff", "out", "todo", shows="weight")
        self.bdc("diff", "out", "todo", "--write", "--name", "weight", shows="weight")
        self.bdc("build", "todo", "--out", "out", shows="files written")
        self.bdc("migrate", "verify", "out", shows="weight")

    def _develop(self, lines: list[str], port: int) -> None:
        token = self.bdc("token", "todo", "--as", "red.ann", "--role", "member", shows="ey").strip()
        made = self.call(port, "POST", "/v1/tasks", token, {"title": "Write the first specification"})
        good = self.spec.read_text(encoding="utf-8")
        self.edit(good.replace(FIELD, f"{FIELD}\n  weight: imt = 7"), "a typing error", lines, "E103")
        self.edit(good.replace(FIELD, f"{FIELD}\n  weight: int = 7"), "a new field", lines, "✓ serve")
        found = self.call(port, "GET", f"/v1/tasks/{made['id']}", token)
        if (found["title"], found["weight"]) != (made["title"], 7):
            raise Missing(f"the row was not kept: {found}")

    def bdc(self, *arguments: str, shows: str) -> str:
        """Run a command; return what it printed."""
        self.say(f"$ bdc {' '.join(arguments)}")
        command = [sys.executable, "-m", "bdc.cli", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        self._tell(done.stdout + done.stderr)
        if done.returncode != 0 or shows not in done.stdout + done.stderr:
            raise Missing(f"bdc {' '.join(arguments)}: exit {done.returncode}, no `{shows}`\n{done.stderr}")
        return done.stdout

    @contextmanager
    def dev(self) -> Iterator[tuple[list[str], int]]:
        """Run `bdc dev` beside the other steps; yields its lines and its port."""
        port, lines = free_port(), list[str]()
        self.say("$ bdc dev todo")
        process = subprocess.Popen(
            [sys.executable, "-m", "bdc.cli", "dev", "todo", "--port", str(port)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True).start()
        try:
            self._wait(lines, "a token:")
            self._tell("".join(lines))
            yield lines, port
        finally:
            process.terminate()
            process.wait(30)

    def edit(self, text: str, what: str, lines: list[str], shows: str) -> None:
        """Save a text, and wait for what `bdc dev` says of it."""
        self.say(f"# todo/todo.bds: {what}")
        lines.clear()
        begun = time.monotonic()
        self.spec.write_text(text, encoding="utf-8")
        self._wait(lines, shows)
        self._tell("".join(lines))
        self.say(f"  after {time.monotonic() - begun:.1f} s")

    def call(self, port: int, method: str, path: str, token: str, body: Any = None) -> Any:
        """Make a request; return the decoded answer."""
        self.say(f"# {method} {path}")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", data=data, headers=headers, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        self._tell(text)
        return json.loads(text)

    def _wait(self, lines: list[str], words: str) -> None:
        until = time.monotonic() + WITHIN
        while not any(words in line for line in list(lines)):
            if time.monotonic() > until:
                raise Missing(f"`bdc dev` did not say `{words}`:\n{''.join(lines)}")
            time.sleep(0.02)

    def _tell(self, text: str) -> None:
        for line in text.rstrip().splitlines():
            self.say(f"  {line}".rstrip())
