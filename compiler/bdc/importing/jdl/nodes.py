"""What a JDL declares. `doc` is what its comments say; annotations are name and value."""

from dataclasses import field

from bdc.source.records import dataclass

Annotations = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class FieldNode:
    """`rules`: name → argument, `""` for one without."""

    name: str
    type: str
    rules: dict[str, str]
    doc: str | None
    annotations: Annotations


@dataclass(frozen=True, slots=True)
class EntityNode:
    name: str
    table: str | None
    doc: str | None
    annotations: Annotations
    fields: tuple[FieldNode, ...]


@dataclass(frozen=True, slots=True)
class EnumNode:
    """`values`: name, label in parentheses, comment."""

    name: str
    doc: str | None
    values: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """An end of a relationship. `member`: how it calls the other side; `shown`: the field that forms show."""

    entity: str
    member: str | None
    shown: str | None
    required: bool
    doc: str | None
    annotations: Annotations


@dataclass(frozen=True, slots=True)
class RelationNode:
    kind: str
    left: Side
    right: Side
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OptionNode:
    """`paginate A, B with pagination except C`: an option of entities."""

    name: str
    entities: tuple[str, ...]
    value: str | None
    excluded: tuple[str, ...]

    def covers(self, entity: str) -> bool:
        return ("*" in self.entities or entity in self.entities) and entity not in self.excluded

    @property
    def text(self) -> str:
        of = "*" if "*" in self.entities else ", ".join(self.entities)
        value = f" with {self.value}" if self.value else ""
        return f"{self.name} {of}{value}".rstrip() + (
            f" except {', '.join(self.excluded)}" if self.excluded else ""
        )


@dataclass(slots=True)
class Jdl:
    """`settings`: what configures the generator and its deployments: the place in blocks, and the text of the line."""

    constants: dict[str, str] = field(default_factory=dict)
    entities: list[EntityNode] = field(default_factory=list)
    enums: list[EnumNode] = field(default_factory=list)
    relations: list[RelationNode] = field(default_factory=list)
    options: list[OptionNode] = field(default_factory=list)
    settings: list[tuple[str, ...]] = field(default_factory=list)
