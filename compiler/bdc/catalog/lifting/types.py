"""Schemas, extensions, enums and domains."""

from collections.abc import Iterator

from bdc.catalog.lifting.words import chosen, qualified_name, type_text
from bdc.ddl import nodes
from bdc.ddl.names import quote
from bdc.sql.written import NotRead, Part


def schema(part: Part) -> Iterator[nodes.Statement]:
    part.only("schemaname", "if_not_exists")
    yield nodes.CreateSchema(part.text("schemaname"))


def extension(part: Part) -> Iterator[nodes.Statement]:
    part.only("extname", "if_not_exists", "options")
    place = None
    for each in part.nodes("options"):
        if each.text("defname") != "schema":
            raise NotRead("an option of an extension")
        place = each.needed("arg").text("sval")
    yield nodes.CreateExtension(part.text("extname"), None if place == "public" else place)


def enum(part: Part) -> Iterator[nodes.Statement]:
    yield nodes.CreateEnum(qualified_name(part.strings("type_name")), part.strings("vals"))


def domain(part: Part) -> Iterator[nodes.Statement]:
    part.only("domainname", "type_name", "coll_clause", "constraints")
    name = qualified_name(part.strings("domainname"))
    not_null, default = False, None
    checks: list[nodes.CheckDef] = []
    for each in part.nodes("constraints"):
        match each.word("contype"):
            case "CONSTR_NOTNULL":
                not_null = True
            case "CONSTR_DEFAULT":
                default = each.expression("raw_expr")
            case "CONSTR_CHECK" if not each.flag("skip_validation"):
                called = each.text("conname") or chosen(name.name, "check") + str(len(checks) or "")
                checks.append(nodes.CheckDef(called, each.expression("raw_expr")))
            case _:
                raise NotRead(each.word("contype"))
    clause = part.node("coll_clause")
    collation = quote(clause.strings("collname")[-1]) if clause is not None else None
    yield nodes.CreateDomain(
        name, type_text(part.needed("type_name")), not_null, default, tuple(checks), collation
    )
