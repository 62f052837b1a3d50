"""E2, second half: keys, relations, tenants and machines that do not hold together."""

from bdc.diagnostics import Declared, Edit, Fact, Fix
from bdc.diagnostics.catalogue import relations as declared
from bdc.naming.casing import snake
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NoKey(Fact):
    DIAGNOSTIC = declared.NO_KEY

    entity: str
    span: Span


@dataclass(frozen=True, slots=True)
class TwoKeys(Fact):
    DIAGNOSTIC = declared.TWO_KEYS

    entity: str
    span: Span
    first: Span
    why: str = "the first is here"


@dataclass(frozen=True, slots=True)
class BadColumn(Fact):
    """A field that a key, unique or index cannot be made of."""

    DIAGNOSTIC = declared.BAD_COLUMN

    place: str
    field: str
    why: str
    span: Span
    encrypted: bool = False

    def help_text(self) -> str:
        advice = f"remove `@encrypted`, or name another field in {self.place}"
        return advice if self.encrypted else Fact.help_text(self)


@dataclass(frozen=True, slots=True)
class NoInverse(Fact):
    """`orders: Order[]` and no way to tell by which reference."""

    DIAGNOSTIC = declared.NO_INVERSE

    entity: str
    field: str
    target: str
    candidates: tuple[str, ...]
    span: Span
    type_span: Span
    owned: bool

    def declaration(self) -> Declared:
        if len(self.candidates) == 1:
            return declared.ONE_REFERENCE_BACK
        return declared.NO_INVERSE if self.candidates else declared.NO_REFERENCE_BACK

    def fix(self) -> Fix | None:
        """One reference back leaves no choice for rows that are owned: no table stands between."""
        if len(self.candidates) != 1:
            return None
        text, end = f"@inverse({self.candidates[0]})", self.type_span.end
        after = Span(self.type_span.file, end, end)
        return Fix(f"write `{text}`", (Edit(after, f" {text}"),), self.owned)


@dataclass(frozen=True, slots=True)
class BadInverse(Fact):
    DIAGNOSTIC = declared.BAD_INVERSE

    field: str
    inverse: str
    why: str
    span: Span
    declared: Span | None = None


@dataclass(frozen=True, slots=True)
class BadThrough(Fact):
    DIAGNOSTIC = declared.BAD_THROUGH

    field: str
    through: str
    why: str
    span: Span
    help: str = ""


@dataclass(frozen=True, slots=True)
class UnclearJoin(Fact):
    """A collection alone between whose sides no entity can be made."""

    DIAGNOSTIC = declared.UNCLEAR_JOIN

    field: str
    why: str
    span: Span
    help: str
    other: Span | None = None


@dataclass(frozen=True, slots=True)
class BadOwned(Fact):
    DIAGNOSTIC = declared.BAD_OWNED

    field: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadTenant(Fact):
    DIAGNOSTIC = declared.BAD_TENANT

    why: str
    span: Span
    other: Span | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class CrossTenant(Fact):
    """An entity outside of every tenant that points at rows which belong to one."""

    DIAGNOSTIC = declared.CROSS_TENANT

    entity: str
    field: str
    target: str
    root: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadOnDelete(Fact):
    DIAGNOSTIC = declared.BAD_ON_DELETE

    field: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadReference(Fact):
    """A reference that leads to no row, or that its fields cannot carry."""

    DIAGNOSTIC = declared.BAD_REFERENCE

    field: str
    why: str
    span: Span
    help: str = ""


@dataclass(frozen=True, slots=True)
class BadNesting(Fact):
    """`why` is the fact at the place of the resource."""

    DIAGNOSTIC = declared.BAD_NESTING

    entity: str
    around: str
    why: str
    help: str
    span: Span


@dataclass(frozen=True, slots=True)
class ViaNowhere(Fact):
    DIAGNOSTIC = declared.VIA_NOWHERE

    entity: str
    via: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadSingle(Fact):
    """`why` is the fact at the place of the resource."""

    DIAGNOSTIC = declared.BAD_SINGLE

    entity: str
    why: str
    help: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadShow(Fact):
    """What rows cannot show; `why` is the fact at the place."""

    DIAGNOSTIC = declared.BAD_SHOW

    name: str
    why: str
    help: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadProfile(Fact):
    """What the profile of an api cannot say; `why` is the fact at the place."""

    DIAGNOSTIC = declared.BAD_PROFILE

    name: str
    why: str
    help: str
    span: Span


@dataclass(frozen=True, slots=True)
class BadView(Fact):
    """A view that is used in a way that it cannot be."""

    DIAGNOSTIC = declared.BAD_VIEW

    view: str
    why: str
    span: Span
    help: str = ""


@dataclass(frozen=True, slots=True)
class BadPartition(Fact):
    DIAGNOSTIC = declared.BAD_PARTITION

    why: str
    span: Span
    help: str = ""


@dataclass(frozen=True, slots=True)
class RelationOutsideEntity(Fact):
    """`about: Quote | Ticket` in a struct, a parameter or a view, or any entity in a struct: no key leads anywhere from there."""

    DIAGNOSTIC = declared.RELATION_OUTSIDE_ENTITY

    targets: tuple[str, ...]
    span: Span
    are_values: bool = False

    def declaration(self) -> Declared:
        return declared.CHOICE_OF_VALUES if self.are_values else declared.RELATION_OUTSIDE_ENTITY

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(f"`{snake(each)}: {each}?`" for each in self.targets)

    @property
    def what(self) -> str:
        return f"a choice (`{' | '.join(self.targets)}`)" if len(self.targets) > 1 else "a relation"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"`{snake(each)}_id: uuid?`" for each in self.targets)


@dataclass(frozen=True, slots=True)
class BadArc(Fact):
    """`subject: Quote | Ticket` that is no choice between rows of entities."""

    DIAGNOSTIC = declared.BAD_ARC

    field: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class MachineField(Fact):
    DIAGNOSTIC = declared.MACHINE_FIELD

    entity: str
    field: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class SystemColumn(Fact):
    """A field that wants a column which every table of PostgreSQL has already."""

    DIAGNOSTIC = declared.SYSTEM_COLUMN

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class ClashingColumns(Fact):
    """Two fields of one table that want one column, or two entities that want one table."""

    DIAGNOSTIC = declared.CLASHING_COLUMNS

    what: str
    name: str
    span: Span
    first: Span
    place: str = "in the database"
    help: str = 'rename one, or give it another name with `@column("…")` or `@table("…")`'
