"""The GitHub Actions workflow, as data."""

from typing import Any

from bdc_emitters.ci.steps import (
    WEEKLY,
    Stage,
    Step,
    Target,
    build_commands,
    checks,
    deploy_commands,
    scan_command,
)

CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"  # v4.2.2
RUNNER = "ubuntu-24.04"
ON_MAIN = "github.ref == 'refs/heads/main' && github.event_name != 'workflow_dispatch'"
# What stands in a registry of GitHub's own is pushed with the token of the run.
GITHUB_REGISTRY = "ghcr.io"
KUBECONFIG = 'umask 077\nprintf "%s" "$KUBECONFIG_DATA" > kubeconfig\nexport KUBECONFIG="$PWD/kubeconfig"'


def github_workflow(
    targets: tuple[Target, ...], overlays: tuple[str, ...], repository: str
) -> dict[str, Any]:
    """Least permissions, one run per branch, everything pinned by hash."""
    stages = checks(overlays)
    jobs: dict[str, Any] = {stage.name: _check(stage) for stage in stages}
    image = Image(repository)
    jobs["image"] = _image(image, [stage.name for stage in stages], is_deployed=bool(targets))
    before = "image"
    for target in targets:
        jobs[f"deploy-{target.name}"] = _deploy(target, image, before)
        before = f"deploy-{target.name}"
    if targets:
        jobs["rollback"] = _rollback()
    names = [target.name for target in targets]
    return {
        "name": "ci",
        "on": {
            "push": {"branches": ["main"]},
            "pull_request": None,
            "schedule": [{"cron": WEEKLY}],
            **({"workflow_dispatch": _dispatch(names)} if names else {}),
        },
        "permissions": {},
        "concurrency": {
            "group": "ci-${{ github.event_name }}-${{ github.ref }}",
            "cancel-in-progress": "${{ github.ref != 'refs/heads/main' }}",
        },
        "jobs": jobs,
    }


class Image:
    """Where the image is kept, and how a run may write there."""

    def __init__(self, repository: str) -> None:
        self._repository = repository
        self.registry = repository.partition("/")[0] or GITHUB_REGISTRY

    @property
    def is_github(self) -> bool:
        return self.registry == GITHUB_REGISTRY

    @property
    def name(self) -> str:
        """The repository, in the words of a shell."""
        return self._repository or f"{GITHUB_REGISTRY}/${{REPOSITORY,,}}"

    def environment(self) -> dict[str, str]:
        """Variables that name it and let it be written."""
        token = "${{ github.token }}" if self.is_github else "${{ secrets.REGISTRY_PASSWORD }}"
        user = "${{ github.actor }}" if self.is_github else "${{ secrets.REGISTRY_USER }}"
        return {"TRIVY_USERNAME": user, "TRIVY_PASSWORD": token, "REPOSITORY": "${{ github.repository }}"}


def _dispatch(names: list[str]) -> dict[str, Any]:
    choice = {"description": "Roll back", "type": "choice", "options": names, "required": True}
    return {"inputs": {"environment": choice}}


def _job(
    name: str,
    minutes: int,
    permissions: dict[str, str],
    steps: list[dict[str, Any]],
    *,
    history: bool = False,
) -> dict[str, Any]:
    options: dict[str, Any] = {"persist-credentials": False}
    if history:
        options["fetch-depth"] = 0
    checkout = {"name": "Check out", "uses": CHECKOUT, "with": options}
    return {
        "name": name,
        "runs-on": RUNNER,
        "timeout-minutes": minutes,
        "permissions": permissions,
        "steps": [checkout, *steps],
    }


def _check(stage: Stage) -> dict[str, Any]:
    steps = [_run(step) for step in stage.steps]
    job = _job(stage.name, stage.minutes, {"contents": "read"}, steps, history=stage.history)
    return {**job, "if": "github.event_name != 'workflow_dispatch'"}


def _run(step: Step) -> dict[str, Any]:
    return {"name": step.name, "run": "\n".join(step.commands)}


def _image(image: Image, needs: list[str], *, is_deployed: bool) -> dict[str, Any]:
    """The job that makes the image; those that deploy ask it for its digest."""
    login = f'echo "$TRIVY_PASSWORD" | docker login {image.registry} --username "$TRIVY_USERNAME" --password-stdin'
    output = ('echo "digest=$DIGEST" >> "$GITHUB_OUTPUT"',) if is_deployed else ()
    commands = (login, *build_commands(image.name), scan_command(image.name), *output)
    step = {
        "name": "Build, list its parts, push, look for known vulnerabilities",
        "id": "build",
        "run": "\n".join(commands),
        "env": {**image.environment(), "REVISION": "${{ github.sha }}"},
    }
    permissions = {"contents": "read", **({"packages": "write"} if image.is_github else {})}
    job = _job("image", 45, permissions, [step])
    digest = {"outputs": {"digest": "${{ steps.build.outputs.digest }}"}} if is_deployed else {}
    return {**job, "needs": needs, "if": ON_MAIN, **digest}


def _deploy(target: Target, image: Image, before: str) -> dict[str, Any]:
    """The environment's protection rules are the gate. The digest is the one that was built and tested."""
    values = {name: f"${{{{ secrets.{name} || vars.{name} }}}}" for name in target.variables}
    variables = {
        "DIGEST": "${{ needs.image.outputs.digest }}",
        "REPOSITORY": "${{ github.repository }}",
        "KUBECONFIG_DATA": "${{ secrets.KUBECONFIG }}",
        **values,
    }
    run = "\n".join((KUBECONFIG, *deploy_commands(target.name, image.name)))
    step = {"name": "Deploy, then ask the service", "run": run, "env": variables}
    return {
        **_job(f"deploy to {target.name}", 60, {"contents": "read"}, [step]),
        "needs": ["image"] if before == "image" else ["image", before],
        "if": ON_MAIN,
        "environment": target.name,
        "concurrency": {"group": f"deploy-{target.name}", "cancel-in-progress": False},
    }


def _rollback() -> dict[str, Any]:
    """Started by hand, for one environment."""
    run = f'{KUBECONFIG}\ninfrastructure/ci-cd/rollback.sh "$ENVIRONMENT"'
    variables = {
        "ENVIRONMENT": "${{ inputs.environment }}",
        "KUBECONFIG_DATA": "${{ secrets.KUBECONFIG }}",
    }
    step = {"name": "Return to the version before", "run": run, "env": variables}
    return {
        **_job("roll back", 30, {"contents": "read"}, [step]),
        "if": "github.event_name == 'workflow_dispatch'",
        "environment": "${{ inputs.environment }}",
        "concurrency": {"group": "deploy-${{ inputs.environment }}", "cancel-in-progress": False},
    }
