"""E1: names that mean nothing, too much, or something else."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Edit, Fix, Label, Severity, did_you_mean
from bdc.source import Span


def suggest(span: Span, name: str, candidates: tuple[str, ...]) -> tuple[str, Fix | None]:
    """Return the help sentence and the fix for a misspelt name; names that are far from it are listed."""
    close = did_you_mean(name, candidates)
    if close is None:
        known = tuple(dict.fromkeys(candidates))
        return f"there are {listing(known, 12)}" if known else "", None
    return f"did you mean `{close}`?", Fix(f"write `{close}`", (Edit(span, close),))


def listing(names: tuple[str, ...], limit: int = 8) -> str:
    """Return names for a sentence: `a`, `b` and 3 more."""
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


@dataclass(frozen=True, slots=True)
class DuplicateName:
    """Two declarations of one name in a module, or two things that need a name of their own in the whole system."""

    kind: str
    name: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E101",
            f"{self.kind} `{self.name}` is declared twice",
            Label(self.span, "again here"),
            secondary=(Label(self.first, "first declared here"),),
            help="rename one of them, or remove it",
        )


@dataclass(frozen=True, slots=True)
class DuplicateMember:
    kind: str
    name: str
    owner: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E102",
            f"{self.kind} `{self.name}` is written twice in {self.owner}",
            Label(self.span, "again here"),
            secondary=(Label(self.first, "first written here"),),
            help=f"remove one of the two, or give it another name than `{self.name}`",
        )


# What other languages call our types.
FOREIGN_TYPES = {
    "str": "string",
    "varchar": "string",
    "char": "string",
    "integer": "int",
    "int32": "int",
    "smallint": "int",
    "serial": "int",
    "number": "int",
    "int64": "bigint",
    "long": "bigint",
    "bigserial": "bigint",
    "double": "float",
    "real": "float",
    "numeric": "decimal",
    "boolean": "bool",
    "guid": "uuid",
    "datetime": "timestamp",
    "timestamptz": "timestamp",
    "instant": "timestamp",
    "interval": "duration",
    "jsonb": "json",
    "object": "json",
    "map": "json",
    "any": "json",
    "blob": "bytes",
    "bytea": "bytes",
    "binary": "bytes",
}


@dataclass(frozen=True, slots=True)
class UnknownType:
    name: str
    span: Span
    candidates: tuple[str, ...]
    module: str | None = None  # where a declaration of this name could be imported from

    def diagnostic(self) -> Diagnostic:
        known = FOREIGN_TYPES.get(self.name.lower())
        text, fix = suggest(self.span, known or self.name, self.candidates)
        if self.module is not None:
            text, fix = (
                f"`{self.name}` is declared in `{self.module}`: add `use {self.module} {{ {self.name} }}`",
                None,
            )
        return Diagnostic(
            "E103", f"there is no type `{self.name}` here", Label(self.span), help=text, fix=fix
        )


@dataclass(frozen=True, slots=True)
class UnknownModule:
    name: str
    span: Span
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        return Diagnostic("E104", f"there is no module `{self.name}`", Label(self.span), help=text, fix=fix)


@dataclass(frozen=True, slots=True)
class UnknownImport:
    module: str
    name: str
    span: Span
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        return Diagnostic(
            "E105", f"module `{self.module}` declares no `{self.name}`", Label(self.span), help=text, fix=fix
        )


@dataclass(frozen=True, slots=True)
class UnusedImport:
    name: str
    module: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E106",
            f"`{self.name}` is imported from `{self.module}` and never used",
            Label(self.span),
            severity=Severity.WARNING,
            help="remove it from the `use` line",
        )


@dataclass(frozen=True, slots=True)
class AmbiguousImport:
    name: str
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E107",
            f"`{self.name}` would mean two things in this module",
            Label(self.span, "imported here"),
            secondary=(Label(self.first, "already means this"),),
            help=f"import it under another name: `{self.name} as Other{self.name}`",
        )


@dataclass(frozen=True, slots=True)
class UnknownField:
    owner: str
    name: str
    span: Span
    candidates: tuple[str, ...]
    noun: str = "field"

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        return Diagnostic(
            "E108", f"{self.owner} has no {self.noun} `{self.name}`", Label(self.span), help=text, fix=fix
        )


@dataclass(frozen=True, slots=True)
class NotOfTheRow:
    """A filter, search or sort by a path: lists are filtered and sorted by fields of their own rows."""

    entity: str
    path: tuple[str, ...]
    span: Span

    def diagnostic(self) -> Diagnostic:
        written = ".".join(self.path)
        return Diagnostic(
            "E108",
            f"`{written}` is not a field of `{self.entity}` itself",
            Label(self.span),
            help=f"name `{self.path[0]}`, or show the value in a view: `{'_'.join(self.path)}: … = x.{written}`",
        )


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A bare name in an expression that is no field, binding, parameter or enum value in sight."""

    name: str
    span: Span
    candidates: tuple[str, ...]
    expected: str = ""
    entity: bool = False

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        if self.entity:
            fix = None
            text = f"rows of `{self.name}` are reached along a collection: declare one of type `{self.name}[]` and name it here"
        where = f" (a value of `{self.expected}` is wanted)" if self.expected else ""
        return Diagnostic(
            "E109", f"`{self.name}` means nothing here{where}", Label(self.span), help=text, fix=fix
        )


@dataclass(frozen=True, slots=True)
class UnknownFunction:
    name: str
    span: Span
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        return Diagnostic("E110", f"there is no function `{self.name}`", Label(self.span), help=text, fix=fix)


@dataclass(frozen=True, slots=True)
class UnknownAttribute:
    name: str
    span: Span
    place: str
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        close = did_you_mean(self.name, self.candidates)
        text = (
            f"did you mean `@{close}`?"
            if close
            else f"there are {listing(tuple('@' + each for each in self.candidates))}"
        )
        return Diagnostic(
            "E111", f"{self.place} knows no attribute `@{self.name}`", Label(self.span), help=text
        )


@dataclass(frozen=True, slots=True)
class WrongKind:
    """A name that is declared, but as something else than what stands here."""

    name: str
    span: Span
    wanted: str
    found: str
    declared: Span | None

    def diagnostic(self) -> Diagnostic:
        secondary = (Label(self.declared, "declared here"),) if self.declared else ()
        return Diagnostic(
            "E112",
            f"expected {self.wanted}, found `{self.name}`, which is {self.found}",
            Label(self.span),
            secondary=secondary,
            help=f"write the name of {self.wanted}",
        )


@dataclass(frozen=True, slots=True)
class UnknownEnumValue:
    enum: str
    name: str
    span: Span
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        text = text or f"its values are {listing(self.candidates)}"
        return Diagnostic(
            "E113", f"enum `{self.enum}` has no value `{self.name}`", Label(self.span), help=text, fix=fix
        )


@dataclass(frozen=True, slots=True)
class UnknownDeclaration:
    """No entity, role, error, event, mixin, api … of this name is visible."""

    kind: str
    name: str
    span: Span
    candidates: tuple[str, ...]
    module: str | None = None

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        if self.module is not None:
            text, fix = (
                f"`{self.name}` is declared in `{self.module}`: add `use {self.module} {{ {self.name} }}`",
                None,
            )
        return Diagnostic(
            "E114",
            f"there is no {self.kind} `{self.name}` here",
            Label(self.span),
            help=text,
            fix=fix,
        )


@dataclass(frozen=True, slots=True)
class UnknownOperation:
    entity: str
    name: str
    span: Span
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        return Diagnostic(
            "E115", f"`{self.entity}` has no operation `{self.name}`", Label(self.span), help=text, fix=fix
        )


@dataclass(frozen=True, slots=True)
class UnknownSetting:
    name: str
    place: str
    span: Span
    candidates: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        text, fix = suggest(self.span, self.name, self.candidates)
        text = text or f"there are {listing(self.candidates)}"
        return Diagnostic(
            "E116", f"{self.place} has no setting `{self.name}`", Label(self.span), help=text, fix=fix
        )
