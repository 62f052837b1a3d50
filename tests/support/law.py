"""The law of the project, for one specification: it builds, what comes out is clean for outside tools, and its own tests pass.

`hold` is what a test calls. One PostgreSQL server serves all systems of a run, and one mypy cache all type checks: most emitted modules
are the same in every system.
"""

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openapi_spec_validator import validate

from bdc.stack import Server
from tests.support.emitted import Outcome, build, run_tests
from tests.support.tools import tool

# One system of so many is shown to the outside tools in a short run; a long run shows them all.
SAMPLE = 12
# At most this part of the cells of the permission matrix may be skipped for want of rows.
SKIPPED = 0.02


@dataclass(frozen=True)
class Court:
    """What the checks of many systems share."""

    server: Server
    cache: Path

    def hold(self, spec: Path, out: Path, *, tools: bool) -> Outcome:
        """Build `spec` into `out` and require the law of it; return how its own tests ended. `tools`: ask the outside tools too, which
        take as long as everything else."""
        build(spec, out)
        if tools:
            self.ask_tools(out)
        outcome = run_tests(out, TEST_DATABASE_URL=self.server.superuser_url)
        assert outcome.counts["failed"] == 0, outcome.text[-8000:]
        require_cells(out)
        return outcome

    def ask_tools(self, out: Path) -> None:
        """Require that no outside tool finds anything in the backend in `out`."""
        complaints = [*self._python(out), *_document(out)]
        assert not complaints, "\n".join(complaints)[-8000:]

    def _python(self, out: Path) -> Iterator[str]:
        """Yield what type checker, linters and formatter say of the emitted Python."""
        own = [sys.executable, "-m"]
        commands = [
            [*own, "mypy", "--strict", "--cache-dir", str(self.cache), "."],
            [*own, "ruff", "check", "--no-cache", "."],
            [*own, "ruff", "format", "--no-cache", "--check", "."],
        ]
        bandit = tool("bandit")
        if bandit is not None:
            commands.append([str(bandit), "--quiet", "--recursive", "--exclude", "./tests", "."])
        for command in commands:
            done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                yield f"{' '.join(command)}: {done.stdout}{done.stderr}"


def require_cells(out: Path) -> None:
    """Require that hardly any cell of the permission matrix of the backend in `out` is skipped."""
    unpacked = runpy.run_path(str(out / "tests/support/unpacked.py"))["unpacked"]
    matrix = unpacked(json.loads((out / "tests/security/matrix.json").read_text(encoding="utf-8")))
    skipped = matrix["skipped"]
    reasons = sorted({f"{each['row']}: {each['reason']}" for each in skipped})
    assert len(skipped) <= SKIPPED * (len(matrix["cells"]) + len(skipped)), reasons


def _document(out: Path) -> Iterator[str]:
    """Yield what an outside validator says of the OpenAPI document."""
    try:
        validate(json.loads((out / "api/documentation/openapi.json").read_text(encoding="utf-8")))
    except Exception as problem:
        yield f"openapi.json: {problem}"
