"""Continuous integration and delivery: GitHub Actions and GitLab, and the two scripts that both call to deploy.

What comes in: names of the system and its deploys. What goes out: `.github/workflows/ci.yml` (where GitHub looks for it),
`infrastructure/ci-cd/`, and what migrates a database of the last release. Tests run against the PostgreSQL that the hash-locked
requirements carry, so no service container takes part. `steps` has the commands, which both pipelines share.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.naming.dns import label
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_yaml
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.settings import encrypts
from bdc_emitters.ci.github import github_workflow
from bdc_emitters.ci.gitlab import gitlab_pipeline
from bdc_emitters.ci.steps import ROOT, Target, repository, targets

VERIFICATION = "tests/release/verify_migration.py"
HEADER = "Checks every change; builds, tests and deploys what lands on main. Edit the spec, not this file."


@dataclass(frozen=True, slots=True)
class CiView:
    """What the pipelines and scripts name. `targets`: the deploys that are rolled out, least important first. `path`: one that the
    service answers."""

    name: str
    title: str
    targets: tuple[Target, ...]
    path: str
    has_encryption: bool = False


SCRIPTS = ("deploy.sh", "rollback.sh", "secrets.sh", "smoke.sh", "tool.sh")


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    path = f"{system.apis[0].path.rstrip('/')}/" if system.apis else "/"
    view = CiView(label(system.name), system.title, targets(system), path, encrypts(system))
    overlays = tuple(deploy.name for deploy in system.deploys) or ("production",)
    overlays = overlays if system.apis else ()
    kept = repository(system)
    workflow = github_workflow(view.targets, overlays, kept)
    pipeline = gitlab_pipeline(view.name, view.targets, overlays, kept)
    templates = Templates("bdc_emitters.ci")
    yield GeneratedFile(".github/workflows/ci.yml", to_yaml(workflow, header=HEADER))
    yield GeneratedFile(f"{ROOT}/gitlab-ci.yml", to_yaml(pipeline, header=HEADER))
    yield GeneratedFile(VERIFICATION, templates.render("verify_migration.py.j2", view))
    for script in SCRIPTS:
        yield GeneratedFile(f"{ROOT}/{script}", templates.render(f"{script}.j2", view), executable=True)


EMITTER = Emitter(name="ci", emit=emit)
