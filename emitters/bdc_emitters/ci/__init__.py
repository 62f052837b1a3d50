"""Continuous integration and delivery: GitHub Actions and GitLab, and the two scripts that both call to deploy.

What comes in: names of the system and its deploys. What goes out: `.github/workflows/ci.yml` (where GitHub looks for it) and
`infrastructure/ci-cd/`. Tests run against the PostgreSQL that the hash-locked requirements carry, so no service container
and no unpinned image takes part.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bdc.ir import ScalarField, SystemIR
from bdc.naming.dns import label
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_yaml
from bdc.output.templates import Templates
from bdc_emitters.ci.github import github_workflow
from bdc_emitters.ci.gitlab import gitlab_pipeline

ROOT = "infrastructure/ci-cd"
HEADER = "Checks every change; builds, tests and deploys what lands on main. Edit the spec, not this file."


@dataclass(frozen=True, slots=True)
class CiView:
    """What the pipelines and scripts name. `environments`: the deploys, least important first."""

    name: str
    title: str
    environments: tuple[str, ...]
    has_encryption: bool = False


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    view = CiView(label(system.name), system.title, _environments(system), _has_encryption(system))
    templates = Templates("bdc_emitters.ci")
    yield GeneratedFile(
        ".github/workflows/ci.yml", to_yaml(github_workflow(view.environments), header=HEADER)
    )
    yield GeneratedFile(
        f"{ROOT}/gitlab-ci.yml", to_yaml(gitlab_pipeline(view.name, view.environments), header=HEADER)
    )
    for script in ("deploy.sh", "rollback.sh", "secrets.sh"):
        yield GeneratedFile(f"{ROOT}/{script}", templates.render(f"{script}.j2", view), executable=True)


def _has_encryption(system: SystemIR) -> bool:
    return any(
        isinstance(field, ScalarField) and field.encrypted
        for entity in system.entities
        for field in entity.fields
    )


def _environments(system: SystemIR) -> tuple[str, ...]:
    """Deploys that a pipeline rolls out: not the embedded ones; production last."""
    names = [deploy.name for deploy in system.deploys if not deploy.database.embedded]
    return tuple(sorted(names, key=lambda name: name == "production"))


EMITTER = Emitter(name="ci", emit=emit)
