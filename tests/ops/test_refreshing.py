"""The cron jobs of materialized views: they are valid, say what the runner takes, and start as often as the view says."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from bdc.output import EmitContext
from bdc_emitters.docker import EMITTER as DOCKER
from bdc_emitters.documentation import EMITTER as PAGES
from bdc_emitters.kubernetes import EMITTER as KUBERNETES
from bdc_emitters.kubernetes.refreshing import schedule
from tests.support.emitted import compiled

SPEC = Path(__file__).parents[1] / "systems" / "theatre"
DAY = 24 * 60


def _minutes(field: str, limit: int) -> list[int]:
    """Return when a field of a schedule holds: `*/n`, `*` or one number."""
    first, _, every = field.partition("/")
    return [int(first)] if first != "*" else list(range(0, limit, int(every or 1)))


@pytest.mark.parametrize(
    "minutes", [n for n in range(1, DAY + 1) if 60 % n == 0 or (n % 60 == 0 and DAY % n == 0)]
)
def test_a_schedule_starts_as_often_as_it_says(minutes: int) -> None:
    minute, hour, *rest = schedule(minutes).split()
    assert rest == ["*", "*", "*"]
    starts = [60 * h + m for h in _minutes(hour, 24) for m in _minutes(minute, 60)]
    assert {later - sooner for sooner, later in pairwise([*starts, starts[0] + DAY])} == {minutes}


def test_each_view_has_a_cron_job_a_service_and_a_line(tmp_path: Path) -> None:
    system = compiled(SPEC)[1]
    context = EmitContext(system)
    files = {
        file.path: file.content for file in (*KUBERNETES.emit(system, context), *DOCKER.emit(system, context))
    }
    text = files["infrastructure/kubernetes/base/refresh-cronjobs.yaml"]
    (job,) = yaml.safe_load_all(text)
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["command"] == ["python", "-m", "database.refresh", "busy"]
    listed = yaml.safe_load(files["infrastructure/kubernetes/base/kustomization.yaml"])["resources"]
    assert "refresh-cronjobs.yaml" in listed
    compose = yaml.safe_load(files["infrastructure/docker/compose.yaml"])["services"]["refresh"]
    assert compose["entrypoint"] == ["python", "-m", "database.refresh", "busy=60"]
    page = next(file.content for file in PAGES.emit(system, context) if file.path.endswith("deployment.md"))
    assert "| `busy` | every minute |" in page.splitlines()
    path = tmp_path / "jobs.yaml"
    path.write_text(text, encoding="utf-8")
    command = [Path(sys.executable).parent / "kubernetes-validate", "--strict", "-k", "1.33", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
