"""A file."""

from __future__ import annotations

from bdc.source import SourceFile
from bdc.source.records import dataclass
from bdc.syntax.ast.api import ApiDecl
from bdc.syntax.ast.base import Node
from bdc.syntax.ast.behaviour import ErrorDecl, EventDecl
from bdc.syntax.ast.broken import Broken
from bdc.syntax.ast.deploy import DeployDecl, LoadDecl
from bdc.syntax.ast.entity import EntityDecl
from bdc.syntax.ast.enum import EnumDecl
from bdc.syntax.ast.expr import IntLiteral
from bdc.syntax.ast.external import ExternalDecl
from bdc.syntax.ast.identity import IdentityDecl
from bdc.syntax.ast.job import JobDecl
from bdc.syntax.ast.machine import MachineDecl
from bdc.syntax.ast.mixin import MixinDecl
from bdc.syntax.ast.names import Attribute, Name, Path
from bdc.syntax.ast.policy import PolicyDecl, RoleDecl
from bdc.syntax.ast.removed import RemovedDecl
from bdc.syntax.ast.seed import SeedDecl
from bdc.syntax.ast.sql import SqlBlock
from bdc.syntax.ast.struct import StructDecl
from bdc.syntax.ast.test import TestDecl
from bdc.syntax.ast.types import TypeAliasDecl
from bdc.syntax.ast.view import ViewDecl
from bdc.syntax.ast.webhooks import AuditDecl, ConsumeDecl, SourceDecl, StreamDecl, WebhooksDecl


@dataclass(frozen=True, slots=True)
class UseItem(Node):
    """`Name` or `Name as Alias`."""

    name: Name
    alias: Name | None = None


@dataclass(frozen=True, slots=True)
class Use(Node):
    """`use std.mixins { Timestamps, SoftDelete }`."""

    module: Path
    items: tuple[UseItem, ...]


Declaration = (
    TypeAliasDecl
    | EnumDecl
    | StructDecl
    | MixinDecl
    | EntityDecl
    | ViewDecl
    | MachineDecl
    | ErrorDecl
    | EventDecl
    | IdentityDecl
    | RoleDecl
    | PolicyDecl
    | ApiDecl
    | ExternalDecl
    | JobDecl
    | WebhooksDecl
    | AuditDecl
    | StreamDecl
    | SourceDecl
    | ConsumeDecl
    | LoadDecl
    | DeployDecl
    | SeedDecl
    | TestDecl
    | SqlBlock
    | RemovedDecl
    | Broken
)


@dataclass(frozen=True, slots=True)
class SourceTree(Node):
    """Everything that one file says; `attributes` are those of its `module`. `edition` and `module` are None where the file does not say (reported)."""

    file: SourceFile
    edition: IntLiteral | None
    module: Path | None
    uses: tuple[Use, ...]
    declarations: tuple[Declaration, ...]
    attributes: tuple[Attribute, ...] = ()
