"""The GitLab pipeline, as data."""

from typing import Any

PYTHON = "python:3.11-slim-bookworm"
MAIN = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"


def gitlab_pipeline(name: str, environments: tuple[str, ...]) -> dict[str, Any]:
    """The same steps as on GitHub; production waits for somebody to press the button."""
    pipeline: dict[str, Any] = {
        "stages": ["check", "image", "deploy"],
        "workflow": {"rules": [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}, {"if": MAIN}]},
        "check": {
            "stage": "check",
            "image": PYTHON,
            "timeout": "30m",
            "interruptible": True,
            "script": [
                "python -m venv .venv",
                ".venv/bin/pip install --require-hashes -r requirements-dev.lock",
                ".venv/bin/ruff check .",
                ".venv/bin/ruff format --check .",
                ".venv/bin/mypy",
                ".venv/bin/python -m pytest -q",
            ],
        },
        "image": {
            "stage": "image",
            "image": "docker:27",
            "services": ["docker:27-dind"],
            "rules": [{"if": MAIN}],
            "script": [
                'echo "$CI_REGISTRY_PASSWORD" | docker login "$CI_REGISTRY" --username "$CI_REGISTRY_USER" --password-stdin',
                "docker buildx create --use",
                "docker buildx build --file infrastructure/docker/Dockerfile --sbom=true --push"
                ' --tag "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" --metadata-file metadata.json .',
                """echo "DIGEST=$(sed -n 's/.*"containerimage.digest": "\\(.*\\)".*/\\1/p' metadata.json)" > build.env""",
            ],
            "artifacts": {"reports": {"dotenv": "build.env"}},
        },
    }
    for environment in environments:
        pipeline[f"deploy-{environment}"] = _deploy(name, environment)
    return pipeline


def _deploy(name: str, environment: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"if": MAIN}
    if environment == "production":
        rule["when"] = "manual"
    return {
        "stage": "deploy",
        "image": "bitnami/kubectl:1.33",
        "rules": [rule],
        "environment": {"name": environment},
        "resource_group": f"{name}-{environment}",
        "script": [f'infrastructure/ci-cd/deploy.sh {environment} "$CI_REGISTRY_IMAGE" "$DIGEST"'],
    }
