"""E2, first half: values and types that do not fit."""

from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Label
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class TypeMismatch:
    wanted: str
    found: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E201",
            f"expected `{self.wanted}`, found `{self.found}`",
            Label(self.span),
            help=f"write a value of type `{self.wanted}`, or change the type that is expected",
        )


@dataclass(frozen=True, slots=True)
class Incomparable:
    left: str
    right: str
    operator: str
    span: Span
    left_span: Span
    right_span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E202",
            f"`{self.left}` and `{self.right}` cannot be compared with `{self.operator}`",
            Label(self.span),
            secondary=(
                Label(self.left_span, f"this is `{self.left}`"),
                Label(self.right_span, f"this is `{self.right}`"),
            ),
            help=self.help,
        )


@dataclass(frozen=True, slots=True)
class OptionalPath:
    """A step through something that may be null."""

    path: str
    step: str
    span: Span
    optional: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E203",
            f"`{self.path}` may be null, so `.{self.step}` may lead nowhere",
            Label(self.span),
            secondary=(Label(self.optional, "this may be null"),),
            help=f"check first: `{self.path} != null and …`; for a value: `if {self.path} == null then null else …`",
        )


@dataclass(frozen=True, slots=True)
class MayBeNull:
    wanted: str
    place: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E204",
            f"this value can be null, but {self.place} requires one",
            Label(self.span),
            help=f"give a value for that case, `coalesce(…, …)`, or write `{self.wanted}?`",
        )


@dataclass(frozen=True, slots=True)
class BadOperand:
    operator: str
    found: str
    wanted: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E205",
            f"`{self.operator}` expects {self.wanted}, found `{self.found}`",
            Label(self.span),
            help=f"give `{self.operator}` {self.wanted}",
        )


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A literal that its type forbids."""

    value: str
    type: str
    rule: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E206",
            f"{self.value} is no `{self.type}`: {self.rule}",
            Label(self.span),
            help="write a value that the type allows, or change the bounds of the type",
        )


@dataclass(frozen=True, slots=True)
class WrongArguments:
    signature: str
    problem: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E207", self.problem, Label(self.span), help=f"it is called like this: `{self.signature}`"
        )


@dataclass(frozen=True, slots=True)
class NotACollection:
    name: str
    found: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E208",
            f"`{self.name}` is `{self.found}`, not a collection",
            Label(self.span),
            help="only a relation to many (`items: OrderItem[]`) can be counted, summed or searched",
        )


@dataclass(frozen=True, slots=True)
class NotARelation:
    """Where only a relation can be followed; `only`: what may stand there."""

    name: str
    use: str
    only: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic("E208", f"`{self.name}` cannot be {self.use}", Label(self.span), help=self.only)


@dataclass(frozen=True, slots=True)
class NameHidden:
    name: str
    span: Span
    what: str

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E209",
            f"`{self.name}` already means {self.what} here",
            Label(self.span),
            help="bind another name, so that a reader never has to guess which is meant",
        )


@dataclass(frozen=True, slots=True)
class NotAllowedHere:
    """A construct of expressions that has no meaning where it stands."""

    what: str
    place: str
    span: Span
    help: str = ""

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E210", f"{self.what} cannot stand in {self.place}", Label(self.span), help=self.help
        )


@dataclass(frozen=True, slots=True)
class MisplacedAttribute:
    name: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E211",
            f"`@{self.name}` cannot stand here: {self.why}",
            Label(self.span),
            help=f"remove `@{self.name}` here",
        )


@dataclass(frozen=True, slots=True)
class AttributeArgument:
    name: str
    problem: str
    usage: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E212",
            f"`@{self.name}` {self.problem}",
            Label(self.span),
            help=f"it is written like this: `{self.usage}`",
        )


@dataclass(frozen=True, slots=True)
class Cycle:
    """Aliases, mixins, roles, deploys or computed fields that are made of themselves."""

    kind: str
    names: tuple[str, ...]
    span: Span

    def diagnostic(self) -> Diagnostic:
        chain = " → ".join(f"`{name}`" for name in self.names)
        return Diagnostic(
            "E213",
            f"{self.kind} is made of itself: {chain}",
            Label(self.span),
            help="remove one of these steps",
        )


@dataclass(frozen=True, slots=True)
class BadTypeArgument:
    type: str
    problem: str
    usage: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E214",
            f"`{self.type}` {self.problem}",
            Label(self.span),
            help=f"it is written like this: `{self.usage}`",
        )


@dataclass(frozen=True, slots=True)
class MissingMember:
    """A value for an entity, a struct or an error's members that leaves out what must be there. `usage`: what to write, where that is
    not a member with its value."""

    owner: str
    names: tuple[str, ...]
    span: Span
    usage: str = ""

    def diagnostic(self) -> Diagnostic:
        shown = ", ".join(self.names if self.usage else (f"`{name}`" for name in self.names))
        written = ", ".join(f"{name}: …" for name in self.names)
        return Diagnostic(
            "E215",
            f"{self.owner} needs {shown}",
            Label(self.span),
            help=self.usage or f"write `{written}` here, or give {shown} a default where it is declared",
        )


@dataclass(frozen=True, slots=True)
class DefaultNotAllowed:
    name: str
    why: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E216",
            f"`{self.name}` can have no default: {self.why}",
            Label(self.span),
            help="remove the default",
        )


@dataclass(frozen=True, slots=True)
class NullCompared:
    """`x == null` where x is never null."""

    path: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E217",
            f"`{self.path}` is never null, so this is always the same",
            Label(self.span),
            help="remove the comparison, or make the field optional with `?`",
        )


@dataclass(frozen=True, slots=True)
class BadSetting:
    name: str
    wanted: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E218",
            f"`{self.name}` expects {self.wanted}",
            Label(self.span),
            help=f"write {self.wanted} for `{self.name}`",
        )
