"""E2, second half: keys, relations, tenants and machines that do not hold together."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Label
from bdc.naming.casing import snake
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class NoKey:
    entity: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E221",
            f"entity `{self.entity}` has no key",
            Label(self.span),
            help="write `id: uuid = uuid7() @id`, or `id (a, b)` for a key of several fields",
        )


@dataclass(frozen=True, slots=True)
class TwoKeys:
    entity: str
    span: Span
    first: Span
    why: str = "the first is here"

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E222",
            f"entity `{self.entity}` has two keys",
            Label(self.span),
            secondary=(Label(self.first, self.why),),
            help="a key of several fields is written once, `id (a, b)`",
        )


@dataclass(frozen=True, slots=True)
class BadColumn:
    """A field that a key, unique or index cannot be made of."""

    place: str
    field: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E223",
            f"`{self.field}` cannot be part of {self.place}: {self.why}",
            Label(self.span),
            help="name a field that is stored in a column of its own",
        )


@dataclass(frozen=True, slots=True)
class NoInverse:
    """`orders: Order[]` and no way to tell by which reference."""

    entity: str
    field: str
    target: str
    candidates: tuple[str, ...]
    span: Span

    def diagnostic(self) -> Diagnostic:
        if not self.candidates:
            text = f"give `{self.target}` a reference to `{self.entity}`, or name a join entity with `@through(…)`"
        else:
            text = f"say by which: `@inverse({self.candidates[0]})`, or `@through` for a relation of many to many"
        return Diagnostic(
            "E224",
            f"cannot tell which reference of `{self.target}` belongs to `{self.entity}.{self.field}`",
            Label(self.span),
            help=text,
        )


@dataclass(frozen=True, slots=True)
class BadInverse:
    field: str
    inverse: str
    why: str
    span: Span
    declared: Span | None = None

    def diagnostic(self) -> Diagnostic:
        secondary = (Label(self.declared, "declared here"),) if self.declared else ()
        return Diagnostic(
            "E225",
            f"`{self.inverse}` cannot be the inverse of `{self.field}`: {self.why}",
            Label(self.span),
            secondary=secondary,
            help="name a reference of the other entity that leads back to this one",
        )


@dataclass(frozen=True, slots=True)
class BadThrough:
    field: str
    through: str
    why: str
    span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E226",
            f"`{self.through}` does not join `{self.field}`: {self.why}",
            Label(self.span),
            help=self.help,
        )


@dataclass(frozen=True, slots=True)
class UnclearJoin:
    """A collection alone between whose sides no entity can be made."""

    field: str
    why: str
    span: Span
    help: str
    other: Span | None = None

    def diagnostic(self) -> Diagnostic:
        secondary = (Label(self.other, "declared here"),) if self.other else ()
        return Diagnostic(
            "E244",
            f"no table joins `{self.field}`: {self.why}",
            Label(self.span),
            secondary=secondary,
            help=self.help,
        )


@dataclass(frozen=True, slots=True)
class BadOwned:
    field: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E227",
            f"`{self.field}` cannot be `@owned`: {self.why}",
            Label(self.span),
            help="remove `@owned`; the rows are then created, changed and deleted by themselves",
        )


@dataclass(frozen=True, slots=True)
class BadTenant:
    why: str
    span: Span
    other: Span | None = None
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        secondary = (Label(self.other, "the other one"),) if self.other else ()
        return Diagnostic("E228", self.why, Label(self.span), secondary=secondary, help=self.help)


@dataclass(frozen=True, slots=True)
class CrossTenant:
    """An entity outside of every tenant that points at rows which belong to one."""

    entity: str
    field: str
    target: str
    root: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E229",
            f"`{self.target}` rows belong to one `{self.root}` each, and `{self.entity}` rows do not",
            Label(self.span),
            help=f"give `{self.entity}` a `@tenant` field, so that it can only point at rows of its own `{self.root}`",
        )


@dataclass(frozen=True, slots=True)
class BadOnDelete:
    field: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E230",
            f"`{self.field}`: {self.why}",
            Label(self.span),
            help="choose another `@on_delete`: `no_action`, `restrict`, `cascade`, `set_null` or `set_default`",
        )


@dataclass(frozen=True, slots=True)
class BadReference:
    """A reference that leads to no row, or that its fields cannot carry."""

    field: str
    why: str
    span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E240", f"`{self.field}` cannot be a reference: {self.why}", Label(self.span), help=self.help
        )


@dataclass(frozen=True, slots=True)
class BadView:
    """A view that is used in a way that it cannot be."""

    view: str
    why: str
    span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic("E241", f"view `{self.view}`: {self.why}", Label(self.span), help=self.help)


@dataclass(frozen=True, slots=True)
class BadPartition:
    why: str
    span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic("E242", f"invalid partitioning: {self.why}", Label(self.span), help=self.help)


@dataclass(frozen=True, slots=True)
class RelationOutsideEntity:
    """`about: Quote | Ticket` in a struct, a parameter or a view, or any entity in a struct: no key leads anywhere from there."""

    targets: tuple[str, ...]
    span: Span

    def diagnostic(self) -> Diagnostic:
        what = f"a choice (`{' | '.join(self.targets)}`)" if len(self.targets) > 1 else "a relation"
        keys = ", ".join(f"`{snake(each)}_id: uuid?`" for each in self.targets)
        return Diagnostic(
            "E245",
            f"only entities can have relations, and this is {what}",
            Label(self.span),
            help=f"make what has it an entity, or keep the values: {keys}",
        )


@dataclass(frozen=True, slots=True)
class BadArc:
    """`subject: Quote | Ticket` that is no choice between rows of entities."""

    field: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E243",
            f"`{self.field}` cannot be a choice: {self.why}",
            Label(self.span),
            help="name two or more entities, each once, without a default: `A | B`",
        )


@dataclass(frozen=True, slots=True)
class MachineField:
    entity: str
    field: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E231",
            f"`{self.entity}.{self.field}` cannot have a machine: {self.why}",
            Label(self.span),
            help="give a machine to a field that is an enum and cannot be null",
        )


@dataclass(frozen=True, slots=True)
class SystemColumn:
    """A field that wants a column which every table of PostgreSQL has already."""

    name: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E233",
            f"column `{self.name}` conflicts with a system column of PostgreSQL",
            Label(self.span, "every table has a column of this name"),
            help=f'give it another name in the database: `@column("{self.name}_")`',
        )


@dataclass(frozen=True, slots=True)
class ClashingColumns:
    """Two fields of one table that want one column, or two entities that want one table."""

    what: str
    name: str
    span: Span
    first: Span
    place: str = "in the database"
    help: str = 'rename one, or give it another name there with `@column("…")` or `@table("…")`'

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E232",
            f"two {self.what} would both be called `{self.name}` {self.place}",
            Label(self.span),
            secondary=(Label(self.first, "the first is here"),),
            help=self.help,
        )
