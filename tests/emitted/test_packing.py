"""The permission matrix is written in few words, and read back whole."""

import json
import runpy
from pathlib import Path

import pytest

from bdc_emitters.tests.cells import Cells
from bdc_emitters.tests.packing import packed
from tests.emitted.test_rows import HERE, SPECS, system_of
from tests.project.test_shape import EMITTERS

UNPACKED = EMITTERS / "tests/runtime/tests/support/unpacked.py"
SHOP = HERE.parents[1] / "examples/shop"


@pytest.mark.parametrize("spec", [*SPECS, SHOP], ids=lambda spec: spec.stem)
def test_the_matrix_is_read_back_whole(spec: Path) -> None:
    document = json.loads(json.dumps(Cells(system_of(spec)).document()))
    text = json.dumps(packed(document), indent=2)
    back = runpy.run_path(str(UNPACKED))["unpacked"](json.loads(text))
    cells = [sorted(json.dumps(cell, sort_keys=True) for cell in each["cells"]) for each in (document, back)]
    assert cells[0] == cells[1]
    assert back | {"cells": ()} == document | {"cells": ()}
    assert len(text.splitlines()) < len(json.dumps(document, indent=2).splitlines()) / 2
