"""Checks the settings before any server is started: a process manager would hide the reasons, and the exit code."""

import argparse
import runpy
import sys

from services.engine.config import ConfigurationError, load_settings

NOT_CONFIGURED = 78  # EX_CONFIG of sysexits.h
_SERVER = (
    "--interface", "asgi", "--loop", "uvloop", "--no-ws", "--backlog", "4096", "--backpressure", "16384",
    "--http1-header-read-timeout", "10000", "--http1-buffer-size", "65536",
)  # fmt: skip


def main() -> None:
    """Check the settings and become the server. Every reason goes to standard error, one line each."""
    parser = argparse.ArgumentParser(prog="python -m api.serve", description="Serve the API.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen at (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes that serve (default: %(default)s)")
    arguments = parser.parse_args()
    try:
        load_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(NOT_CONFIGURED)
    place = ("--host", arguments.host, "--port", str(arguments.port), "--workers", str(arguments.workers))
    sys.argv = ["granian", *_SERVER, *place, "api.app:app"]
    runpy.run_module("granian", run_name="__main__", alter_sys=True)
