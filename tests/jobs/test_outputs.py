"""What an output has for its jobs: the queue of the pinned package, a deployment of the worker that is valid, what it runs on; and nothing without jobs."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import yaml

from bdc.output import EmitContext
from bdc.schema.queue.upstream import VERSION, functions, text, triggers
from bdc_emitters.docker import EMITTER as DOCKER
from bdc_emitters.jobs import EMITTER as JOBS
from bdc_emitters.kubernetes import EMITTER as KUBERNETES
from bdc_emitters.monitoring import EMITTER as MONITORING
from tests.support.emitted import compiled

SYSTEMS = Path(__file__).parents[1] / "systems"


def _files(name: str) -> dict[str, str]:
    system = compiled(SYSTEMS / name)[1]
    context = EmitContext(system)
    emitted = (each for emitter in (KUBERNETES, DOCKER, MONITORING) for each in emitter.emit(system, context))
    return {file.path: file.content for file in emitted}


def test_the_queue_is_that_of_the_pinned_package() -> None:
    published = files("procrastinate.sql").joinpath("schema.sql").read_text(encoding="utf-8")
    assert text() == published
    assert published.count("CREATE FUNCTION") == len(list(functions()))
    assert published.count("CREATE TRIGGER") == len(list(triggers()))
    assert f"procrastinate=={VERSION}" in _files("billing")["requirements.lock"]


def test_the_worker_is_deployed_beside_the_service(tmp_path: Path) -> None:
    found = _files("billing")
    text_ = found["infrastructure/kubernetes/base/worker.yaml"]
    deployment, budget = yaml.safe_load_all(text_)
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["command"][:3] == ["python", "-m", "services.worker"]
    direct = next(each["value"] for each in container["env"] if each["name"] == "WORKER_DATABASE_URL")
    assert "-pooler" not in direct and "@billing-db-rw:5432/" in direct
    labels = deployment["spec"]["selector"]["matchLabels"]
    assert budget["spec"]["selector"]["matchLabels"] == labels
    policies = list(yaml.safe_load_all(found["infrastructure/kubernetes/base/networkpolicy.yaml"]))
    admitted = [
        policy["metadata"]["name"]
        for policy in policies
        for rule in policy["spec"].get("ingress", ())
        for peer in rule["from"]
        if peer.get("podSelector", {}).get("matchLabels") == labels
    ]
    assert sorted(admitted) == ["billing-db", "billing-pooler"]
    compose = yaml.safe_load(found["infrastructure/docker/compose.yaml"])["services"]
    assert compose["worker"]["entrypoint"][:3] == ["python", "-m", "services.worker"]
    assert "BillingJobsDead" in found["infrastructure/monitoring/rules.yml"]
    path = tmp_path / "worker.yaml"
    path.write_text(text_, encoding="utf-8")
    command = [Path(sys.executable).parent / "kubernetes-validate", "--strict", "-k", "1.33", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_jobs_there_is_nothing_of_it() -> None:
    system = compiled(SYSTEMS / "plain")[1]
    assert list(JOBS.emit(system, EmitContext(system))) == []
    found = _files("plain")
    assert "infrastructure/kubernetes/base/worker.yaml" not in found
    assert "worker" not in yaml.safe_load(found["infrastructure/docker/compose.yaml"])["services"]
    assert "procrastinate" not in found["requirements.lock"] + found["requirements.in"]
