"""A system in which each word stands in six places, and what the compiler says of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bdc.diagnostics import Severity
from bdc.pipeline import Compilation, compile_system
from bdc.source import SourceFile

POSITIONS = ("entity", "field", "value", "operation", "parameter", "member")
_CHUNK = 30
_KINDS = ("string(..20)?", "int?", "decimal(8, 2)?", "int = 1", 'string(..20) = "x"', "date?")
_HEAD = """bds 1
module hostile

entity Caller0 { id: uuid = uuid7() @id }
identity Caller0 {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "hostile"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}
role plain0
seed s0 { ann: Caller0 = { id: "019b0000-0000-7000-8000-000000000000" } }
"""


@dataclass(frozen=True)
class Placed:
    """A word in a place. `where`: the line that declares it."""

    position: str
    word: str


@dataclass(frozen=True)
class Hostile:
    """The text of a system; `lines`: what each line (from 1) places."""

    text: str
    lines: dict[int, Placed]


def hostile_system(placed: Sequence[Placed]) -> Hostile:
    """Return the system in which every word of `placed` stands in its place, one to a line."""
    text: list[str] = _HEAD.splitlines()
    lines: dict[int, Placed] = {}
    for line, what in _lines(placed):
        text.append(line)
        if what is not None:
            lines[len(text)] = what
    return Hostile("\n".join(text) + "\n", lines)


def refused(system: Hostile) -> tuple[Compilation, dict[Placed, str]]:
    """Compile; return what was placed on a line that an error names, with its code."""
    compilation = compile_system([SourceFile("hostile.bds", system.text)])
    found: dict[Placed, str] = {}
    for each in compilation.diagnostics:
        if each.severity is not Severity.ERROR or each.primary is None:
            continue
        line = SourceFile("hostile.bds", system.text).position(each.primary.span.start).line
        found.setdefault(system.lines.get(line, Placed("?", str(line))), f"{each.code} {each.message}")
    return compilation, found


def _words(placed: Sequence[Placed], position: str) -> list[str]:
    return [each.word for each in placed if each.position == position]


def _chunks(words: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(words), _CHUNK):
        yield start // _CHUNK, words[start : start + _CHUNK]


Line = tuple[str, Placed | None]


def _lines(placed: Sequence[Placed]) -> Iterator[Line]:
    yield from _data(placed)
    yield from _policy(placed)
    yield "api Hostile0 v1 {", None
    yield "  auth bearer", None
    yield '  graphql at "/graphql" { depth: 12  cost: 100000  introspection: always }', None
    yield from _resources(placed)
    yield from _free_operations(placed)
    yield "}", None


def _data(placed: Sequence[Placed]) -> Iterator[Line]:
    """Yield entities, enums, structs and errors."""
    for word in _words(placed, "entity"):
        yield f"entity {word} {{ id: uuid = uuid7() @id  label0: string(..20)? }}", Placed("entity", word)
        yield f"policy {word} {{ allow read, create, update, delete to plain0 }}", Placed("entity", word)
    for number, words in _chunks(_words(placed, "field")):
        yield f"entity Holder{number}x {{", None
        yield "  id: uuid = uuid7() @id", None
        for place, word in enumerate(words):
            yield f"  {word}: {_KINDS[place % len(_KINDS)]}", Placed("field", word)
        yield "}", None
        yield f"policy Holder{number}x {{ allow read, create, update, delete to plain0 }}", None
    values = list(_chunks(_words(placed, "value")))
    members = list(_chunks(_words(placed, "member")))
    for number, words in values:
        yield f"enum Values{number}x {{", None
        for word in words:
            yield f"  {word},", Placed("value", word)
        yield "}", None
    for number, words in members:
        for kind in (f"struct Struct{number}x", f"error Error{number}x 409"):
            yield f"{kind} {{", None
            for place, word in enumerate(words):
                yield f"  {word}: {'string?' if place % 2 else 'int'}", Placed("member", word)
            yield "}", None
    yield "entity Carrier0 {", None
    yield "  id: uuid = uuid7() @id", None
    for number, words in values:
        yield f"  v{number}x: Values{number}x = {words[0]}", Placed("value", words[0])
    for number, _ in members:
        yield f"  m{number}x: Struct{number}x?", None
    yield "}", None


def _policy(placed: Sequence[Placed]) -> Iterator[Line]:
    """Yield the policy of the entity that carries the rest."""
    yield "policy Carrier0 {", None
    yield "  allow read, create, update, delete to plain0", None
    for word in _words(placed, "operation")[::2]:
        yield f"  allow {word} to plain0", Placed("operation", word)
    for number, _ in _chunks(_words(placed, "parameter")):
        yield f"  allow taking{number}x to plain0", None
    yield "}", None


def _resources(placed: Sequence[Placed]) -> Iterator[Line]:
    """Yield the resources, with the operations on their rows."""
    for word in _words(placed, "entity"):
        yield f"  resource {word} {{ filter label0  sort label0 }}", Placed("entity", word)
    for number, words in _chunks(_words(placed, "field")):
        yield f"  resource Holder{number}x {{", None
        for word in words:
            yield f"    filter {word}", Placed("field", word)
            yield f"    sort {word}", Placed("field", word)
        yield "  }", None
    yield "  resource Carrier0 {", None
    for number, _ in _chunks(_words(placed, "value")):
        yield f"    filter v{number}x", None
    for word in _words(placed, "operation")[::2]:
        yield f"    op {word}() -> Carrier0 @handler", Placed("operation", word)
    for number, words in _chunks(_words(placed, "parameter")):
        yield f"    op taking{number}x(", None
        for place, word in enumerate(words):
            yield f"      {word}: {'string?' if place % 2 else 'int'},", Placed("parameter", word)
        yield "    ) -> Carrier0 @handler", None
    yield "  }", None


def _free_operations(placed: Sequence[Placed]) -> Iterator[Line]:
    """Yield the operations outside resources: of one argument, of many in the body and in the query, and with structs and errors."""
    for word in _words(placed, "operation")[1::2]:
        line = f'  op {word}(n0: int) -> int {{ allow plain0  sql """ select :n0 """ }}'
        yield line, Placed("operation", word)
    parameters = list(_chunks(_words(placed, "parameter")))
    for name, http in (("given", ""), ("asked", '@http(GET, "/asked{}x") ')):
        for number, words in parameters:
            for place, word in enumerate(words):
                head = f"  op {name}{number}x(" if place == 0 else "    "
                yield f"{head}{word}: int = 1,", Placed("parameter", word)
            total = " + ".join(f":{word}" for word in words)
            yield f'  ) -> int {http.format(number)}{{ allow plain0  sql """ select {total} """ }}', None
    for number, _ in _chunks(_words(placed, "member")):
        yield f"  op raises{number}x() -> int @handler {{ allow plain0  errors Error{number}x }}", None
        yield (
            f"  op echo{number}x(given: Struct{number}x) -> Struct{number}x @handler {{ allow plain0 }}",
            None,
        )
