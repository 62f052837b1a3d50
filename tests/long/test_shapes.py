"""Random systems of unusual shapes are accepted at check, and hold the law: they build, migrate, boot, and their own tests pass."""

from pathlib import Path

import pytest

from bdc.diagnostics import Severity
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.stack import Server
from tests.long.mail_parts import TEMPLATES
from tests.long.shapes import names_of, random_shape
from tests.support.emitted import build, run_tests
from tests.support.law import require_cells

pytestmark = pytest.mark.postgres

SHORT = range(2, 5)
LONG = (0, 1, *range(5, 210))
JUDGED = 60
# The part of random specifications that check accepts; it may only grow.
ACCEPTED = 1.0


def _hold(seed: int, folder: Path, server: Server) -> None:
    spec = folder / "spec"
    spec.mkdir()
    (spec / "shape.bds").write_text(random_shape(seed), encoding="utf-8")
    for name, text in TEMPLATES.items():
        (spec / name).write_text(text, encoding="utf-8")
    outcome = run_tests(build(spec, folder / "out"), TEST_DATABASE_URL=server.superuser_url)
    require_cells(folder / "out")
    assert outcome.counts["failed"] == 0, f"{names_of(seed)}\n{outcome.text[-8000:]}"
    assert outcome.counts["passed"] > 20


@pytest.mark.parametrize("seed", SHORT)
def test_a_random_shape_holds_the_law(seed: int, tmp_path: Path, postgres_server: Server) -> None:
    _hold(seed, tmp_path, postgres_server)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG)
def test_random_shapes_hold_the_law(seed: int, tmp_path: Path, postgres_server: Server) -> None:
    _hold(seed, tmp_path, postgres_server)


def test_check_accepts_them(capsys: pytest.CaptureFixture[str]) -> None:
    refused = {seed: codes for seed in range(JUDGED) if (codes := _errors(seed))}
    rate = 1 - len(refused) / JUDGED
    with capsys.disabled():
        print(f"\nrandom shapes: check accepts {rate:.0%} of {JUDGED}")
    assert rate >= ACCEPTED, refused


def _errors(seed: int) -> list[str]:
    compilation = compile_system([SourceFile("shape.bds", random_shape(seed))])
    return [each.code for each in compilation.diagnostics if each.severity is Severity.ERROR]
