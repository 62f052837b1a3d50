"""A specification while it is made up, and its text.

Every name is a word and a number that nothing else has, so a rename is a replacement wherever the name stands. `was` is what a thing
was called in the text that the change starts from: None where that text did not have it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax import format_file


@dataclass
class Field:
    """`type` without `?`; `marks`: attributes, and expressions that come after the type."""

    name: str
    type: str
    optional: bool = False
    default: str | None = None
    marks: tuple[str, ...] = ()
    backfill: str | None = None
    was: str | None = None

    def line(self) -> str:
        default = f" = {self.default}" if self.default is not None else ""
        words = [*self.marks, *_was(self), *([f"@backfill({self.backfill})"] if self.backfill else [])]
        return f"{self.name}: {self.type}{'?' if self.optional else ''}{default} {' '.join(words)}"


@dataclass
class Member:
    """An index, a unique, a check, a partition: `text` with `name` in it where it has one."""

    kind: str
    text: str
    name: str = ""
    was: str | None = None

    def line(self) -> str:
        return " ".join([self.text, *(_was(self) if self.name else ())])


@dataclass
class Entity:
    name: str
    fields: list[Field] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    mixins: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    comment: str = ""
    offered: bool = False
    was: str | None = None


@dataclass
class Value:
    name: str
    was: str | None = None


@dataclass
class Enum:
    name: str
    values: list[Value]
    native: bool = False
    dropped: list[str] = field(default_factory=list)
    was: str | None = None


@dataclass
class View:
    """`shown`: lines of its fields, over the bound name `o`."""

    name: str
    entity: str
    shown: list[str]
    where: str = ""
    materialized: bool = False
    was: str | None = None


@dataclass
class Struct:
    name: str
    fields: list[Field]


@dataclass
class Alias:
    """A type that is a domain of the database: what it says, and the plain type that it stands on."""

    name: str
    base: str
    rule: str


@dataclass
class Spec:
    tenanted: bool = False
    aliases: list[Alias] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    structs: list[Struct] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


# Members that have a name in the language; `@was` calls others as the database does.
_NAMED = ("check", "part", "exclude")


def _was(thing: Any) -> Iterator[str]:
    if thing.was is not None and thing.was != thing.name:
        said = f'"{thing.was}"' if isinstance(thing, Member) and thing.kind not in _NAMED else thing.was
        yield f"@was({said})"


def settled(thing: Any) -> None:
    """Let everything be called from now on what it is called: the words about the past are said."""
    for found in _walk(thing):
        if hasattr(found, "was"):
            found.was = found.name or None
        if hasattr(found, "dropped"):
            found.dropped = []
        if isinstance(found, Field):
            found.backfill = None


def _walk(thing: Any) -> Iterator[Any]:
    if isinstance(thing, list):
        for each in thing:
            yield from _walk(each)
    elif is_dataclass(thing):
        yield thing
        for each in fields(thing):
            yield from _walk(getattr(thing, each.name))


def rename(thing: Any, old: str, new: str) -> Any:
    """Return `thing` with `new` wherever `old` stands, but for what was; lists and data are changed in place."""
    word = re.compile(rf"(?<![A-Za-z0-9]){old}(?![A-Za-z0-9])")
    return _renamed(thing, word, new)


def _renamed(thing: Any, word: re.Pattern[str], new: str) -> Any:
    match thing:
        case str():
            return word.sub(new, thing)
        case list():
            thing[:] = [_renamed(each, word, new) for each in thing]
        case tuple():
            return tuple(_renamed(each, word, new) for each in thing)
        case _ if is_dataclass(thing):
            for each in fields(thing):
                if each.name not in ("was", "dropped"):
                    setattr(thing, each.name, _renamed(getattr(thing, each.name), word, new))
    return thing


def text(spec: Spec) -> str:
    """Return the specification as `bdc fmt` writes it. ValueError when it does not parse."""
    sink = DiagnosticSink()
    raw = "\n".join(lines(spec))
    made = format_file(SourceFile("world.bds", raw), sink)
    if made is None or sink.has_errors:
        raise ValueError(f"{[str(found) for found in sink.in_source_order()]}\n{raw}")
    return made


_IDENTITY = """identity Person {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "evolution"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
%s}
role guest
role staff extends guest"""


def lines(spec: Spec) -> Iterator[str]:
    """Yield what is written, as it comes."""
    yield from ("bds 1", "module evolution", "")
    mixins = sorted({name for entity in spec.entities for name in entity.mixins})
    if mixins:
        yield f"use std.mixins {{ {', '.join(mixins)} }}"
    house = "\n  house: House @tenant @immutable" if spec.tenanted else ""
    if spec.tenanted:
        yield "entity House @tenant_root {\n  id: uuid = uuid7() @id\n  name: string(1..80)\n}"
    yield f"entity Person {{\n  id: uuid = uuid7() @id{house}\n  name: string(1..80)\n  level: int\n}}"
    yield _IDENTITY % ('  claim house: uuid = "house"\n' if spec.tenanted else "")
    for enum in spec.enums:
        values = "\n  ".join([*(" ".join([each.name, *_was(each)]) for each in enum.values), *enum.dropped])
        yield f"enum {enum.name} {'@native ' if enum.native else ''}{' '.join(_was(enum))} {{\n  {values}\n}}"
    for alias in spec.aliases:
        yield f'type {alias.name} = {alias.rule} @domain("{alias.name.lower()}")'
    for struct in spec.structs:
        yield f"struct {struct.name} {{ {'  '.join(each.line() for each in struct.fields)} }}"
    for entity in spec.entities:
        yield from _entity(spec, entity)
    for view in spec.views:
        yield from _view(view)
    yield from spec.dropped
    yield from _access(spec)


def _entity(spec: Spec, entity: Entity) -> Iterator[str]:
    head = " ".join([*entity.marks, *_was(entity)])
    used = f" with {', '.join(sorted(entity.mixins))}" if entity.mixins else ""
    if entity.comment:
        yield f"/// {entity.comment}"
    yield f"entity {entity.name}{used} {head} {{"
    if spec.tenanted:
        yield "  house: House @tenant @immutable"
    yield from (f"  {each.line()}" for each in (*entity.fields, *entity.members))
    yield from (f"  {line}" for line in entity.dropped)
    yield "}"


def _view(view: View) -> Iterator[str]:
    where = f" where ({view.where})" if view.where else ""
    kind = " @materialized" if view.materialized else ""
    yield f"view {view.name} from o in {view.entity}{where}{kind} {' '.join(_was(view))} {{"
    yield from (f"  {line}" for line in view.shown)
    yield "}"


def _access(spec: Spec) -> Iterator[str]:
    scope = "  scope house == actor.house\n" if spec.tenanted else ""
    yield f"policy Person {{\n{scope}  allow read to guest\n}}"
    for entity in spec.entities:
        if entity.rules:
            rules = "\n  ".join(entity.rules)
            yield f"policy {entity.name} {{\n{scope}  {rules}\n}}"
    yield 'api World v1 at "/v1" {\n  auth bearer'
    for entity in spec.entities:
        if entity.offered and entity.rules:
            yield f"  resource {entity.name} {{ ops list, get, delete }}"
    yield "}"
