"""Advisories: a new output has none of them, and each is found where it is."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli.commands.audit import command
from bdc.inspection.advisories import ADVISORIES, Advisory, audit
from tests.support.shop import build_shop

# The text of an earlier output that shows each flaw.
FLAWED = {
    "BDC-2026-001": "class LimitSettings:\n    body_bytes: int = 1\n",
    "BDC-2026-002": "kind: ScheduledBackup\nspec:\n  schedule: 0 0 2 * * *\n",
    "BDC-2026-003": "stages: [check]\nimage:\n  stage: image\n",
    "BDC-2026-004": 'select_kind rest > "$work/rest.yaml"\nselect_kind job > "$work/job.yaml"\n',
    "BDC-2026-005": "- alert: ShopAvailabilityBudgetBurn\n",
    "BDC-2026-006": "self._account(request, match, answer.status if answer else 200, started)\n",
    "BDC-2026-007": "| `encryption_keys` | put the new key first and keep the old one behind it |\n",
    "BDC-2026-008": "if answer.status_code >= 500:\n",
    "BDC-2026-010": '        if b"authorization" not in request.headers:\n',
    "BDC-2026-011": 'return str(client[0]) if client else "unknown"\n',
    "BDC-2026-012": "def _check(self, request: Request) -> None:\n",
    "BDC-2026-014": "class ApiKeys:\n",
    "BDC-2026-013": "def is_public(text: str) -> bool:\n",
    "BDC-2026-009": "except Problem as problem:\n    request.refusal = problem\n",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shop(tmp_path_factory.mktemp("shop"))


def test_a_new_output_has_none(out: Path) -> None:
    assert list(audit(out)) == []
    ran = CliRunner().invoke(command, [str(out)])
    assert (ran.exit_code, ran.stdout) == (0, f"none of {len(ADVISORIES)} known flaws\n")


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda each: each.id)
def test_an_old_output_shows_its_flaw(tmp_path: Path, advisory: Advisory) -> None:
    path = tmp_path / advisory.files.replace("**", "engine")
    path.parent.mkdir(parents=True)
    path.write_text(FLAWED[advisory.id], encoding="utf-8")
    (tmp_path / "bdc.lock").write_text("{}", encoding="utf-8")
    ran = CliRunner().invoke(command, [str(tmp_path), "--format", "json"])
    assert ran.exit_code == 1
    assert [each["id"] for each in json.loads(ran.stdout)] == [advisory.id]


def test_ids_are_in_order_and_a_folder_without_a_lock_is_no_output(tmp_path: Path) -> None:
    ids = [advisory.id for advisory in ADVISORIES]
    assert ids == sorted(set(ids)) and all(re.fullmatch(r"BDC-\d{4}-\d{3}", each) for each in ids)
    assert CliRunner().invoke(command, [str(tmp_path)]).exit_code == 4
