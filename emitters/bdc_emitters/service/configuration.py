"""`config/<environment>/service.toml`: the settings of each environment as a file."""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.settings import ENVIRONMENTS, SectionView, sections

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class SettingsView:
    title: str
    environment: str
    sections: tuple[SectionView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return one file per environment."""
    for environment in ENVIRONMENTS:
        view = SettingsView(system.title, environment, tuple(sections(system, environment)))
        path = f"config/{environment}/service.toml"
        yield GeneratedFile(path, TEMPLATES.render("service.toml.j2", view))
