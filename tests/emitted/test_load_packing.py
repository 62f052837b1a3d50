"""Requests of the load profile are written in few words, and read back whole."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from bdc_emitters.tests.cells import Cells
from bdc_emitters.tests.load import load_profile, profile_document
from bdc_emitters.tests.load.packing import packed_requests
from tests.emitted.test_rows import HERE, SYSTEMS, system_of
from tests.project.test_shape import EMITTERS

UNPACKED = EMITTERS / "tests/runtime/tests/performance/profile.py"
EXAMPLES = HERE.parents[1] / "examples"
SPECS = (EXAMPLES / "shop", EXAMPLES / "conduit", *(SYSTEMS / name for name in ("legacy", "theatre", "tree")))


def read_back(requests: dict[str, Any]) -> list[dict[str, Any]]:
    request = runpy.run_path(str(UNPACKED))["request"]
    return [request(*each) for each in json.loads(json.dumps(requests)).items()]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_profile_is_read_back_whole(spec: Path) -> None:
    system = system_of(spec)
    new = Cells(system).new
    profile, document = load_profile(system, new), profile_document(system, new)
    assert read_back(document["requests"]) == profile["requests"] != []
    assert document | {"requests": ()} == profile | {"requests": ()}


def test_what_no_text_says_is_kept() -> None:
    base = {"part": "writes", "method": "POST", "path": "/v1/x/{id}"}
    requests: list[dict[str, Any]] = [
        {"name": "a", **base, "of": "X", "state": "mood", "states": ["in review", "done"], "body": None},
        {"name": "b", **base, "one": "x", "headers": {"Idempotency-Key": "k"}, "body": {"query": 1}},
        {"name": "c", **base, "takes": True, "variables": {"id": "a key"}, "body": {"query": "{ x } | y"}},
        {"name": "d", **base, "makes": "X", "body": {"rows": [{"n": 1}]}, "holes": []},
    ]
    requests[3]["holes"] = [
        {"at": ["rows", 0, "n"], "vary": "number", "least": -5, "most": 9},
        {"at": ["text"], "vary": "text", "most": None},
        {"at": ["code"], "vary": "shape", "most": 8},
        {"at": ["key"], "vary": "uuid"},
        {"at": ["y_id"], "of": "Y", "member": "id"},
    ]
    assert read_back(packed_requests(requests)) == requests
