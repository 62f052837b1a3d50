"""Drawn specifications, whole and damaged, through check, format, edits and build: never a traceback, and the laws of each.

`parse(format(text))` is the tree of `text`, formatting is idempotent, and after any sequence of edits the language server knows what a check of the
same texts from nothing finds. `BDC_FUZZ=10` draws ten times as many (10,000 whole and 10,000 damaged ones), other ones than without.
"""

import os
import random

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.lsp.ahead import ahead
from bdc.lsp.workspace import Workspace
from bdc.pipeline import Compilation, compile_system, emit_all
from bdc.source import SourceFile
from bdc.syntax import format_file
from bdc_emitters.registry import emitter_names, load_emitter
from tests.format.test_format import check_laws
from tests.long.shapes import random_shape
from tests.long.systems import random_system
from tests.lsp.test_robust import mangled, workspace

pytestmark = pytest.mark.long

TIMES = int(os.environ.get("BDC_FUZZ", "1"))
SLICES = 40 * TIMES
EACH = 25
BUILT = 5  # of a slice: a build takes as long as everything else together
EDITS = 4
PATH = "drawn.bds"


@pytest.mark.parametrize("number", range(SLICES))
def test_a_slice(number: int) -> None:
    for index in range(EACH):
        seed = 1_000_000 + (number * EACH) + index
        rng = random.Random(seed)
        shaped = index % 2 == 1
        text = random_shape(seed) if shaped else random_system(seed)
        found = checked(text)
        # Shapes are drawn to be accepted; a drawn policy may say what is refused.
        assert found.system is not None or not shaped, (seed, found.diagnostics)
        check_laws(text)
        if index < BUILT and found.system is not None:
            builds(found)
        damaged(text, rng)
        edited(text, rng)


def checked(text: str) -> Compilation:
    """Check a text; what is told lies inside of it."""
    found = compile_system([SourceFile(PATH, text)])
    for each in found.diagnostics:
        for label in (each.primary, *each.secondary):
            if label is not None and label.span.file == PATH:
                assert 0 <= label.span.start <= label.span.end <= len(text), each
    return found


def builds(found: Compilation) -> None:
    """Emit everything in memory: every path once, Python that parses."""
    assert found.system is not None
    emitters = [load_emitter(name) for name in emitter_names()]
    made = emit_all(found.system, found.files, emitters)
    assert len({file.path for file in made}) == len(made) > 100


def damaged(text: str, rng: random.Random) -> None:
    """Check and format a text that was damaged; one that is still in order builds and is formatted by the laws."""
    after = mangled(text, rng)
    found = checked(after)
    if found.system is not None:
        check_laws(after)
        builds(found)
        return
    sink = DiagnosticSink()
    once = format_file(SourceFile(PATH, after), sink)
    if once is not None:
        assert format_file(SourceFile(PATH, once), sink) == once


def edited(text: str, rng: random.Random) -> None:
    """Edit a text again and again, back to what it was: the server's state is that of a cold check each time."""
    spec: Workspace = workspace({PATH: text})
    now = text
    for step in range(EDITS):
        before, known = SourceFile(PATH, now), spec.checked.diagnostics if spec.checked is not None else ()
        now = text if step == EDITS - 1 else mangled(now, rng)
        spec.set_text(PATH, now)
        told = ahead(spec.files(), before, {PATH: known})
        assert told is None or all(each.primary and each.primary.span.end <= len(now) for each in told[PATH])
        spec.keep(spec.check())
        assert spec.checked is not None
        cold = compile_system([SourceFile(PATH, now)])
        assert spec.checked.diagnostics == cold.diagnostics
        assert spec.checked.system == cold.system
