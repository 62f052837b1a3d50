"""Attributes: which may stand where, and what their arguments are. One table per place."""

import re
from datetime import date

from bdc.diagnostics import did_you_mean
from bdc.ir.versions import is_version
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownAttribute
from bdc.model.errors.support import NotSupported
from bdc.model.errors.types import AttributeArgument, MisplacedAttribute
from bdc.naming.graphql import is_name
from bdc.naming.sql import LONGEST
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast

CONSTRAINTS = {
    "pattern": '@pattern(r"^[A-Z]+$")',
    "min": "@min(0)",
    "max": "@max(100)",
    "format": '@format("email")',
}
PHYSICAL = {"db": '@db("varchar(80)")'}
_COLUMN = {
    **PHYSICAL,
    "column": '@column("legacy_name")',
    "collate": '@collate("C")',
    "identity": "@identity(by_default)",
    "sequence": '@sequence("start with 100 cache 20")',
    "serial": '@serial("the_sequence")',
    "stored": "@stored",
    "virtual": "@virtual",
}
_DEPRECATED = {"deprecated": '@deprecated("why", since: v2)'}
_WAS = {"was": "@was(old_name)"}
_GRAPHQL = {"graphql": '@graphql("otherName")'}
_GRAPHQL_TYPE = {"graphql": '@graphql("OtherName")'}
FIELD = {
    **CONSTRAINTS,
    **_DEPRECATED,
    **_GRAPHQL,
    "id": '@id("the_primary_key")',
    "unique": "@unique",
    "unique_suffix": "@unique_suffix",
    "readonly": "@readonly",
    "immutable": "@immutable",
    "hidden": "@hidden",
    "writeonly": "@writeonly",
    "encrypted": "@encrypted",
    "pii": "@pii",
    "searchable": "@searchable",
    "example": '@example("INV-0001")',
    "computed": "@computed(count(items))",
    "tenant": "@tenant",
    "on_delete": "@on_delete(restrict)",
    "on_update": "@on_update(cascade)",
    "deferrable": "@deferrable(deferred)",
    "match": "@match(full)",
    "unindexed": "@unindexed",
    "fields": "@fields(row, number)",
    "references": "@references(code)",
    "inverse": "@inverse(order)",
    "through": "@through(ProductTag)",
    "table": '@table("legacy")',
    "owned": "@owned",
    "stamp": "@stamp(created)",
    "name": '@name("legacy_fkey")',
    "embed": '@embed("home_")',
    **_WAS,
    "backfill": "@backfill(0)",
    "since": "@since(v2)",
    "removed": "@removed(v3)",
    **_COLUMN,
}
ALIAS = {
    **CONSTRAINTS,
    **PHYSICAL,
    "domain": '@domain("sku", sql("VALUE <> \'\'"))',
    "not_null": "@not_null",
    "schema": '@schema("sales")',
}
_SCHEMA = {"schema": '@schema("sales")'}
STYLE = {"names": "@names(postgres)", "unguarded": "@unguarded"}
ENTITY = {
    "expires": "@expires(at, 30d)",
    "partition": "@partition(range, created_at)",
    "tenant_root": "@tenant_root",
    "audited": "@audited",
    "versioned": "@versioned",
    "table": '@table("legacy")',
    "keyless": "@keyless",
    "unlogged": "@unlogged",
    "with": '@with("fillfactor=70")',
    "restore_deleted": "@restore_deleted",
    **_SCHEMA,
    **STYLE,
    **_WAS,
    **_GRAPHQL_TYPE,
}
VIEW = {**_WAS, **_GRAPHQL_TYPE, "table": '@table("legacy")', "materialized": "@materialized(refresh: 5m)"}
VIEW_FIELD = {
    **_DEPRECATED,
    **_GRAPHQL,
    **_WAS,
    "id": "@id",
    "pii": "@pii",
    "column": '@column("legacy_name")',
}
ENUM = {**_WAS, **_SCHEMA, **_GRAPHQL_TYPE, "native": '@native("order_status")'}
ENUM_VALUE = {**_DEPRECATED, **_WAS, "value": '@value("in progress")'}
_NAMED = {"name": '@name("the_name")'}
INDEX = {**_WAS, **_NAMED, "include": "@include(total)", "with": '@with("fillfactor=70")'}
_DEFERRABLE = {"deferrable": "@deferrable(deferred)"}
_RAISES = {"raises": "@raises(RoomTaken)"}
UNIQUE = {**INDEX, **_RAISES, **_DEFERRABLE, "index": "@index", "nulls_not_distinct": "@nulls_not_distinct"}
EXCLUDE = {**_WAS, **_RAISES, **_NAMED, **_DEFERRABLE}
CHECK = {**_WAS, **_RAISES, **_NAMED}
PRIMARY_KEY = _NAMED
PARTITION = {**_WAS, "table": '@table("legacy")', "with": '@with("fillfactor=70")'}
STRUCT = _GRAPHQL_TYPE
STRUCT_FIELD = {**CONSTRAINTS, **_GRAPHQL, **_WAS, "pii": "@pii", "backfill": "@backfill(0)"}
MEMBER = CONSTRAINTS
INPUT = {"by": "@by(name)", "create": "@create", "as": "@as(tag_list)", "replace": "@replace"}
PARAMETER = {**CONSTRAINTS, **_GRAPHQL, "query": "@query", "header": '@header("X-Name")', "body": "@body"}
OPERATION = {
    "api_key": "@api_key(make, device)",
    **_DEPRECATED,
    **_GRAPHQL,
    "idempotent": "@idempotent",
    "handler": "@handler",
    "http": '@http(GET, "/path")',
    "envelope": '@envelope("article")',
    "reads": "@reads(replica)",
}
EXTERNAL_OPERATION = {
    "idempotent": "@idempotent",
    "http": '@http(POST, "/path")',
    "fallback": "@fallback(null)",
}
JOB = {"handler": "@handler"}
NOTHING: dict[str, str] = {}
EVENT = {"version": "@version(2)"}
API = {"deprecated": '@deprecated("use v2", sunset: "2031-12-31")'}
RESOURCE = {
    "fields": "@fields",
    "can": "@can",
    "bulk": "@bulk",
    "conditional": "@conditional",
    "minimal": "@minimal",
    "single": "@single(owner)",
    "reads": "@reads(replica)",
    "envelope": '@envelope("article")',
}

_SETTINGS = re.compile(r"\s*[\w.]+\s*=\s*[\w.+-]+(\s*,\s*[\w.]+\s*=\s*[\w.+-]+)*\s*")

# Parsed, described in the language, and waiting for a release that carries them to every floor.
LATER = (
    "since",
    "removed",
)


@dataclass(frozen=True, slots=True)
class Word:
    """A name in an attribute, bare or in quotes."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one declaration, each written at most once and known at its place."""

    by_name: dict[str, ast.Attribute]
    usages: dict[str, str]
    context: ResolveContext

    def has(self, name: str) -> bool:
        return name in self.by_name

    def get(self, name: str) -> ast.Attribute | None:
        return self.by_name.get(name)

    def text(self, name: str) -> str | None:
        """Return the string in `@name("…")`; None when absent or wrong (reported)."""
        value = self._only(name)
        if value is None or isinstance(value, ast.StringLiteral):
            return value.value if value is not None else None
        self._wrong(name, "expects a string")
        return None

    def number(self, name: str) -> ast.IntLiteral | ast.DecimalLiteral | None:
        value = self._only(name)
        if value is None or isinstance(value, ast.IntLiteral | ast.DecimalLiteral):
            return value
        self._wrong(name, "expects a number")
        return None

    def word(self, name: str) -> ast.Name | None:
        """Return the single name in `@name(word)`."""
        value = self._only(name)
        if value is None:
            return None
        if isinstance(value, ast.Path) and len(value.names) == 1:
            return value.last
        self._wrong(name, "expects one name")
        return None

    def choice(self, name: str, known: tuple[str, ...]) -> str | None:
        """Return the word in `@name(word)`, where it may be left out; None when it is."""
        found = self.get(name)
        word = self.word(name) if found is not None and found.arguments else None
        if word is None or word.text in known:
            return None if word is None else word.text
        self._wrong(name, f"expects {' or '.join(f'`{each}`' for each in known)}")
        return None

    def replica(self) -> bool:
        """Whether `@reads(replica)` is there; any other word in it is reported."""
        if not self.has("reads"):
            return False
        word = self.word("reads")
        if word is not None and word.text != "replica":
            self._wrong("reads", "expects `replica`")
        return True

    def optional_text(self, name: str) -> str | None:
        """Return the string in `@name("…")`, where it may be left out; None when it is."""
        found = self.get(name)
        return self.text(name) if found is not None and found.arguments else None

    def words(self, name: str, *, report: bool = True) -> tuple[Word, ...]:
        """Return the names in `@name(one, "other")`; nothing when absent or wrong (reported)."""
        found = self.get(name)
        if found is None:
            return ()
        words = tuple(_word(each) for each in found.arguments)
        if words and None not in words:
            return tuple(word for word in words if word is not None)
        if report:
            self._wrong(name, "expects names")
        return ()

    def expression(self, name: str) -> ast.Expr | None:
        return self._only(name)

    def sql_name(self, name: str) -> str | None:
        """Return the string in `@name("…")` that PostgreSQL keeps whole."""
        found = self.text(name)
        if found is not None and len(found.encode()) > LONGEST:
            self._wrong(name, f"has at most {LONGEST} bytes: PostgreSQL cuts off the rest")
        return found

    def settings(self) -> str | None:
        """Return the storage parameters in `@with("fillfactor = 70")`, spelled as PostgreSQL tells them."""
        text = self.text("with")
        if text is None:
            return None
        if _SETTINGS.fullmatch(text) is None:
            self._wrong("with", "expects settings")
            return None
        return ", ".join(" = ".join(part.split("=", 1)) for part in re.sub(r"\s+", "", text).split(","))

    def graphql(self) -> str | None:
        """Return the name in `@graphql("otherName")`."""
        name = self.text("graphql")
        if name is not None and not is_name(name):
            self._wrong("graphql", "has letters, digits and `_`, and does not begin with `__`")
            return None
        return name

    def deprecated(self) -> str | None:
        """Return the reason in `@deprecated("why", since: v2)`, with the version behind it."""
        found = self.get("deprecated")
        if found is None:
            return None
        match [(each.name.text if each.name is not None else "", each.value) for each in found.arguments]:
            case [("", ast.StringLiteral(value=reason))]:
                return reason
            case [("", ast.StringLiteral(value=reason)), ("since", ast.Path(names=(since,)))]:
                return f"{reason} (since {since.text})"
        self._wrong("deprecated", "expects its reason, and may have the version since which it holds")
        return None

    def version(self, name: str) -> str | None:
        """Return the version in `@name(v2)`; None when absent or wrong (reported)."""
        word = self.word(name)
        if word is None or is_version(word.text):
            return word.text if word is not None else None
        self._wrong(name, "expects a version of an api, `v2`")
        return None

    def leaving(self) -> tuple[str, str] | None:
        """Return the reason and the day in `@deprecated("why", sunset: "2031-12-31")`; '' for a day that is not written."""
        found = self.get("deprecated")
        if found is None:
            return None
        match [(each.name.text if each.name is not None else "", each.value) for each in found.arguments]:
            case [("", ast.StringLiteral(value=reason))]:
                return reason, ""
            case [("", ast.StringLiteral(value=reason)), ("sunset", ast.StringLiteral(value=day))] if _is_day(
                day
            ):
                return reason, day
        self._wrong("deprecated", "expects its reason, and may have the day on which the api goes away")
        return None

    def _only(self, name: str) -> ast.Expr | None:
        found = self.get(name)
        if found is None:
            return None
        if len(found.arguments) == 1 and found.arguments[0].name is None:
            return found.arguments[0].value
        self._wrong(name, "expects exactly one argument")
        return None

    def _wrong(self, name: str, problem: str) -> None:
        """Report an argument, unless what stood there could not even be read."""
        span = self.by_name[name].span
        if not self.context.is_unreadable(span) and self.by_name[name].name == name:
            self.context.report(AttributeArgument(name, problem, self.usages[name], span))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _word(argument: ast.Argument) -> Word | None:
    value = argument.value
    if argument.name is None and isinstance(value, ast.Path) and len(value.names) == 1:
        return Word(value.text, value.span)
    if argument.name is None and isinstance(value, ast.StringLiteral):
        return Word(value.value, value.span)
    return None


def is_field_attribute(attribute: ast.Attribute, name: str) -> bool:
    """Say whether an attribute of a field is `@name`, or was surely meant to be."""
    if attribute.name in FIELD or attribute.name in LATER:
        return attribute.name == name
    return did_you_mean(attribute.name, FIELD) == name


def read_attributes(
    written: tuple[ast.Attribute, ...], usages: dict[str, str], place: str, context: ResolveContext
) -> Attributes:
    """Index the attributes of a declaration; report those unknown at `place`, repeated, or not supported yet."""
    found: dict[str, ast.Attribute] = {}
    for attribute in written:
        name = attribute.name
        if name in LATER and name not in usages:
            context.report(NotSupported(f"`@{name}`", attribute.span))
        elif name not in usages:
            unknown = UnknownAttribute(name, attribute.span, place, tuple(sorted(usages)))
            context.report(unknown)
            meant = unknown.close
            if meant is not None:
                found.setdefault(meant, attribute)  # read as what it means, so that nothing else is missing
        elif name in found and found[name].name == name:
            context.report(MisplacedAttribute(name, "it is written twice", attribute.span, redundant=True))
        else:
            found[name] = attribute
            if attribute.arguments and "(" not in usages[name]:
                context.report(AttributeArgument(name, "takes no argument", usages[name], attribute.span))
    return Attributes(found, usages, context)
