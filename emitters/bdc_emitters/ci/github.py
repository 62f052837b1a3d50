"""The GitHub Actions workflow, as data."""

from typing import Any

CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"  # v4.2.2
RUNNER = "ubuntu-24.04"
DEPLOY_SCRIPT = "infrastructure/ci-cd/deploy.sh"
INSTALL = "python3 -m venv .venv\n.venv/bin/pip install --require-hashes -r requirements-dev.lock"


def github_workflow(environments: tuple[str, ...]) -> dict[str, Any]:
    """Least permissions, one run per branch, everything pinned by hash."""
    jobs: dict[str, Any] = {"check": _check(), "image": _image()}
    before = "image"
    for environment in environments:
        jobs[f"deploy-{environment}"] = _deploy(environment, before)
        before = f"deploy-{environment}"
    return {
        "name": "ci",
        "on": {"push": {"branches": ["main"]}, "pull_request": None},
        "permissions": {},
        "concurrency": {
            "group": "ci-${{ github.ref }}",
            "cancel-in-progress": "${{ github.ref != 'refs/heads/main' }}",
        },
        "jobs": jobs,
    }


def _job(name: str, minutes: int, permissions: dict[str, str], steps: list[dict[str, Any]]) -> dict[str, Any]:
    checkout = {"name": "Check out", "uses": CHECKOUT, "with": {"persist-credentials": False}}
    return {
        "name": name,
        "runs-on": RUNNER,
        "timeout-minutes": minutes,
        "permissions": permissions,
        "steps": [checkout, *steps],
    }


def _check() -> dict[str, Any]:
    steps = [
        {"name": "Install", "run": INSTALL},
        {"name": "Lint", "run": ".venv/bin/ruff check .\n.venv/bin/ruff format --check ."},
        {"name": "Types", "run": ".venv/bin/mypy"},
        {"name": "Tests, against a PostgreSQL of their own", "run": ".venv/bin/python -m pytest -q"},
    ]
    return _job("check", 30, {"contents": "read"}, steps)


def _image() -> dict[str, Any]:
    build = (
        "docker buildx create --use\n"
        'echo "$TOKEN" | docker login ghcr.io --username "$ACTOR" --password-stdin\n'
        "docker buildx build --file infrastructure/docker/Dockerfile --sbom=true --provenance=true --push \\\n"
        '  --tag "ghcr.io/${REPOSITORY,,}:${REVISION}" --metadata-file metadata.json .\n'
        'echo "digest=$(python3 -c \'import json; print(json.load(open("metadata.json"))["containerimage.digest"])\')"'
        ' >> "$GITHUB_OUTPUT"'
    )
    environment = {
        "TOKEN": "${{ github.token }}",
        "ACTOR": "${{ github.actor }}",
        "REPOSITORY": "${{ github.repository }}",
        "REVISION": "${{ github.sha }}",
    }
    step = {"name": "Build, list its parts, push", "id": "build", "run": build, "env": environment}
    job = _job("image", 30, {"contents": "read", "packages": "write"}, [step])
    return {
        **job,
        "needs": ["check"],
        "if": "github.ref == 'refs/heads/main'",
        "outputs": {"digest": "${{ steps.build.outputs.digest }}"},
    }


def _deploy(environment: str, before: str) -> dict[str, Any]:
    """The environment's protection rules are the gate."""
    needs = ["image"] if before == "image" else ["image", before]
    variables = {
        "DIGEST": "${{ needs.image.outputs.digest }}",
        "IMAGE": "ghcr.io/${{ github.repository }}",
        "KUBECONFIG_DATA": "${{ secrets.KUBECONFIG }}",
    }
    run = f'umask 077\nprintf "%s" "$KUBECONFIG_DATA" > kubeconfig\nKUBECONFIG=kubeconfig {DEPLOY_SCRIPT} {environment} "${{IMAGE,,}}" "$DIGEST"'
    job = _job(
        f"deploy to {environment}",
        30,
        {"contents": "read"},
        [{"name": "Deploy", "run": run, "env": variables}],
    )
    concurrency = {"group": f"deploy-{environment}", "cancel-in-progress": False}
    return {
        **job,
        "needs": needs,
        "if": "github.ref == 'refs/heads/main'",
        "environment": environment,
        "concurrency": concurrency,
    }
