"""What `dropped sql "…"` names: an object as DROP calls it, a column or a constraint of a table, or the beginning of a statement."""

from bdc.source.records import dataclass
from bdc.sql.written import NotRead, Part, statement

_RELATIONS = {
    "OBJECT_TABLE": "table",
    "OBJECT_VIEW": "view",
    "OBJECT_MATVIEW": "view",
    "OBJECT_SEQUENCE": "sequence",
}
# What begins a statement that makes no object.
_STATEMENTS = frozenset(
    [
        "alter",
        "analyze",
        "call",
        "comment",
        "create",
        "delete",
        "do",
        "grant",
        "insert",
        "merge",
        "refresh",
        "reset",
    ]
) | {"revoke", "security", "select", "set", "truncate", "update", "with"}


@dataclass(frozen=True, slots=True)
class RemovedSql:
    """`kind`: table, view, sequence, column, type, statement, or `object` for what holds nothing of its own. `names`: a name with its
    schema, where it was written; for a column its table first."""

    kind: str
    names: tuple[str, ...] = ()


def removed_sql(text: str) -> RemovedSql | None:
    """Return what the text names; None where it names nothing."""
    said = " ".join(text.split()).rstrip(";")
    word = said.partition(" ")[0].lower()
    if word in ("column", "constraint"):
        part = _read(f"comment on {said} is ''")
        return None if part is None else RemovedSql("column" if word == "column" else "object", _words(part))
    part = _read(f"drop {said}")
    if part is not None:
        return _dropped(part)
    return RemovedSql("statement") if word in _STATEMENTS else None


def _read(text: str) -> Part | None:
    try:
        return statement(text)
    except NotRead:
        return None


def _words(part: Part) -> tuple[str, ...]:
    return tuple(each.text("sval") for each in part.needed("object").nodes("items"))


def _dropped(part: Part) -> RemovedSql | None:
    if part.kind != "DropStmt":
        return RemovedSql("object")
    kind, (found, *more) = part.word("remove_type"), part.nodes("objects")
    if more or part.flag("missing_ok") or part.word("behavior") == "DROP_CASCADE":
        return None
    if kind in _RELATIONS:
        return RemovedSql(_RELATIONS[kind], tuple(each.text("sval") for each in found.nodes("items")))
    if kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        return RemovedSql("type", found.strings("names"))
    return RemovedSql("object")
