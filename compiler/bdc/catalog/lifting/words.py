"""Small parts of definitions: names, types, options, roles."""

from collections.abc import Iterable

from bdc.ddl.names import LONGEST, Name, qualified, quote
from bdc.sql.written import NotRead, Part, expression_text, statement

_TYPES = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
    "bpchar": "character",
    "varchar": "character varying",
    "varbit": "bit varying",
    "numeric": "numeric",
    "decimal": "numeric",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "bit": "bit",
    "interval": "interval",
}
_SERIAL = {"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint"} | {
    "smallserial": "smallint",
    "serial2": "smallint",
}
_OWN_SCHEMAS = ("pg_catalog", "public")


def relation(part: Part) -> Name:
    """Return the name of a table, view, sequence or index. Raises NotRead for a temporary one and for `only`."""
    part.only("schemaname", "relname", "inh", "relpersistence")
    if not part.flag("inh") or part.text("relpersistence") == "t":
        raise NotRead("a temporary table, or `only`")
    return placed(part.text("relname"), part.text("schemaname"))


def placed(name: str, schema: str = "") -> Name:
    return Name(name, None if schema in ("", "public") else schema)


def qualified_name(parts: tuple[str, ...]) -> Name:
    """Return the name in a list of one or two words. Raises NotRead for more."""
    if not 1 <= len(parts) <= 2:
        raise NotRead(f"the name {'.'.join(parts)}")
    return placed(parts[-1], parts[0] if len(parts) == 2 else "")


def type_text(part: Part) -> str:
    """Return a type as `format_type` spells it. Raises NotRead."""
    part.only("names", "typmods", "typemod", "array_bounds")
    names = part.strings("names")
    own = names[:-1] in ((), ("pg_catalog",))
    spelled = _TYPES.get(names[-1]) if own else None
    arguments = [expression_text(each) for each in part.nodes("typmods")]
    if spelled is None:
        own_name = Name(names[-1]) if names[:-1] in ((), *((each,) for each in _OWN_SCHEMAS)) else None
        spelled = qualified(own_name or qualified_name(names))
    if names[-1] == "bpchar" and not arguments and names[:-1] == ():
        raise NotRead("bpchar without a length")
    if arguments:
        spelled = _with_arguments(spelled, arguments)
    return spelled + ("[]" if part.nodes("array_bounds") else "")


def _with_arguments(spelled: str, arguments: list[str]) -> str:
    if spelled == "interval":
        raise NotRead("fields of an interval")
    if spelled == "numeric" and len(arguments) == 1:
        arguments = [*arguments, "0"]
    head, _, rest = spelled.partition(" with")
    listed = f"({','.join(arguments)})"
    if spelled.startswith("time"):
        return f"{head}{listed}{' with' + rest if rest else ''}"
    if spelled in ("character", "bit") and arguments == ["1"]:
        return f"{spelled}(1)"
    return spelled + listed


def serial(part: Part) -> str | None:
    """Return the type behind `serial`; None for every other type."""
    names = part.strings("names")
    return _SERIAL.get(names[0]) if len(names) == 1 and not part.nodes("array_bounds") else None


def options(parts: Iterable[Part]) -> str | None:
    """Return `with (…)` as SQL text, spelled as a catalog is read: `fillfactor = 70`."""
    return ", ".join(_option(each) for each in parts) or None


def _option(part: Part) -> str:
    part.only("defnamespace", "defname", "arg", "defaction")
    space = f"{part.text('defnamespace')}." if part.text("defnamespace") else ""
    return f"{space}{part.text('defname')} = {value(part)}"


def value(part: Part) -> str:
    """Return the value of an option as SQL text; `true` where it is only named."""
    found = part.node("arg")
    if found is None:
        return "true"
    match found.kind:
        case "Integer":
            return str(found.number("ival"))
        case "Float":
            return found.text("fval")
        case "Boolean":
            return str(found.flag("boolval")).lower()
        case "String":
            text = found.text("sval")
            return text if text.replace("_", "").isalnum() else "'" + text.replace("'", "''") + "'"
        case "TypeName" if found.strings("names")[:-1] == ():
            return found.strings("names")[0]
    raise NotRead(f"an option {found.kind}")


def role(part: Part) -> str:
    """Return a role. Raises NotRead for those that depend on the session."""
    match part.word("roletype"):
        case "ROLESPEC_PUBLIC":
            return "public"
        case "ROLESPEC_CSTRING":
            return part.text("rolename")
    raise NotRead("current_user")


def roles(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(role(each) for each in parts)


def chosen(*words: str) -> str:
    """Return the name that PostgreSQL makes of words. Raises NotRead for one that it would shorten."""
    found = "_".join(words)
    if len(found.encode()) > LONGEST:
        raise NotRead("a name that PostgreSQL shortens")
    return found


def type_of(text: str) -> str:
    """Return a type that is written as text. Raises NotRead."""
    cast = statement(f"select null::{text}").nodes("target_list")[0].needed("val")
    return type_text(cast.needed("type_name"))


def column_names(names: Iterable[str]) -> str:
    return ", ".join(map(quote, names))
