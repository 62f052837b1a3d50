"""`alter default privileges`, one role, schema, kind of object and grantee at a time.

What comes in: a statement. What goes out: for each of these a text of its own, so that what several statements say of the same can be
taken together.
"""

from collections.abc import Iterator
from itertools import product

from bdc.source.records import dataclass
from bdc.sql.written import NotRead, Part, statement

_KINDS = {
    "OBJECT_TABLE": "tables",
    "OBJECT_SEQUENCE": "sequences",
    "OBJECT_FUNCTION": "functions",
    "OBJECT_ROUTINE": "functions",
    "OBJECT_TYPE": "types",
    "OBJECT_SCHEMA": "schemas",
}
# What `public` has from the beginning.
_USUAL = {"functions": "execute", "types": "usage"}


@dataclass(frozen=True, slots=True)
class Place:
    """What default privileges are of: `role` makes objects of the `kind`, in `schema` (None: anywhere), and `grantee` gets them."""

    role: str | None
    schema: str | None
    kind: str
    grantee: str

    @property
    def head(self) -> str:
        role = f" for role {self.role}" if self.role is not None else ""
        schema = f" in schema {self.schema}" if self.schema is not None else ""
        return f"alter default privileges{role}{schema}"

    @property
    def reset(self) -> str:
        """Return the statement that makes them what they are where nothing was said."""
        usual = _USUAL.get(self.kind) if self.grantee == "public" and self.schema is None else None
        if usual is not None:
            return f"{self.head} grant {usual} on {self.kind} to public;"
        return f"{self.head} revoke all on {self.kind} from {self.grantee};"

    def __str__(self) -> str:
        schema = f" in {self.schema}" if self.schema is not None else ""
        return f"default privileges of {self.grantee} on {self.kind}{schema}"


def said(text: str) -> dict[Place, str]:
    """Return what a statement says of each place; {} for another statement, and one that is not understood."""
    if not text.lstrip().lower().startswith("alter default privileges"):
        return {}
    try:
        return dict(_said(statement(text.strip().rstrip(";"))))
    except NotRead:
        return {}


def _said(part: Part) -> Iterator[tuple[Place, str]]:
    part.only("options", "action")
    action = part.needed("action").only(
        "is_grant", "targtype", "objtype", "privileges", "grantees", "grant_option", "behavior"
    )
    options = {each.text("defname"): each.needed("arg").nodes("items") for each in part.nodes("options")}
    schemas: list[str | None] = [_quoted(each.text("sval")) for each in options.get("schemas", ())]
    roles: list[str | None] = [_role(each) for each in options.get("roles", ())]
    kind = _KINDS.get(action.word("objtype"))
    if kind is None or options.keys() - {"schemas", "roles"}:
        raise NotRead(action.word("objtype"))
    what = ", ".join(each.text("priv_name") for each in action.nodes("privileges")) or "all"
    option = action.flag("grant_option")
    for role, schema, grantee in product(
        roles or [None], schemas or [None], map(_role, action.nodes("grantees"))
    ):
        place = Place(role, schema, kind, grantee)
        if action.flag("is_grant"):
            rest = f"grant {what} on {kind} to {grantee}{' with grant option' if option else ''}"
        else:
            rest = f"revoke {'grant option for ' if option else ''}{what} on {kind} from {grantee}"
        yield place, f"{place.head} {rest};"


def _role(part: Part) -> str:
    word = part.word("roletype")
    return (
        _quoted(part.text("rolename"))
        if word == "ROLESPEC_CSTRING"
        else word.removeprefix("ROLESPEC_").lower()
    )


def _quoted(name: str) -> str:
    plain = name.isidentifier() and name.isascii() and name == name.lower()
    return name if plain else '"' + name.replace('"', '""') + '"'
