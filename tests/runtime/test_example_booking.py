"""The walkthrough of `examples/booking`, as it is written in its README."""

from pathlib import Path

import httpx
import pytest

from bdc.stack.backend import free_port
from bdc.stack.up import UpOptions, running
from bdc.stack.workspace import Workspace
from tests.support.emitted import build, compiled
from tests.support.specs import ROOT
from tests.support.walkthrough import walk

pytestmark = pytest.mark.postgres
SPEC = ROOT / "examples" / "booking"


def test_the_walkthrough_holds(tmp_path: Path) -> None:
    system, out = compiled(SPEC)[1], build(SPEC, tmp_path / "out")
    options = UpOptions(port=free_port(), durable=False)
    with (
        running(system, out, Workspace(tmp_path), options, lambda step, detail, seconds: None) as up,
        httpx.Client(base_url=up.backend.url, timeout=30) as client,
    ):
        assert walk(SPEC / "README.md", client) > 20
