"""How much there is, and where it runs."""

from __future__ import annotations

from typing import Literal

from bdc.source.records import dataclass
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.expr import Entry, IntLiteral, ObjectLiteral
from bdc.syntax.ast.names import Name, Path


@dataclass(frozen=True, slots=True)
class LoadEntry(Node):
    """`Order: 50_000_000 rows`; `unit` is rows or rps, or another word that was written."""

    path: Path
    amount: IntLiteral
    unit: Name


@dataclass(frozen=True, slots=True)
class LoadDecl(Node):
    entries: tuple[LoadEntry | Broken, ...]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class DeployTarget(Node):
    """`service Shop { replicas: 3..20 }`."""

    kind: Literal["service", "database"]
    name: Name
    settings: ObjectLiteral


@dataclass(frozen=True, slots=True)
class DeployDecl(Node):
    """`deploy staging extends production { … }`. An entry says a fact of the environment (`host: "api.example.com"`)."""

    name: Name
    extends: Name | None
    items: tuple[DeployTarget | Entry | Broken, ...]
    doc: str = ""
