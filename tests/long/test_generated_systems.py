"""Systems made at random: what their policies say is what the database, REST and GraphQL do, with every layer and without one.

The judge of the emitted matrix reads the rules row by row; the statements, row level security and triggers say them in SQL. Any cell
where the two differ is a bug in one of them.
"""

from itertools import count
from pathlib import Path

import pytest

from bdc.diagnostics import Severity
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.stack import Server
from tests.long.systems import random_system
from tests.long.worlds import vary_matrix
from tests.runtime.test_layers import WITHOUT_ROW_SECURITY
from tests.support.emitted import build, run_tests

pytestmark = pytest.mark.postgres
LAYERS = (("whole", "statements"), ("whole", "row security"))
SHORT = ((4, "statements"),)
LONG = range(100, 130)
# A condition may come to nothing by chance; every other refusal is a mistake of the generator, or of the compiler.
POINTLESS = {"E217", "E313"}


def write_system(seed: int, folder: Path) -> SystemIR:
    """Write the specification of a random system into `folder` and return what it means."""
    for attempt in count():
        text = random_system(seed + 100_000 * attempt)
        compilation = compile_system([SourceFile("world.bds", text)])
        if compilation.system is not None:
            folder.mkdir()
            (folder / "world.bds").write_text(text, encoding="utf-8")
            return compilation.system
        codes = {found.code for found in compilation.diagnostics if found.severity is Severity.ERROR}
        assert codes <= POINTLESS, (codes, text)
    raise AssertionError


def hold(seed: int, layers: tuple[str, ...], folder: Path, server: Server, copies: int = 2) -> None:
    """Build the system and try its matrix with each of the layers."""
    system = write_system(seed, folder / "spec")
    script = folder / "without_row_security.sql"
    script.write_text(WITHOUT_ROW_SECURITY, encoding="utf-8")
    for layer in layers:
        out = build(
            folder / "spec", folder / layer.replace(" ", "_"), inline_policies=layer != "row security"
        )
        vary_matrix(out, system, seed, copies)
        open_tables = layer == "statements"
        # Triggers see a field change, not that it was written again as it was.
        left_out = {"statements": "not test_sql", "row security": "not test_writing"}.get(layer)
        outcome = run_tests(
            out,
            ["tests/security", *(["-k", left_out] if left_out else [])],
            TEST_DATABASE_URL=server.superuser_url,
            **({"TEST_AFTER_MIGRATION": str(script)} if open_tables else {}),
        )
        wrong = sorted(name for name, result in outcome.results.items() if result == "failed")
        assert outcome.counts["passed"] and not wrong, f"{layer}: {wrong}\n{outcome.text[-12000:]}"


@pytest.mark.long
@pytest.mark.parametrize(("seed", "layer"), SHORT)
def test_a_random_system(seed: int, layer: str, tmp_path: Path, postgres_server: Server) -> None:
    hold(seed, (layer,), tmp_path, postgres_server, copies=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG)
def test_random_systems(seed: int, tmp_path: Path, postgres_server: Server) -> None:
    hold(seed, LAYERS[seed % 2], tmp_path, postgres_server)
