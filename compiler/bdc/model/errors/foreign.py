"""Words of SQL, Prisma, Django and other languages, and what says the same here. Keys are lower case."""

import re
from collections.abc import Mapping
from typing import ClassVar

from bdc.diagnostics import Misspelt

TYPES = {
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

_COUNTED = "numbers that the database counts are `@identity` on the field: `id: int @identity @id`"
_JOINED = "write `concat(…)`"
FUNCTIONS = {
    "serial": _COUNTED,
    "autoincrement": _COUNTED,
    "auto_increment": _COUNTED,
    "nextval": _COUNTED,
    "sequence": _COUNTED,
    "format": _JOINED,
    "uuid": "write `uuid7()`, or `uuid4()` for a random one",
    "gen_random_uuid": "write `uuid4()`, or `uuid7()` for one that is ordered by time",
    "cuid": "write `uuid7()`",
    "len": "write `length(…)`",
    "size": "write `length(…)` of a text, `count(…)` of a relation",
    "char_length": "write `length(…)`",
    "current_timestamp": "write `now()`",
    "timestamp": "write `now()`",
    "current_date": "write `today()`",
    "date": "write `today()`",
    "ifnull": "write `coalesce(…)`",
    "nvl": "write `coalesce(…)`",
    "isnull": "write `… == null`",
    "average": "write `avg(x in xs, x.value)`",
    "mean": "write `avg(x in xs, x.value)`",
    "any": "write `exists x in xs where (…)`",
    "some": "write `exists x in xs where (…)`",
    "all": "write `every x in xs where (…)`",
    "has_role": "roles are named by the rule: `allow read to admin when …`",
    "substr": "write `substring(text, start, count)`",
    "interval": "write the time itself: `1d`, `15m`",
    "duration": "write the time itself: `1d`, `15m`",
    "iif": "write `if … then … else …`",
}
# Words that are values elsewhere and functions here.
CALLED = {
    "now": "now()",
    "today": "today()",
    "current_timestamp": "now()",
    "current_date": "today()",
    "uuid": "uuid7()",
    "current_user": "actor",
    "me": "actor",
    "caller": "actor",
    "self": "actor",
}
_TIMES = "`with Timestamps` of `std.mixins` brings `created_at` and `updated_at`"
_KEY = "the key is marked with `@id`"
_DELETES = "what happens when the other row goes is `@on_delete(cascade)`, `restrict` or `set_null`"
ATTRIBUTES = {
    "primary": _KEY,
    "primary_key": _KEY,
    "pk": _KEY,
    "key": _KEY,
    "default": "the default stands behind the type: `x: int = 1`",
    "index": "indexes are members of the entity: `index (x)`",
    "indexed": "indexes are members of the entity: `index (x)`",
    "relation": "a relation is a field whose type is an entity; the other side is `xs: X[] @inverse(field)`",
    "nullable": "what may be null has a `?` behind its type: `x: int?`",
    "optional": "what may be null has a `?` behind its type: `x: int?`",
    "null": "what may be null has a `?` behind its type: `x: int?`",
    "required": "a field is required unless its type ends with `?`",
    "notnull": "a field is required unless its type ends with `?`",
    "auto": _COUNTED,
    "autoincrement": _COUNTED,
    "generated": "a field that follows from others is `@computed(…)`, with `@stored` if it is kept in the table",
    "updatedat": _TIMES,
    "updated_at": _TIMES,
    "createdat": _TIMES,
    "created_at": _TIMES,
    "map": 'the column is named by `@column("…")`, the table by `@table("…")`',
    "length": "the length is of the type: `string(1..80)`",
    "size": "the length is of the type: `string(1..80)`",
    "range": "the range is of the type: `int(1..10)`",
    "regex": 'write `@pattern("…")`',
    "private": "write `@hidden` for what no answer shows, or a rule in the policy: `field x { read to admin }`",
    "secret": "write `@encrypted`, and `@hidden` for what no answer shows",
    "cascade": _DELETES,
    "ondelete": _DELETES,
    "soft_delete": "write `with SoftDelete` behind the name of the entity (`use std.mixins { SoftDelete }`)",
    "softdelete": "write `with SoftDelete` behind the name of the entity (`use std.mixins { SoftDelete }`)",
    "timestamps": "write `with Timestamps` behind the name of the entity (`use std.mixins { Timestamps }`)",
    "audit": "write `@audited`",
    "allow": "what callers may do stands in a policy: `policy Order { allow read to member }`",
    "deny": "what callers may do stands in a policy: `policy Order { deny delete to member }`",
}


_ATTRIBUTE = re.compile(r"`@(\w+)")


class Foreign(Misspelt):
    """A name that may be a word of another language: then what to write here is said, instead of a name that looks alike."""

    __slots__ = ()
    WORDS: ClassVar[Mapping[str, str]] = {}

    @property
    def advice(self) -> str:
        """What to write here; '' where nothing is known, or where only attributes would help that cannot stand here."""
        found = self.WORDS.get(self.name.lower(), "")
        named = _ATTRIBUTE.findall(found)
        return found if self.MARK == "" or not named or set(named) & set(self.candidates) else ""

    @property
    def close(self) -> str | None:
        return None if self.advice else super().close

    def help_text(self) -> str:
        return self.advice or super().help_text()
