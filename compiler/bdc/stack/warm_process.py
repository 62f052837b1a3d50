"""Runs as a process of its own: imports the packages that a service needs once, then makes each new service a copy of itself.

Commands come as JSON, one to a line of standard input; answers go to standard output. `start`: fork, answer `started PID`; the copy imports the
project's application and waits. `await PID`: answer `ready PID` when it has, or `failed PID` when that raises, with the traceback in its log. `go PID`:
it serves; `stop PID`: it ends instead. The last two are answered by nothing. `run`: run a module to its end, answer `ended CODE`; a copy that was
started before imports meanwhile. Nothing of bdc is imported here: a service finds only what it would find by itself.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import sys
import traceback
from typing import Any

PACKAGES = (
    "granian.cli",
    "granian.server",
    "uvloop",
    "starlette.applications",
    "starlette.routing",
    "asyncpg",
    "orjson",
    "pydantic.main",
    "pydantic.types",
    "pydantic.json_schema",
    "pydantic.functional_validators",
    "joserfc.jwt",
    "joserfc.jwk",
    "cryptography.hazmat.primitives.ciphers.aead",
    "prometheus_client.core",
    "tomllib",
    "argparse",
    "zoneinfo",
    "httpx",
)


def main() -> None:
    """Answer commands until standard input is closed."""
    for name in PACKAGES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a service looks for garbage when it starts: among its own objects alone
    waiting: dict[int, tuple[int, int]] = {}
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the parent watches the process; none stays as a zombie
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "run":
            _run(command)
        elif command["do"] == "start":
            process, heard, gate = _fork(command)
            waiting[process] = heard, gate
            print("started", process, flush=True)
        elif command["do"] == "await":
            process = command["process"]
            imported = os.read(waiting[process][0], 1) == b"y"
            print("ready" if imported else "failed", process, flush=True)
        else:
            heard, gate = waiting.pop(command["process"])
            os.close(heard)
            with contextlib.suppress(OSError):
                os.write(gate, b"g" if command["do"] == "go" else b"s")
            os.close(gate)


def _run(command: dict[str, Any]) -> None:
    """Run a module of the project in a copy, to its end; answer with its exit code."""
    heard, told = os.pipe()
    if os.fork() == 0:
        os.close(heard)
        code = 1
        try:
            _become(command)
            sys.argv = [command["module"], *command["arguments"]]
            runpy.run_module(command["module"], run_name="__main__", alter_sys=True)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(told, bytes([code & 255]))
        os._exit(code)
    os.close(told)
    code = (os.read(heard, 1) or b"\1")[0]
    os.close(heard)
    print("ended", code, flush=True)


def _become(command: dict[str, Any]) -> None:
    """Take the folder, the environment and the output that a command names."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(command["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(command["folder"])
    os.environ.clear()
    os.environ.update(command["environment"])
    sys.path[:] = [command["folder"], *(path for path in sys.path if path)]


def _fork(command: dict[str, Any]) -> tuple[int, int, int]:
    """Return the copy's process, what it says when it has imported the application, and what opens its gate."""
    opened, gate = os.pipe()
    heard, told = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(gate)
        os.close(heard)
        _serve(command, opened, told)
    os.close(opened)
    os.close(told)
    return process, heard, gate


def _serve(command: dict[str, Any], opened: int, told: int) -> None:
    """Import the application, wait at the gate, and serve. Never returns."""
    try:
        _become(command)
        importlib.import_module(command["application"].partition(":")[0])
        os.write(told, b"y")
        os.close(told)
        if os.read(opened, 1) != b"g":
            os._exit(0)
        os.close(opened)
        sys.argv = ["granian", *command["arguments"], command["application"]]
        runpy.run_module("granian", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
