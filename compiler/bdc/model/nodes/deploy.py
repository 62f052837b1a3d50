"""Load and deploys: resolved, units applied, `extends` not yet."""

from typing import Literal

from bdc.ir import DeployText
from bdc.model.nodes.policy import Word
from bdc.source import Span
from bdc.source.records import dataclass

Value = int | float | bool | str | DeployText


@dataclass(frozen=True, slots=True)
class LoadEntry:
    """`part`: the requests of an api that are meant (`writes`); '' for all of them."""

    name: str
    kind: Literal["rows", "rps", "growth"]
    amount: int
    span: Span
    part: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Settings by the names of `bdc.ir` (`storage_bytes`, `replicas_min`); only those that were written.

    `fact`: settings of the environment itself, which have the names of `bdc.ir.Deploy` (`host`, `backup.store`). `places`:
    where each of them is written."""

    kind: Literal["service", "database", "fact"]
    name: str
    settings: tuple[tuple[str, Value], ...]
    span: Span
    places: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Deploy:
    name: str
    extends: Word | None
    targets: tuple[Target, ...]
    span: Span
