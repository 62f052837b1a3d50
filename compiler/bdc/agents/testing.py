"""Run the tests that were emitted with a backend, on an embedded server."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_SECONDS = 1800
_MOST_FAILURES = 20
_MOST_TEXT = 2000


def run_emitted(out: Path, only: str = "") -> dict[str, Any]:
    """Return how many tests passed, failed and were skipped, and the text of the first failures. No address of a database is passed on:
    the tests start a server of their own."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    with tempfile.TemporaryDirectory(prefix="bdc-tests-") as scratch:
        report = Path(scratch) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        done = subprocess.run(
            [*command, *(["-k", only] if only else [])],
            cwd=out,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if not report.exists():
            return {"exit_code": done.returncode, "messages": (done.stdout + done.stderr)[-_MOST_TEXT:]}
        return {"exit_code": done.returncode, **_counted(report)}


def _counted(report: Path) -> dict[str, Any]:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    failures: list[dict[str, str]] = []
    for case in ElementTree.parse(report).iter("testcase"):
        wrong = next((child for child in case if child.tag in ("failure", "error")), None)
        skipped = any(child.tag == "skipped" for child in case)
        counts["failed" if wrong is not None else "skipped" if skipped else "passed"] += 1
        if wrong is not None and len(failures) < _MOST_FAILURES:
            name = f"{case.get('classname')}::{case.get('name')}"
            failures.append({"test": name, "text": (wrong.text or "")[-_MOST_TEXT:]})
    return {**counts, "failures": failures}
