"""What a build writes beside the migrations that are already there."""

import json
from collections.abc import Sequence

from bdc.evolution.history import WrittenMigration
from bdc.output import GeneratedFile, Ownership
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Settled:
    """`files`: what the build writes. `state`: the state that the specification asks for, None when the build does not say (other
    targets). `is_reached`: the migrations lead to it."""

    files: tuple[GeneratedFile, ...]
    state: str | None
    is_reached: bool = True


def reconcile(files: Sequence[GeneratedFile], history: Sequence[WrittenMigration]) -> Settled:
    """Decide which files to write, and whether the schema needs a migration that is not planned yet.

    A build makes the first migration. Where migrations exist and the last one reaches the state that is asked for, they stay
    as they are; where it does not, another migration is needed first.
    """
    asked = _state(files)
    if not history:
        return Settled(tuple(files), asked)
    rest = tuple(file for file in files if file.ownership is not Ownership.MIGRATION)
    return Settled(rest, asked, asked is None or asked == history[-1].target)


def _state(files: Sequence[GeneratedFile]) -> str | None:
    """The state that the first migration among `files` makes; None when the build makes none (other targets)."""
    for file in files:
        if file.ownership is Ownership.MIGRATION and file.path.endswith("/edge.json"):
            return str(json.loads(file.content)["to"])
    return None
