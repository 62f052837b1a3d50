"""E1: names that mean nothing, too much, or something else."""

from bdc.diagnostics import Declared, Edit, Fact, Fix, Misspelt, elsewhere
from bdc.diagnostics.catalogue import names as declared
from bdc.model.errors.foreign import Foreign
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class DuplicateName(Fact):
    """Two declarations of one name in a module, or two things that need a name of their own in the whole system."""

    DIAGNOSTIC = declared.DUPLICATE_NAME

    kind: str
    name: str
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class DuplicateMember(Fact):
    DIAGNOSTIC = declared.DUPLICATE_MEMBER

    kind: str
    name: str
    owner: str
    span: Span
    first: Span

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.span, "", is_item=True, repeats=self.first),)


class Importable(Misspelt):
    """A name that may be declared in another `module`; `importing` is the edit that imports it."""

    __slots__ = ()
    module: str | None
    importing: Edit | None

    def help_text(self) -> str:
        if self.module is not None:
            return f"`{self.name}` is declared in `{self.module}`: add `use {self.module} {{ {self.name} }}`"
        return super().help_text()

    def fix(self) -> Fix | None:
        if self.module is None:
            return super().fix()
        return Fix(f"import it from `{self.module}`", (self.importing,)) if self.importing else None


@dataclass(frozen=True, slots=True)
class UnknownType(Importable):
    DIAGNOSTIC = declared.UNKNOWN_TYPE

    name: str
    span: Span
    candidates: tuple[str, ...]
    module: str | None = None
    importing: Edit | None = None

    @property
    def meant(self) -> str:
        return elsewhere.TYPES.get(self.name.lower(), self.name)


@dataclass(frozen=True, slots=True)
class UnknownModule(Misspelt):
    DIAGNOSTIC = declared.UNKNOWN_MODULE

    name: str
    span: Span
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownImport(Misspelt):
    DIAGNOSTIC = declared.UNKNOWN_IMPORT

    module: str
    name: str
    span: Span
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnusedImport(Fact):
    """`whole`: the `use` that imports nothing else."""

    DIAGNOSTIC = declared.UNUSED_IMPORT

    name: str
    module: str
    span: Span
    whole: Span | None = None

    def edits(self) -> tuple[Edit, ...]:
        return (Edit(self.whole or self.span, "", is_item=True),)


@dataclass(frozen=True, slots=True)
class AmbiguousImport(Fact):
    DIAGNOSTIC = declared.AMBIGUOUS_IMPORT

    name: str
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class UnknownField(Misspelt):
    DIAGNOSTIC = declared.UNKNOWN_FIELD

    owner: str
    name: str
    span: Span
    candidates: tuple[str, ...]
    noun: str = "field"


@dataclass(frozen=True, slots=True)
class NotOfTheRow(Fact):
    """A filter, search or sort by a path: lists are filtered and sorted by fields of their own rows."""

    DIAGNOSTIC = declared.NOT_OF_THE_ROW

    entity: str
    path: tuple[str, ...]
    span: Span

    @property
    def written(self) -> str:
        return ".".join(self.path)

    @property
    def shown(self) -> str:
        return "_".join(self.path)


@dataclass(frozen=True, slots=True)
class FieldOfAClaim(Fact):
    """`actor.team.name`, where `team` is a claim."""

    DIAGNOSTIC = declared.FIELD_OF_A_CLAIM

    claim: str
    name: str
    span: Span

    @property
    def last(self) -> str:
        return self.claim.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class UnknownValue(Misspelt):
    """A bare name in an expression that is no field, binding, parameter or enum value in sight."""

    DIAGNOSTIC = declared.UNKNOWN_VALUE

    name: str
    span: Span
    candidates: tuple[str, ...]
    expected: str = ""
    entity: bool = False
    of: str = ""  # the row in sight that has such a field

    @property
    def where(self) -> str:
        return f", expected a value of `{self.expected}`" if self.expected else ""

    def declaration(self) -> Declared:
        return declared.ENTITY_AS_VALUE if self.entity else declared.UNKNOWN_VALUE

    def help_text(self) -> str:
        if not self.expected and self.name in elsewhere.NOT_SHOWN:
            return 'leave it out: a field that a caller may not read is null; or write `mask("***")`'
        if self.of:
            return f"write `{self.of}.{self.name}`"
        if self.name in elsewhere.CALLED:
            return f"write `{elsewhere.CALLED[self.name]}`"
        if self.name.isupper() and "_" in self.name:
            return f'a variable of the environment stands in quotes: `env("{self.name}")`'
        return Fact.help_text(self) if self.entity else Misspelt.help_text(self)

    def fix(self) -> Fix | None:
        if not self.of:
            return Misspelt.fix(self)
        written = f"{self.of}.{self.name}"
        return Fix(f"write `{written}`", (Edit(self.span, written),))

    def correction(self, close: str) -> Edit | None:
        return None if self.entity else Misspelt.correction(self, close)


@dataclass(frozen=True, slots=True)
class UnknownFunction(Foreign):
    DIAGNOSTIC = declared.UNKNOWN_FUNCTION
    WORDS = elsewhere.FUNCTIONS

    name: str
    span: Span
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownAttribute(Foreign):
    DIAGNOSTIC = declared.UNKNOWN_ATTRIBUTE
    MARK = "@"
    WORDS = elsewhere.ATTRIBUTES

    name: str
    span: Span
    place: str
    candidates: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(f"@{name}" for name in self.candidates)

    def correction(self, close: str) -> Edit | None:
        start = self.span.start + 1  # behind the `@`
        return Edit(Span(self.span.file, start, start + len(self.name)), close)


@dataclass(frozen=True, slots=True)
class WrongKind(Fact):
    """A name that is declared, but as something else than what stands here."""

    DIAGNOSTIC = declared.WRONG_KIND

    name: str
    span: Span
    wanted: str
    found: str
    declared: Span | None


@dataclass(frozen=True, slots=True)
class UnknownEnumValue(Misspelt):
    DIAGNOSTIC = declared.UNKNOWN_ENUM_VALUE

    enum: str
    name: str
    span: Span
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownDeclaration(Importable):
    """No entity, role, error, event, mixin, api … of this name is visible."""

    DIAGNOSTIC = declared.UNKNOWN_DECLARATION

    kind: str
    name: str
    span: Span
    candidates: tuple[str, ...]
    module: str | None = None
    importing: Edit | None = None

    def help_text(self) -> str:
        if self.kind == "role" and self.module is None and self.name.lower() in elsewhere.ANONYMOUS:
            return "a caller without a token has the role `anonymous`"
        return Importable.help_text(self)

    def fix(self) -> Fix | None:
        return (
            None if self.kind == "role" and self.name.lower() in elsewhere.ANONYMOUS else Importable.fix(self)
        )


@dataclass(frozen=True, slots=True)
class UnknownOperation(Misspelt):
    DIAGNOSTIC = declared.UNKNOWN_OPERATION

    entity: str
    name: str
    span: Span
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnknownSetting(Misspelt):
    DIAGNOSTIC = declared.UNKNOWN_SETTING

    name: str
    place: str
    span: Span
    candidates: tuple[str, ...]
