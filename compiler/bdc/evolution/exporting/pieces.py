"""A history cut into pieces: what is one transaction is one, and a statement that must be on its own is one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from bdc.ddl.names import quote
from bdc.ddl.printer import literal
from bdc.evolution.exporting.loops import loop
from bdc.evolution.history import WrittenMigration
from bdc.plan import Edge, Operation
from bdc.source.records import dataclass

_TIME = re.compile(r"(\d{8})T(\d{6})_")
_NOTHING = "select 1;"


@dataclass(frozen=True, slots=True)
class Piece:
    """`version`: digits that sort as the pieces run. `shared`: in one transaction; else `up` and `down` are one statement each."""

    version: str
    name: str
    up: str
    down: str
    shared: bool


def pieces(history: Iterable[WrittenMigration], *, contract: bool) -> Iterator[Piece]:
    """Yield all pieces. Without `contract`, what only code before the last migration needs is left there."""
    migrations = tuple(history)
    for number, migration in enumerate(migrations, 1):
        edge = migration.edge
        if edge is None:
            whole = [_whole(migration)]
        else:
            kept = contract or migration is not migrations[-1]
            whole = list(_of_edge(edge, [one for one in edge.operations if kept or one.phase != "contract"]))
        for index, (name, up, down, shared) in enumerate(whole):
            yield Piece(f"{_moment(migration.name, number)}{index:03}", name, up, down, shared)


def _moment(name: str, number: int) -> str:
    """Return fourteen digits: the time in the name, or the number of the migration."""
    found = _TIME.match(name)
    return found[1] + found[2] if found else f"{number:014}"


_Raw = tuple[str, str, str, bool]


def _whole(migration: WrittenMigration) -> _Raw:
    """A migration of whole files is one transaction."""
    files = sorted(migration.folder.glob("[0-9][0-9]_*.sql"))
    up = "\n".join(path.read_text(encoding="utf-8") for path in files)
    down = (migration.folder / "down.sql").read_text(encoding="utf-8")
    return migration.name, f"{up}\nreset role;\nreset search_path;", down, True


def _of_edge(edge: Edge, operations: Sequence[Operation]) -> Iterator[_Raw]:
    checks = [_check(operation) for operation in operations if operation.checks]
    if checks:
        yield "data-checks", "\n".join(checks), _NOTHING, True
    for (kind, _), members in groupby(operations, key=lambda one: (one.transaction, one.group)):
        group = tuple(members)
        if kind == "shared":
            yield _together(edge, group)
        else:
            for operation in group:
                yield from _alone(operation)


def _check(operation: Operation) -> str:
    return "\n".join(
        f"do $bdc$\nbegin\n  if ({check.sql}) > 0 then\n"
        f"    raise exception using message = {literal(f'{check.code} {check.object}: {check.message}')},"
        f" hint = {literal(check.help)};\n  end if;\nend\n$bdc$;"
        for check in operation.checks
    )


def _together(edge: Edge, group: Sequence[Operation]) -> _Raw:
    up = [statement for operation in group for statement in operation.statements]
    down = [statement for operation in reversed(group) for statement in _undo(operation)]
    slowest = 0 if any(one.statement_timeout == 0 for one in group) else group[0].statement_timeout
    limits = [
        f"set local lock_timeout = {group[0].lock_timeout}",
        f"set local statement_timeout = {slowest}",
    ]
    return group[0].id, _as_owner(edge, [*limits, *up]), _as_owner(edge, [limits[0], *down]), True


def _as_owner(edge: Edge, statements: Iterable[str]) -> str:
    """What is made belongs to the owner; the tool's own table afterwards does not."""
    start = [f"set local role {quote(edge.role)}"] if edge.role else []
    start += [f"set local search_path = {edge.search_path}"] if edge.search_path else []
    end = (["reset role"] if edge.role else []) + (["reset search_path"] if edge.search_path else [])
    return "\n".join(_ended(statement) for statement in (*start, *statements, *end))


def _alone(operation: Operation) -> Iterator[_Raw]:
    """One statement at a time, and its way back in the opposite order."""
    if operation.batch is not None:
        yield operation.id, loop(operation.batch), "\n".join(map(_ended, _undo(operation))) or _NOTHING, False
        return
    back = list(reversed(_undo(operation)))
    for number, (up, down) in enumerate(zip_longest(operation.statements, back)):
        name = operation.id if number == 0 else f"{operation.id}-{number + 1}"
        yield name, _ended(up or _NOTHING), _ended(down or _NOTHING), False


def _undo(operation: Operation) -> tuple[str, ...]:
    if operation.undo is not None:
        return operation.undo
    words = literal(f"{operation.id} cannot be taken back: {operation.irreversible}")
    return (f"do $bdc$\nbegin\n  raise exception using message = {words};\nend\n$bdc$",)


def _ended(statement: str) -> str:
    return statement.rstrip().rstrip(";") + ";"
