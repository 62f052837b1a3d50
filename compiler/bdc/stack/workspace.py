"""`.bdc/`: what `bdc up` keeps beside a specification between runs, and what `bdc token` reads."""

import json
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from bdc.source.records import dataclass, replace

FOLDER = ".bdc"
STATE = "up.json"


@dataclass(frozen=True)
class UpState:
    """The backend that `bdc up` runs: where it listens, how its tokens are made, who can be impersonated (`seed.row` →
    claims). `claims`: what a token may say, by name: its member of the token, and whether its value is text. `required`: the claims without
    which the service refuses a token. `others`: callers beside the main identity, who show keys, by entity; `database`: the embedded one, in
    which their keys are made, '' where the server is not ours."""

    system: str
    url: str
    issuer: str
    audience: str
    keys: str
    roles_source: str | None
    roles: list[str] = field(default_factory=list)
    actors: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, tuple[str, bool]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    key_header: str = ""
    database: str = ""

    def for_keys(self, entity: str) -> "UpState":
        """Return the state for callers of an identity beside the main one."""
        other = self.others[entity]
        return replace(
            self,
            roles=other["roles"],
            actors=other["actors"],
            claims={name: tuple(found) for name, found in other["claims"].items()},
            required=other["required"],
        )

    def missing(self, minted: dict[str, Any]) -> list[str]:
        """Return the required claims that a token with these members lacks."""
        return [name for name in self.required if self.claims[name][0] not in minted]


@dataclass(frozen=True)
class Workspace:
    """The folder `.bdc/` below `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / FOLDER

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def backend(self) -> Path:
        return self.folder / "backend"

    def save(self, state: UpState) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / STATE).write_text(json.dumps(asdict(state), indent=2) + "\n", encoding="utf-8")

    def load(self) -> UpState | None:
        """Return the state of the last `bdc up`, or None when there was none (or another version wrote it)."""
        try:
            return UpState(**json.loads((self.folder / STATE).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None
