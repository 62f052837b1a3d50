"""E2, first half: values and types that do not fit."""

from bdc.diagnostics import Declared, Edit, Fact
from bdc.diagnostics.catalogue import types as declared
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class TypeMismatch(Fact):
    DIAGNOSTIC = declared.TYPE_MISMATCH

    wanted: str
    found: str
    span: Span
    advice: str = ""

    def help_text(self) -> str:
        return self.advice or Fact.help_text(self)


@dataclass(frozen=True, slots=True)
class Incomparable(Fact):
    DIAGNOSTIC = declared.INCOMPARABLE

    left: str
    right: str
    operator: str
    span: Span
    left_span: Span
    right_span: Span
    help: str = ""


@dataclass(frozen=True, slots=True)
class OptionalPath(Fact):
    """A step through something that may be null."""

    DIAGNOSTIC = declared.OPTIONAL_PATH

    path: str
    step: str
    span: Span
    optional: Span


@dataclass(frozen=True, slots=True)
class MayBeNull(Fact):
    DIAGNOSTIC = declared.MAY_BE_NULL

    wanted: str
    place: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadOperand(Fact):
    DIAGNOSTIC = declared.BAD_OPERAND

    operator: str
    found: str
    wanted: str
    span: Span
    advice: str = ""

    def help_text(self) -> str:
        return self.advice or Fact.help_text(self)


@dataclass(frozen=True, slots=True)
class OutOfRange(Fact):
    """A literal that its type forbids."""

    DIAGNOSTIC = declared.OUT_OF_RANGE

    value: str
    type: str
    rule: str
    span: Span

    @property
    def shown(self) -> str:
        return self.value.replace("\n", "\\n").replace("\r", "\\r")


@dataclass(frozen=True, slots=True)
class WrongArguments(Fact):
    DIAGNOSTIC = declared.WRONG_ARGUMENTS

    signature: str
    problem: str
    span: Span


@dataclass(frozen=True, slots=True)
class NotACollection(Fact):
    DIAGNOSTIC = declared.NOT_A_COLLECTION

    name: str
    found: str
    span: Span

    def declaration(self) -> Declared:
        return declared.LIST_OF_VALUES if self.found.endswith("[]") else declared.NOT_A_COLLECTION


@dataclass(frozen=True, slots=True)
class NotARelation(Fact):
    """Where only a relation can be followed; `only`: what may stand there."""

    DIAGNOSTIC = declared.NOT_A_RELATION

    name: str
    use: str
    only: str
    span: Span


@dataclass(frozen=True, slots=True)
class NameHidden(Fact):
    DIAGNOSTIC = declared.HIDDEN_NAME

    name: str
    span: Span
    what: str


@dataclass(frozen=True, slots=True)
class NotAllowedHere(Fact):
    """A construct of expressions that has no meaning where it stands."""

    DIAGNOSTIC = declared.NOT_ALLOWED_HERE

    what: str
    place: str
    span: Span
    help: str = ""


@dataclass(frozen=True, slots=True)
class MisplacedAttribute(Fact):
    """`redundant`: nothing changes without it."""

    DIAGNOSTIC = declared.MISPLACED_ATTRIBUTE

    name: str
    why: str
    span: Span
    redundant: bool = False

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "", is_item=True),) if self.redundant else ()


@dataclass(frozen=True, slots=True)
class AttributeArgument(Fact):
    DIAGNOSTIC = declared.ATTRIBUTE_ARGUMENT

    name: str
    problem: str
    usage: str
    span: Span


@dataclass(frozen=True, slots=True)
class Cycle(Fact):
    """Aliases, mixins, roles, deploys or computed fields that are made of themselves."""

    DIAGNOSTIC = declared.CYCLE

    kind: str
    names: tuple[str, ...]
    span: Span

    @property
    def chain(self) -> str:
        return " → ".join(f"`{name}`" for name in self.names)


@dataclass(frozen=True, slots=True)
class BadTypeArgument(Fact):
    DIAGNOSTIC = declared.BAD_TYPE_ARGUMENT

    type: str
    problem: str
    usage: str
    span: Span


@dataclass(frozen=True, slots=True)
class MissingMember(Fact):
    """A value for an entity, a struct or an error's members that leaves out what must be there. `usage`: what to write, where that is
    not a member with its value."""

    DIAGNOSTIC = declared.MISSING_MEMBER

    owner: str
    names: tuple[str, ...]
    span: Span
    usage: str = ""

    @property
    def written(self) -> str:
        return ", ".join(f"{name}: …" for name in self.names)

    def declaration(self) -> Declared:
        return declared.MISSING_PART if self.usage else declared.MISSING_MEMBER


@dataclass(frozen=True, slots=True)
class DefaultNotAllowed(Fact):
    DIAGNOSTIC = declared.DEFAULT_NOT_ALLOWED

    name: str
    why: str
    span: Span

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "", is_item=True),)


@dataclass(frozen=True, slots=True)
class NullCompared(Fact):
    """`x == null` where x is never null."""

    DIAGNOSTIC = declared.NEVER_NULL

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadSetting(Fact):
    DIAGNOSTIC = declared.BAD_SETTING

    name: str
    wanted: str
    span: Span
