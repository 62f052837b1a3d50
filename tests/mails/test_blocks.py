"""`expect mail` in `test` blocks: the mails of a system are sent by `run jobs` and looked at, and one that is missing is told."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli.main import cli
from tests.support.specs import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.long]
FLYER = ROOT / "tests/systems/flyer"


def test_mails_are_expected(tmp_path: Path) -> None:
    for file in FLYER.iterdir():
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    done = CliRunner().invoke(cli, ["test", str(tmp_path)])
    assert done.exit_code == 0, done.output
    spec = tmp_path / "flyer.bds"
    wrong = spec.read_text(encoding="utf-8").replace('Reminded { name: "Ann" }', 'Reminded { name: "Ben" }')
    spec.write_text(wrong, encoding="utf-8")
    done = CliRunner().invoke(cli, ["test", str(tmp_path)])
    assert done.exit_code == 1
    assert 'expected mail Reminded with {"name": "Ben"}' in done.output
