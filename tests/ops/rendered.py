"""Systems whose manifests are looked at as a cluster would get them: the shop, which says little, and one that says everything."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bdc.output.writer import commit, plan_write
from bdc.pipeline import compile_system, emit_all
from bdc.source import SourceFile
from bdc_emitters.registry import emitter_names, load_emitter
from tests.support.shop import build_shop

Document = dict[str, Any]
HERE = Path(__file__).parent
OVERLAYS = ("production", "staging", "development")
# What the deploys of `operated.bds` take from their environment.
VALUES = {
    "PUBLIC_HOST": "ledger.acme.example",
    "LOGIN_KEYS": "https://login.acme.example/jwks.json",
    "BACKUP_STORE": "s3://acme-backups/ledger",
    "PAGE_WEBHOOK": "https://pager.acme.example/hook",
}


def build(name: str, target: Path) -> Path:
    """Write the built system to `target` and return it."""
    if name == "shop":
        return build_shop(target)
    source = SourceFile("operated.bds", (HERE / "operated.bds").read_text(encoding="utf-8"))
    compilation = compile_system([source])
    assert compilation.system is not None, compilation.diagnostics
    emitters = [load_emitter(name) for name in emitter_names()]
    commit(plan_write(target, emit_all(compilation.system, compilation.files, emitters)))
    return target


def kubectl() -> str:
    found = shutil.which("kubectl")
    if found is None:
        pytest.skip("not run: kubectl is not installed")
    return found


@lru_cache(maxsize=16)
def rendered(out: Path, overlay: str) -> tuple[Document, ...]:
    """Return the documents that a deployment applies, with the values that its environment has."""
    folder = out / "infrastructure/kubernetes/overlays" / overlay
    values = folder / "values.env"
    before = values.read_text(encoding="utf-8") if values.exists() else None
    if before is not None:
        lines = (f"{name}={VALUES[name]}\n" for name in before.replace("=", "").split())
        values.write_text("".join(lines), encoding="utf-8")
    done = subprocess.run([kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    if before is not None:
        values.write_text(before, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return tuple(document for document in yaml.load_all(done.stdout, yaml.CSafeLoader) if document)


def of_kind(documents: tuple[Document, ...], *kinds: str) -> Iterator[Document]:
    yield from (document for document in documents if document["kind"] in kinds)


def one(documents: tuple[Document, ...], kind: str, suffix: str = "") -> Document:
    """Return the only document of a kind whose name ends so."""
    (found,) = [each for each in of_kind(documents, kind) if each["metadata"]["name"].endswith(suffix)]
    return found


def pods(documents: tuple[Document, ...]) -> Iterator[tuple[str, Document]]:
    """Yield the specification of every pod, with the name of what makes it."""
    for document in of_kind(documents, "Deployment", "Job", "CronJob"):
        spec = document["spec"]
        spec = spec["jobTemplate"]["spec"] if document["kind"] == "CronJob" else spec
        yield f"{document['kind']} {document['metadata']['name']}", spec["template"]["spec"]


def environment_of(documents: tuple[Document, ...], pod: Document, secrets: Path) -> dict[str, str]:
    """Return the variables of a pod's container, with its secrets as files below `secrets`."""
    maps = {document["metadata"]["name"]: document["data"] for document in of_kind(documents, "ConfigMap")}
    (container,) = pod["containers"]
    found: dict[str, str] = {"PATH": os.environ["PATH"]}
    for source in container.get("envFrom", ()):
        found |= maps[source["configMapRef"]["name"]]
    for entry in container["env"]:
        found[entry["name"]] = entry["value"].replace("/run/secrets/app", str(secrets))
    return found
