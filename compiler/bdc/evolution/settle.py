"""What a build writes beside the migrations that are already there."""

import json
from collections.abc import Sequence

from bdc.evolution.history import WrittenMigration
from bdc.output import GeneratedFile, Ownership


def settle(
    files: Sequence[GeneratedFile], history: Sequence[WrittenMigration]
) -> tuple[list[GeneratedFile], bool]:
    """Return the files to write, and whether the schema needs a migration that nobody has planned yet.

    A build makes the first migration. Where migrations exist and the last one reaches the state that is asked for, they stay
    as they are; where it does not, nothing may be written at all.
    """
    if not history:
        return list(files), False
    rest = [file for file in files if file.ownership is not Ownership.MIGRATION]
    asked = _state(files)
    return rest, asked is not None and asked != history[-1].target


def _state(files: Sequence[GeneratedFile]) -> str | None:
    """The state that the first migration among `files` makes; None when the build makes none (other targets)."""
    for file in files:
        if file.ownership is Ownership.MIGRATION and file.path.endswith("/edge.json"):
            return str(json.loads(file.content)["to"])
    return None
