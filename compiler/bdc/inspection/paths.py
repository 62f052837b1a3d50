"""What an output has for a tool to look at."""

import shutil
import subprocess
from pathlib import Path

OPENAPI = "api/documentation/openapi.json"
_PIPELINES = {
    "gitlab-ci": "infrastructure/ci-cd/gitlab-ci.yml",
    "github-workflows": ".github/workflows/ci.yml",
    "compose-spec": "infrastructure/docker/compose.yaml",
}


def has(out: Path, *names: str) -> list[str]:
    """Return those of `names` that are in the output."""
    return [name for name in names if (out / name).exists()]


def pipelines(out: Path) -> list[tuple[str, Path]]:
    """Return (name of the schema, file)."""
    return [(schema, out / path) for schema, path in _PIPELINES.items() if (out / path).is_file()]


def overlays(out: Path) -> list[str]:
    """Return the folders of the overlays."""
    return [
        str(path.parent) for path in _sorted(out, "infrastructure/kubernetes/overlays/*/kustomization.yaml")
    ]


def scripts(out: Path) -> list[str]:
    """Return the shell scripts."""
    return [str(path) for path in _sorted(out, "infrastructure/ci-cd/*.sh")]


def manifests(out: Path, scratch: Path) -> list[str]:
    """Write the documents of each overlay below `scratch` and return the files; none where kubectl is missing."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        return []
    found = []
    for overlay in overlays(out):
        target = scratch / f"{Path(overlay).name}.yaml"
        if not target.exists():
            done = subprocess.run(
                [kubectl, "kustomize", overlay], capture_output=True, text=True, check=False
            )
            target.write_text(done.stdout, encoding="utf-8")
        found.append(str(target))
    return found


def _sorted(out: Path, pattern: str) -> list[Path]:
    return sorted(out.glob(pattern))
