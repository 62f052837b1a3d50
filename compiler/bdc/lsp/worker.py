"""A check in a process of its own: while a large specification is checked, the server answers as quickly as before.

The process reads the texts that have changed and writes what a check finds, each as the length of a pickle and the pickle. It ends when
the server does.
"""

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, Any

from bdc.lsp.workspace import Checked
from bdc.source import SourceFile
from bdc.syntax.kept import Trees

LARGE = 20_000  # characters: below, a check takes less than a reader notices
_SIZE = 8


class Worker:
    """The process for one specification, started when it is first asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._sent: dict[str, SourceFile] = {}

    def check(self, files: Sequence[SourceFile]) -> Checked | None:
        """Return what a check of the files finds, or None where the process has ended: the next check starts another."""
        process = self._process or self._start()
        plain = (SourceFile(file.path, file.text, file.beside) for file in files)
        changed = {file.path: file for file in plain if self._sent.get(file.path) != file}
        self._sent |= changed
        try:
            assert process.stdin is not None and process.stdout is not None
            _write(process.stdin, ([file.path for file in files], changed))
            diagnostics, system = _read(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.stop()
            return None
        return Checked({file.path: file for file in files}, diagnostics, None, system)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bdc.lsp.worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._sent = {}
        return self._process

    def stop(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            # A request that was not sent is still in the pipe, and nobody reads it.
            with contextlib.suppress(OSError):
                pipe.close()


def is_large(files: Sequence[SourceFile]) -> bool:
    """Whether a check of the files is better done apart."""
    return sum(len(file.text) for file in files) > LARGE


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more requests."""
    from bdc.pipeline import compile_system

    trees, sources = Trees(), dict[str, SourceFile]()
    while True:
        try:
            paths, changed = _read(requests)
        except EOFError:
            return
        sources |= changed
        found = compile_system([sources[path] for path in paths], parse=trees.parse)
        system = None if found.system is None else pickle.dumps(found.system, pickle.HIGHEST_PROTOCOL)
        _write(answers, (found.diagnostics, system))


def _write(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_SIZE, "big") + data)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Any:
    size = pipe.read(_SIZE)
    data = pipe.read(int.from_bytes(size, "big")) if len(size) == _SIZE else b""
    if not data:
        raise EOFError
    return pickle.loads(data)


def _own_output() -> IO[bytes]:
    """Return the pipe of answers; what anything else prints goes to the terminal."""
    import os

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


if __name__ == "__main__":
    serve(sys.stdin.buffer, _own_output())
