"""The wheel holds what it needs and nothing else."""

import zipfile
from pathlib import Path

import pytest

from tests.project.wheel import build, check, faults


# `make check` does the same in each short run.
@pytest.mark.long
def test_everything_is_there_and_it_works_by_itself() -> None:
    assert check() == []


def test_what_is_missing_and_what_is_too_much_is_found(tmp_path: Path) -> None:
    wheel = build(tmp_path)
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            if name != "bdc_grammar/bds.lark":
                copy.writestr(name, archive.read(name))
        copy.writestr("tests/project/wheel.py", "")
    assert set(faults(changed)) == {
        "missing: bdc_grammar/bds.lark",
        "does not belong there: tests/project/wheel.py",
    }
