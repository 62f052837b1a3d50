"""What is known of the outside of each operation; filled in by `api.wire`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Table = Mapping[str, tuple[str, str]]
"""The name inside → the name outside, and the table of what the member holds ('': it is left as it is)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Of one api. `errors`: problem documents, or messages by member (`members`). `invalid`: the status of what a request says wrongly (0:
    as it is). `scheme`: what may stand before a token beside `Bearer`. `token`: the member that holds the token where the caller's own row
    is answered; `own`: the path of that row."""

    errors: str = "problem"
    invalid: int = 0
    scheme: str = ""
    token: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """Of one operation. `outside`: its path there. `statuses`: inside → outside. `body` and `answer` name tables. `within`: the member that
    holds the body, `one` that of what is answered, `many` that of the rows of a page. `total` and `cursor`: members of a page. `query`:
    every parameter, `values`: what stands in them, both outside → inside. `more`: parameters that each request gets. `about`: what errors
    call the row. `own`: the answer is the row of the caller. `password`: the member that sets another password."""

    outside: str = ""
    statuses: Mapping[int, int] = field(default_factory=dict)
    body: str = ""
    within: str = ""
    answer: str = ""
    one: str = ""
    many: str = ""
    page: bool = False
    total: str = "total"
    cursor: str = "next_cursor"
    query: Mapping[str, str] | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    own: bool = False
    password: str = ""


@dataclass(frozen=True)
class Wiring:
    """`profiles`: by what paths of an api begin with. `wires`: by method and path. `moved`: paths of sign-in, inside → outside. `apart`:
    paths that have names and errors of their own (GraphQL), each with what the paths of its api begin with."""

    tables: Mapping[str, Table]
    profiles: Mapping[str, Profile]
    wires: Mapping[tuple[str, str], Wire]
    moved: Mapping[str, str] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def inside(self) -> Mapping[str, Table]:
        """The same tables from the outside: the name outside → the name inside, and the table."""
        return {
            name: {outside: (inside, inner) for inside, (outside, inner) in table.items()}
            for name, table in self.tables.items()
        }

    def profile(self, path: str) -> Profile | None:
        """Return the profile of the api that a path belongs to."""
        found = [prefix for prefix in self.profiles if path.startswith(prefix) or path == prefix.rstrip("/")]
        return self.profiles[max(found, key=len)] if found else None
