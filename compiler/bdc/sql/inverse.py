"""What takes a statement back, what it is about, and whether rows go with that.

What comes in: a statement of the user that no model describes. What goes out: SQL text; None where nothing can be said. The
statements that make objects are undone by a DROP, those that give or set something by what sets it as it was before anything was said.
"""

from bdc.source.records import dataclass
from bdc.sql.written import NotRead, Part, copied, statement, statement_text

_DEFINED = {
    "OBJECT_TYPE": "type",
    "OBJECT_COLLATION": "collation",
    "OBJECT_TSCONFIGURATION": "text search configuration",
} | {
    "OBJECT_TSDICTIONARY": "text search dictionary",
    "OBJECT_TSPARSER": "text search parser",
    "OBJECT_TSTEMPLATE": "text search template",
}
_NAMED = {
    "CreateRangeStmt": ("type", "type_name"),
    "CreateEnumStmt": ("type", "type_name"),
    "CreateDomainStmt": ("domain", "domainname"),
    "CreateStatsStmt": ("statistics", "defnames"),
}
_WORDED = {
    "CreatePublicationStmt": ("publication", "pubname"),
    "CreateSubscriptionStmt": ("subscription", "subname"),
    "CreateEventTrigStmt": ("event trigger", "trigname"),
    "CreateForeignServerStmt": ("server", "servername"),
    "CreateFdwStmt": ("foreign data wrapper", "fdwname"),
    "CreateExtensionStmt": ("extension", "extname"),
    "CreateSchemaStmt": ("schema", "schemaname"),
}
_ON = {
    "RuleStmt": ("rule", "rulename", "relation"),
    "CreatePolicyStmt": ("policy", "policy_name", "table"),
} | {"CreateTrigStmt": ("trigger", "trigname", "relation")}
# What sets it as it was before anything was said, and what two such statements have in common.
_OPPOSITE = {
    "AT_EnableRowSecurity": ("disable row level security", "row level security"),
    "AT_DisableRowSecurity": ("enable row level security", "row level security"),
    "AT_ForceRowSecurity": ("no force row level security", "forced row level security"),
    "AT_NoForceRowSecurity": ("force row level security", "forced row level security"),
    "AT_ReplicaIdentity": ("replica identity default", "replica identity"),
    "AT_ClusterOn": ("set without cluster", "cluster"),
}
# What of a column is as it was; what is set by name is reset by its names.
_COLUMN_SETTINGS = {
    "AT_SetStatistics": "set statistics -1",
    "AT_SetStorage": "set storage default",
    "AT_SetCompression": "set compression default",
    "AT_SetOptions": "",
}


@dataclass(frozen=True, slots=True)
class Inverse:
    """`drop` takes the statement back. `subject`: two statements with the same one replace each other. `table`: what it belongs to.
    `holds`: the relation whose rows go with it. `again`: the statement without rows of its own, where it makes them."""

    drop: str
    subject: str
    table: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    again: str | None = None


def inverse(text: str) -> Inverse | None:
    """Return what takes the statement back; None where nothing can be said."""
    try:
        return _inverse(statement(text.strip().rstrip(";")))
    except NotRead:
        return None


def _inverse(part: Part) -> Inverse | None:
    kind = part.kind
    if kind in ("CreateStmt", "CreateTableAsStmt", "CreateForeignTableStmt"):
        return _relation(part)
    if kind in _NAMED:
        word, field = _NAMED[kind]
        return _dropped(word, _dotted(part.strings(field)))
    if kind in _WORDED:
        word, field = _WORDED[kind]
        return _dropped(word, _quoted(part.text(field)))
    if kind in _ON:
        word, field, owner = _ON[kind]
        table = _names(part.needed(owner))
        drop = f"{word} {_quoted(part.text(field))} on {_dotted(table)}"
        return Inverse(f"drop {drop}", drop, table)
    match kind:
        case "CompositeTypeStmt":
            return _dropped("type", _dotted(_names(part.needed("typevar"))))
        case "ViewStmt":
            return _dropped("view", _dotted(_names(part.needed("view"))))
        case "CreateSeqStmt":
            return _dropped("sequence", _dotted(_names(part.needed("sequence"))))
        case "DefineStmt":
            return _defined(part)
        case "CreateCastStmt":
            types = [_type(part.needed(name)) for name in ("sourcetype", "targettype")]
            return _dropped("cast", f"({' as '.join(types)})")
        case "CreateOpClassStmt" | "CreateOpFamilyStmt":
            word = "operator class" if kind == "CreateOpClassStmt" else "operator family"
            field = "opclassname" if kind == "CreateOpClassStmt" else "opfamilyname"
            return _dropped(word, f"{_dotted(part.strings(field))} using {_quoted(part.text('amname'))}")
        case "GrantStmt" | "GrantRoleStmt":
            return _turned(part, part)
        case "AlterDefaultPrivilegesStmt":
            return _turned(part, part.needed("action"))
        case "AlterTableStmt":
            return _altered(part)
        case "CommentStmt":
            gone = copied(part)
            gone.message.ClearField("comment")
            return Inverse(statement_text(gone), statement_text(gone))
        case "CreateFunctionStmt":
            return _routine(part)
    return None


def _dropped(word: str, name: str) -> Inverse:
    return Inverse(f"drop {word} {name}", f"{word} {name}")


def _quoted(name: str) -> str:
    plain = name.isidentifier() and name.isascii() and name == name.lower()
    return name if plain and name not in _RESERVED else '"' + name.replace('"', '""') + '"'


# Words of PostgreSQL that cannot be names without quotes are few, and quoting is always right.
_RESERVED = frozenset(
    [
        "user",
        "order",
        "table",
        "group",
        "all",
        "end",
        "check",
        "default",
        "select",
        "primary",
        "references",
        "to",
    ]
)


def _dotted(names: tuple[str, ...]) -> str:
    return ".".join(_quoted(name) for name in names)


def _names(part: Part) -> tuple[str, ...]:
    return tuple(name for name in (part.text("schemaname"), part.text("relname")) if name)


def _type(part: Part) -> str:
    return statement_text(_cast(part)).partition("::")[2].strip()


def _cast(part: Part) -> Part:
    found = copied(statement("select null::int"))
    target = found.nodes("target_list")[0].needed("val")
    target.message.type_name.CopyFrom(part.message)
    return found


def _relation(part: Part) -> Inverse:
    if part.kind == "CreateTableAsStmt":
        names = _names(part.needed("into").needed("rel"))
        word = "materialized view" if part.word("objtype") == "OBJECT_MATVIEW" else "table"
        empty = copied(part)
        empty.message.into.skip_data = True
        holds = names if word == "table" else ()
        return Inverse(
            f"drop {word} {_dotted(names)}", f"{word} {_dotted(names)}", (), holds, statement_text(empty)
        )
    if part.kind == "CreateForeignTableStmt":
        return _dropped("foreign table", _dotted(_names(part.needed("base_stmt").needed("relation"))))
    names = _names(part.needed("relation"))
    return Inverse(f"drop table {_dotted(names)}", f"table {_dotted(names)}", (), names)


def _defined(part: Part) -> Inverse | None:
    kind, name = part.word("kind"), _dotted(part.strings("defnames"))
    if kind in _DEFINED:
        return _dropped(_DEFINED[kind], name)
    if kind == "OBJECT_AGGREGATE":
        arguments = part.nodes("args")[0].nodes("items") if part.nodes("args") else ()
        types = ", ".join(_type(each.needed("arg_type")) for each in arguments)
        return _dropped("aggregate", f"{name}({types or '*'})")
    if kind == "OBJECT_OPERATOR":
        said = {each.text("defname").lower(): each for each in part.nodes("definition")}
        sides = [
            _type(said[side].needed("arg")) if side in said else "none" for side in ("leftarg", "rightarg")
        ]
        return _dropped("operator", f"{'.'.join(part.strings('defnames'))} ({', '.join(sides)})")
    return None


def _turned(part: Part, action: Part) -> Inverse:
    found = copied(part)
    turned = found.needed("action") if action is not part else found
    given = action.flag("is_grant")
    turned.message.is_grant = not given
    if given and turned.kind == "GrantStmt":
        turned.message.grant_option = False
    subject = statement_text(part)
    return Inverse(statement_text(found), subject)


def _altered(part: Part) -> Inverse | None:
    (command, *more) = part.nodes("cmds")
    kind, table = command.word("subtype"), _names(part.needed("relation"))
    head = f"alter table {_dotted(table)}"
    if kind in _COLUMN_SETTINGS:
        return _column_settings(head, table, [command, *more])
    if more:
        return None
    if kind in _OPPOSITE:
        back, about = _OPPOSITE[kind]
        return Inverse(f"{head} {back}", f"{about} of {_dotted(table)}", table)
    if kind == "AT_AddConstraint" and command.needed("def").text("conname"):
        name = _quoted(command.needed("def").text("conname"))
        return Inverse(f"{head} drop constraint {name}", f"constraint {name} on {_dotted(table)}", table)
    if kind in ("AT_AddInherit", "AT_DropInherit"):
        other = "no inherit" if kind == "AT_AddInherit" else "inherit"
        parent = _dotted(_names(command.needed("def")))
        return Inverse(f"{head} {other} {parent}", f"{head} {other} {parent}", table)
    return None


def _column_settings(head: str, table: tuple[str, ...], commands: list[Part]) -> Inverse | None:
    """Of one column, as a server says them: all in one statement."""
    columns = {command.text("name") for command in commands}
    if len(columns) != 1 or any(command.word("subtype") not in _COLUMN_SETTINGS for command in commands):
        return None
    column = f"alter column {_quoted(*columns)}"
    back = ", ".join(f"{column} {_default_of(command)}" for command in commands)
    return Inverse(f"{head} {back}", f"settings of {_dotted((*table, *columns))}", table)


def _default_of(command: Part) -> str:
    known = _COLUMN_SETTINGS[command.word("subtype")]
    if known:
        return known
    names = (each.text("defname") for each in command.needed("def").nodes("items"))
    return f"reset ({', '.join(map(_quoted, names))})"


def _routine(part: Part) -> Inverse | None:
    word = "procedure" if part.flag("is_procedure") else "function"
    given = ("FUNC_PARAM_IN", "FUNC_PARAM_INOUT", "FUNC_PARAM_VARIADIC", "FUNC_PARAM_DEFAULT")
    types = [
        _type(each.needed("arg_type")) for each in part.nodes("parameters") if each.word("mode") in given
    ]
    return _dropped(word, f"{_dotted(part.strings('funcname'))}({', '.join(types)})")
