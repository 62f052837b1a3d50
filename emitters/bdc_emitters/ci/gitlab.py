"""The GitLab pipeline, as data: the same commands as on GitHub."""

from typing import Any

from bdc_emitters.ci.steps import (
    Stage,
    Target,
    build_commands,
    checks,
    deploy_commands,
    scan_command,
)

PYTHON = "python:3.11-bookworm"
DOCKER = "docker:28"
DOCKER_IN_DOCKER = "docker:28-dind"
KUBECTL = "registry.gitlab.com/gitlab-org/cluster-integration/kubectl:1.33"
MAIN = "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"


def gitlab_pipeline(
    name: str, targets: tuple[Target, ...], overlays: tuple[str, ...], repository: str
) -> dict[str, Any]:
    """The same steps as on GitHub; production waits until somebody starts it. A schedule of the project runs it weekly."""
    image = repository or "$CI_REGISTRY_IMAGE"
    pipeline: dict[str, Any] = {
        "stages": ["check", "image", "deploy", "rollback"],
        "workflow": {"rules": [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}, {"if": MAIN}]},
    }
    for stage in checks(overlays):
        pipeline[stage.name] = _check(stage)
    # `image` is a word of GitLab's own.
    pipeline["build-image"] = _image(image, repository)
    for target in targets:
        pipeline[f"deploy-{target.name}"] = _deploy(name, target, image)
        pipeline[f"rollback-{target.name}"] = _rollback(name, target)
    return pipeline


def _check(stage: Stage) -> dict[str, Any]:
    job: dict[str, Any] = {
        "stage": "check",
        "image": DOCKER if stage.docker else PYTHON,
        "timeout": f"{stage.minutes}m",
        "interruptible": True,
        "script": [command for step in stage.steps for command in step.commands],
    }
    if stage.docker:
        job |= {"services": [DOCKER_IN_DOCKER], "before_script": ["apk add --no-cache bash python3 git"]}
    if stage.history:
        job["variables"] = {"GIT_DEPTH": "0"}
    return job


def _image(image: str, repository: str) -> dict[str, Any]:
    registry = repository.partition("/")[0] or "$CI_REGISTRY"
    user, password = (
        ("$REGISTRY_USER", "$REGISTRY_PASSWORD")
        if repository
        else ("$CI_REGISTRY_USER", "$CI_REGISTRY_PASSWORD")
    )
    login = (
        f'echo "$TRIVY_PASSWORD" | docker login "{registry}" --username "$TRIVY_USERNAME" --password-stdin'
    )
    return {
        "stage": "image",
        "image": DOCKER,
        "services": [DOCKER_IN_DOCKER],
        "timeout": "45m",
        "rules": [{"if": MAIN}],
        "variables": {"REVISION": "$CI_COMMIT_SHA", "TRIVY_USERNAME": user, "TRIVY_PASSWORD": password},
        "script": [
            login,
            *build_commands(image),
            scan_command(image),
            'echo "DIGEST=$DIGEST" > build.env',
        ],
        "artifacts": {"reports": {"dotenv": "build.env"}},
    }


def _deploy(name: str, target: Target, image: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"if": MAIN}
    if target.gated:
        rule["when"] = "manual"
    return {
        "stage": "deploy",
        "image": KUBECTL,
        "timeout": "60m",
        "rules": [rule],
        "environment": {"name": target.name},
        "resource_group": f"{name}-{target.name}",
        "script": list(deploy_commands(target.name, image)),
    }


def _rollback(name: str, target: Target) -> dict[str, Any]:
    return {
        "stage": "rollback",
        "image": KUBECTL,
        "timeout": "30m",
        "rules": [{"if": MAIN, "when": "manual", "allow_failure": True}],
        "environment": {"name": target.name},
        "resource_group": f"{name}-{target.name}",
        "script": [f"infrastructure/ci-cd/rollback.sh {target.name}"],
    }
