"""What every pipeline does, as commands: GitHub and GitLab differ in how they say it, and in nothing else."""

from bdc.ir import Deploy, SystemIR
from bdc.naming.dns import label
from bdc.source.records import dataclass

ROOT = "infrastructure/ci-cd"
MONITORING = "infrastructure/monitoring"
INSTALL = ("python3 -m venv .venv", ".venv/bin/pip install --require-hashes -r requirements-dev.lock")
# Tools that are no part of the locks: this one in one version, the others by a script that knows theirs.
PIP_AUDIT = "2.10.0"
TOOL = f"{ROOT}/tool.sh"
# Monday, early: what was published since the last release is built in, and looked at.
WEEKLY = "17 4 * * 1"


@dataclass(frozen=True, slots=True)
class Step:
    """Some commands under one name."""

    name: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A job. `docker`: its commands start containers. `history`: it needs the whole history of the repository."""

    name: str
    minutes: int
    steps: tuple[Step, ...]
    docker: bool = False
    history: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An environment that a pipeline deploys to. `variables`: what its deployment takes from the environment. `host`: the name it
    answers to, in shell; '' where the deploy does not say it."""

    name: str
    host: str
    variables: tuple[str, ...]
    gated: bool


def checks(environments: tuple[str, ...]) -> tuple[Stage, ...]:
    """Return what every change has to pass."""
    return (
        Stage(
            "check",
            30,
            (
                Step("Install", INSTALL),
                Step("Lint", (".venv/bin/ruff check .", ".venv/bin/ruff format --check .")),
                Step("Types", (".venv/bin/mypy",)),
                Step(
                    "Tests, against a PostgreSQL of their own",
                    (".venv/bin/python -m pytest -q --junitxml=results.xml",),
                ),
                Step(
                    "What the tests show of each control",
                    (".venv/bin/python -m tests.evidence --junit results.xml",),
                ),
            ),
        ),
        Stage(
            "migration",
            30,
            (
                Step("Install", INSTALL),
                Step(
                    "Migrate a database of the last release",
                    (".venv/bin/python -m tests.release.verify_migration",),
                ),
            ),
            history=True,
        ),
        Stage("operations", 15, tuple(_operations(environments)), docker=True),
        Stage("supply-chain", 15, _supply_chain(), docker=True, history=True),
    )


def _operations(environments: tuple[str, ...]) -> list[Step]:
    rules = (
        f"{TOOL} promtool check rules --lint=all --lint-fatal {MONITORING}/rules.yml {MONITORING}/platform.yml",
        f"{TOOL} promtool test rules {MONITORING}/rules_test.yml",
    )
    builds = tuple(
        f"{TOOL} kustomize build infrastructure/kubernetes/overlays/{name} > /dev/null"
        for name in environments
    )
    scripts = tuple(
        f"bash -n {ROOT}/{name}.sh" for name in ("deploy", "rollback", "secrets", "smoke", "tool")
    )
    steps = [Step("Alerts fire and stay silent", rules), Step("Scripts", scripts)]
    return [*steps, Step("Manifests are complete", builds)] if builds else steps


def _supply_chain() -> tuple[Step, ...]:
    audit = (
        "python3 -m venv .audit",
        f".audit/bin/pip install pip-audit=={PIP_AUDIT}",
        ".audit/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock",
    )
    secrets = (f"{TOOL} gitleaks git --redact --no-banner .",)
    return (Step("Known vulnerabilities", audit), Step("Secrets in the history", secrets))


def build_commands(image: str) -> tuple[str, ...]:
    """Return what builds and pushes the image, with the list of its parts and where it comes from; `DIGEST` is then known."""
    return (
        "docker buildx create --use",
        "docker buildx build --pull --file infrastructure/docker/Dockerfile --sbom=true --provenance=mode=max --push"
        f' --tag "{image}:$REVISION" --metadata-file metadata.json .',
        'DIGEST=$(sed -n \'s/.*"containerimage.digest": *"\\([^"]*\\)".*/\\1/p\' metadata.json)',
        'test -n "$DIGEST"',
    )


def scan_command(image: str) -> str:
    """Return what looks for known vulnerabilities in the image that was pushed."""
    return (
        f"{TOOL} trivy image --scanners vuln"
        f' --severity CRITICAL,HIGH --ignore-unfixed --exit-code 1 "{image}@$DIGEST"'
    )


def deploy_commands(environment: str, image: str) -> tuple[str, ...]:
    """Return what deploys one digest, and asks the service through its host afterwards."""
    return (
        f'{ROOT}/deploy.sh {environment} "{image}" "$DIGEST"',
        f"{ROOT}/smoke.sh {environment} || {{ {ROOT}/rollback.sh {environment}; exit 1; }}",
    )


def targets(system: SystemIR) -> tuple[Target, ...]:
    """Return the deploys that a pipeline rolls out: not the embedded ones; production last."""
    found = [deploy for deploy in system.deploys if not deploy.database.embedded]
    ordered = sorted(found, key=lambda deploy: deploy.name == "production")
    return tuple(
        Target(each.name, _host(each), _variables(each), each.name == "production") for each in ordered
    )


def _host(deploy: Deploy) -> str:
    if deploy.host is None:
        return ""
    return f"${{{deploy.host.variable}:-}}" if deploy.host.variable else deploy.host.text


def _variables(deploy: Deploy) -> tuple[str, ...]:
    """Return the names that `env("…")` gives in the deploy, in the order in which they are written."""
    identity, backup, alerts = deploy.identity, deploy.backup, deploy.alerts
    texts = [
        deploy.host,
        *((identity.issuer, identity.jwks, identity.audience) if identity else ()),
        *((backup.store, backup.endpoint) if backup else ()),
        *((alerts.page, alerts.ticket) if alerts else ()),
    ]
    return tuple(dict.fromkeys(text.variable for text in texts if text is not None and text.variable))


def repository(system: SystemIR) -> str:
    """Return the repository of the image that the deploys name; '' where they leave it to the pipeline."""
    for deploy in sorted(system.deploys, key=lambda deploy: deploy.name != "production"):
        if deploy.registry is not None and deploy.registry.text:
            return f"{deploy.registry.text}/{deploy.image or label(system.name)}"
    return ""
