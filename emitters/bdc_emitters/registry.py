"""Every emitter, in the order they run. Nothing registers itself; a test compares this tuple with the folders."""

from importlib import import_module
from importlib.metadata import entry_points

from bdc.output import Emitter

# Names of the sub-packages; each exports EMITTER. Imported on use, so that one target costs one import.
BUILT_IN: tuple[str, ...] = (
    "service",
    "jobs",
    "mails",
    "graphql",
    "postgres",
    "relay",
    "receivers",
    "audit",
    "tests",
    "openapi",
    "documentation",
    "compliance",
    "kubernetes",
    "docker",
    "ci",
    "monitoring",
)
GROUP = "bdc.emitters"


def emitter_names() -> tuple[str, ...]:
    """Return the names of all emitters: ours first, then those of other installed packages by name."""
    return BUILT_IN + tuple(sorted(point.name for point in entry_points(group=GROUP)))


def package_of(name: str) -> str:
    """Return the package of our emitter `name`; what it copies into a project lies in its folder `runtime/`."""
    return f"bdc_emitters.{name}"


def load_player() -> Emitter:
    """Return what `bdc test` adds to a build of its own: the scenarios, and what plays them."""
    player = import_module("bdc_emitters.tests.player").EMITTER
    assert isinstance(player, Emitter)
    return player


def load_emitter(name: str) -> Emitter:
    """Return the emitter called `name`. Raises KeyError when there is none."""
    if name in BUILT_IN:
        emitter = import_module(package_of(name)).EMITTER
    else:
        emitter = {point.name: point for point in entry_points(group=GROUP)}[name].load()
    if not isinstance(emitter, Emitter):
        raise TypeError(f"emitter `{name}` is not a bdc.output.Emitter")
    return emitter
