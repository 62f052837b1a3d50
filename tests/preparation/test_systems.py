"""The SQL of every system of the suite is taken by a real server, as `bdc build` asks before it writes anything."""

from pathlib import Path

import pytest

from bdc.pipeline import compile_system
from bdc.preparation import prepare
from bdc.source import SourceFile
from tests.support.shop import ROOT

FOLDERS = (*sorted((ROOT / "tests/systems").iterdir()), *sorted((ROOT / "examples").iterdir()))


def _files(folder: Path) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(str(path), path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.bds"))
    )


SYSTEMS = {
    folder.name: files
    for folder in FOLDERS
    if (files := _files(folder)) and any("sql" in each.text for each in files)
}


@pytest.mark.postgres
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_sql_of_a_system_is_prepared(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compilation = compile_system(SYSTEMS[name])
    assert compilation.system is not None, compilation.diagnostics
    assert prepare(SYSTEMS[name], compilation.system).refused == ()
