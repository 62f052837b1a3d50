"""The permission matrix is written in few words, and read back whole."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from bdc_emitters.tests.cells import Cells
from bdc_emitters.tests.packing import packed
from tests.emitted.test_rows import HERE, SYSTEMS, system_of
from tests.project.test_shape import EMITTERS

UNPACKED = EMITTERS / "tests/runtime/tests/support/unpacked.py"
SPECS = (HERE / "rows.bds", *(SYSTEMS / name for name in ("legacy", "badge", "choices", "forms", "theatre")))
SHOP = HERE.parents[1] / "examples/shop"


@pytest.mark.parametrize("spec", [*SPECS, SHOP], ids=lambda spec: spec.stem)
def test_the_matrix_is_read_back_whole(spec: Path) -> None:
    document = json.loads(json.dumps(Cells(system_of(spec)).document()))
    text = json.dumps(packed(document), indent=2)
    back = runpy.run_path(str(UNPACKED))["unpacked"](json.loads(text))
    cells = [sorted(json.dumps(cell, sort_keys=True) for cell in each["cells"]) for each in (document, back)]
    assert cells[0] == cells[1]
    assert back | {"cells": ()} == document | {"cells": ()}
    assert spec != SHOP or len(text.splitlines()) < len(json.dumps(document, indent=2).splitlines()) / 2


def test_texts_that_look_like_words_are_kept() -> None:
    call = {"method": "POST", "path": "/", "credential": "bearer", "body": "name code"}
    graphql = {
        "field": "f",
        "query": "q",
        "keys": {},
        "at": "/g",
        "credential": "bearer",
        "variables": {"input": "name"},
    }
    entity: dict[str, Any] = {
        "table": "t",
        "neutral": None,
        "soft_delete": None,
        "becomes": {},
        "rest": {"call": call},
        "list": None,
        "update_members": [],
        "graphql": {"call": graphql},
        "new": {"a": {"name": "n"}},
    }
    cell = {
        "entity": "T",
        "action": "read",
        "caller": "member",
        "row": "t_own_in review: 1/2_a",
        "allowed": True,
    }
    document = {
        "credential": "bearer",
        "graphql": "/g",
        "rows": [],
        "entities": {"T": entity},
        "cells": [cell],
    }
    back = runpy.run_path(str(UNPACKED))["unpacked"](json.loads(json.dumps(packed(document))))
    assert back == document
