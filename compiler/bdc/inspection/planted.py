"""Bad examples: each is written below a scratch folder, and the tool it is meant for has to find it."""

from collections.abc import Callable
from pathlib import Path

Control = Callable[[Path, Path], list[str]]

_PYTHON = "import subprocess\n\nsubprocess.call(input(), shell=True)\npassword = 'hunter2hunter2'\n"
_POD = """apiVersion: v1
kind: Pod
metadata: {name: weak}
spec:
  hostNetwork: true
  containers:
    - {name: a, image: "nginx:latest", securityContext: {privileged: true}}
"""
_DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicaz: 3}\n"
_WORKFLOW = """on: pull_request_target
jobs:
  a:
    runs-on: nowhere-at-all
    steps:
      - uses: actions/checkout@v1
      - run: echo ${{ github.event.pull_request.title }}
"""
_RULES = "groups: [{name: a, rules: [{alert: A, expr: 'sum(rate(x[5m]', for: soon}]}]\n"
# Put together here, so that a search for secrets does not find this file.
_SECRET = (
    "aws_access_key_id = "
    + "AKIA"
    + "Q3EGRTVQ7LKJ2ZXC\naws_secret = "
    + "wJalrXUtnFEMIK7MDENGbPxRfiCYzqLmN8oPq2Rs\n"
)


def _write(scratch: Path, name: str, text: str) -> str:
    path = scratch / "planted" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def python(tool: str, options: list[str]) -> Control:
    """A command that a user of the program writes runs in a shell."""
    return lambda out, scratch: [*options, _write(scratch, f"{tool}.py", _PYTHON)]


def migration(out: Path, scratch: Path) -> list[str]:
    """A table is written anew under its lock."""
    return [
        _write(
            scratch, "unsafe.sql", "alter table big alter column id type bigint;\ncreate index on big (x);\n"
        )
    ]


def openapi(out: Path, scratch: Path) -> list[str]:
    """A document without its version and paths."""
    return [_write(scratch, "openapi.json", '{"openapi": "3.1.0", "info": {"title": 3}}')]


def overlay(out: Path, scratch: Path) -> list[str]:
    """An overlay of files that are not there."""
    path = _write(scratch, "overlay/kustomization.yaml", "resources: [gone.yaml]\n")
    return ["kustomize", str(Path(path).parent)]


def manifest(options: list[str]) -> Control:
    """A member that Kubernetes does not know."""
    return lambda out, scratch: [*options, _write(scratch, "typo.yaml", _DEPLOYMENT)]


def weak_pod(scratch: Path) -> str:
    """Write a privileged container on the network of its host; return the file."""
    return _write(scratch, "weak.yaml", _POD)


def dockerfile(out: Path, scratch: Path) -> list[str]:
    """An image without a version, and a download into nowhere."""
    return [_write(scratch, "Dockerfile", "FROM python\nRUN cd /tmp && pip install x\n")]


def workflow(options: list[str]) -> Control:
    """A workflow that runs what a stranger writes."""
    return lambda out, scratch: [*options, _write(scratch, ".github/workflows/bad.yml", _WORKFLOW)]


def pipeline(out: Path, scratch: Path) -> list[str]:
    """A job that has the name of a keyword."""
    path = _write(scratch, "gitlab.yml", "image: {stage: image, script: [x]}\n")
    return ["--builtin-schema", "vendor.gitlab-ci", path]


def rules(out: Path, scratch: Path) -> list[str]:
    """An expression that does not parse."""
    return ["check", "rules", _write(scratch, "rules.yml", _RULES)]


def script(out: Path, scratch: Path) -> list[str]:
    """A variable that splits."""
    return ["--severity=warning", _write(scratch, "bad.sh", '#!/bin/sh\ncd $1\nrm -rf "$2"/*\n')]


def secret(out: Path, scratch: Path) -> list[str]:
    """Keys of a cloud in a file."""
    path = _write(scratch, "leak/settings.ini", _SECRET)
    return ["dir", "--no-banner", "--redact", str(Path(path).parent)]
