"""The rules of packing, checked again on the operations as they are written down, with nothing of what made them.

R1 nothing is scanned or rewritten in a transaction that holds a strong lock on it already, unless it is declared to block;
R2 one table that was there before is strongly locked per transaction (a reference locks two), unless it is declared;
R3 a statement that waits for a lock gives up soon;
R4 what cannot be in a transaction is on its own;
R5 tables that the edge makes are not built upon concurrently;
R6 a value added to an enum is committed before anything else happens;
R7 access is taken with the contract and given with the expansion, and policies that replace each other do so in one transaction;
R8 a trigger that keeps columns in step goes in the transaction of its column, or before;
R9 what reads or writes whole tables has no statement timeout;
R10 no table, column or row goes that is not declared to, and nothing goes because something else does.

Phases come in order, the operations of a group stand together, and a drop of data waits for the contract.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from bdc.plan.operation import Operation
from bdc.source.records import dataclass
from bdc.sql.losses import losses

_STRONG = {"ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"}
_LONGEST_WAIT = 5000
_PHASES = ["expand", "backfill", "contract"]
_DECLARED = {"BLOCKS", "OPAQUE"}
_CONCURRENT = re.compile(r"^\s*(?:create\s+(?:unique\s+)?index|drop\s+index)\s+concurrently\b", re.IGNORECASE)
_CREATED = re.compile(r"^\s*create\s+(?:unlogged\s+)?table\s+(\S+)", re.IGNORECASE)
_ON = re.compile(r"\bon\s+(?:only\s+)?(\S+)", re.IGNORECASE)
_BUILDS = re.compile(
    r"^\s*create\s+(?:unique\s+)?index\s+(?!concurrently)|\bvalidate\s+constraint\b|\badd\s+constraint\s+\S+\s+(?:unique|primary\s+key|exclude)(?!.*\busing\s+index\b)",
    re.IGNORECASE | re.DOTALL,
)
_UNPROVED = re.compile(
    r"\badd\s+constraint\s+\S+\s+(?:check|foreign\s+key)\b(?!.*\bnot\s+valid\b)", re.IGNORECASE | re.DOTALL
)
_PROVED = re.compile(
    r"^\s*alter\s+table\s+(\S+)\s+(?:validate\s+constraint\b|add\s+constraint\s.*\busing\s+index\b)",
    re.IGNORECASE | re.DOTALL,
)
_DROPS = re.compile(r"^\s*(?:drop\s+table|alter\s+table\s+\S+\s+drop\s+column)\b", re.IGNORECASE)
# What a column held is in another one, which takes its place in the same operation.
_MOVES = re.compile(r"\b(?:rename|add)\s+column\b|^\s*drop\s+trigger\s+\S+__sync\b", re.IGNORECASE)
_POLICY_GONE = re.compile(r"^\s*drop\s+policy\s+(\S+)\s+on\s+(\S+?);?\s*$", re.IGNORECASE)
_POLICY_MADE = re.compile(
    r"^\s*(?:create\s+policy\s+(\S+)\s+on\s+(\S+)|alter\s+policy\s+\S+\s+on\s+(\S+)\s+rename\s+to\s+(\S+?);)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Violation:
    """`rule`: R1 to R10, or `order`."""

    rule: str
    operation: str
    message: str


def verify(operations: Iterable[Operation]) -> tuple[Violation, ...]:
    """Return what breaks a rule; nothing for a plan that may run."""
    given = tuple(operations)
    found = list(_sequence(given))
    made = {name for each in given for text in each.statements for name in _CREATED.findall(text)}
    proved: set[str] = set()
    for group in _groups(given):
        found += _transaction(group, made, proved)
        proved |= {
            _whole(name) for each in group for text in each.statements for name in _PROVED.findall(text)
        }
    return tuple(found)


def _groups(operations: tuple[Operation, ...]) -> Iterator[tuple[Operation, ...]]:
    for _, group in groupby(operations, key=lambda each: each.group):
        yield tuple(group)


def _sequence(operations: tuple[Operation, ...]) -> Iterator[Violation]:
    places = [_PHASES.index(each.phase) for each in operations]
    for each, before, place in zip(operations[1:], places, places[1:], strict=False):
        if place < before:
            yield Violation("order", each.id, f"{each.phase} comes after {_PHASES[before]}")
    groups = [group[0].group for group in _groups(operations)]
    if len(set(groups)) != len(groups):
        yield Violation("order", operations[0].id, "the operations of a group do not stand together")
    for each in operations:
        yield from _losses(each)
        if each.phase != "contract" and any(_DROPS.search(text) for text in each.statements):
            yield Violation("order", each.id, "data goes before the contract")


def _losses(operation: Operation) -> Iterator[Violation]:
    """SQL of the user is run as he wrote it: only what the plan drops itself is held to this."""
    codes = {hazard.code for hazard in operation.hazards}
    moved = any(_MOVES.search(text) for text in operation.statements)
    for text in operation.statements:
        for loss in losses(text):
            declared = {"table": "DROP_TABLE", "column": "DROP_COLUMN"}.get(loss, "OPAQUE")
            if declared not in codes and not (loss == "column" and moved):
                yield Violation("R10", operation.id, f"a {loss} goes that is not declared to: {text[:80]}")


def _transaction(group: tuple[Operation, ...], made: set[str], proved: set[str]) -> Iterator[Violation]:
    if len(group) > 1 and any(each.transaction != "shared" for each in group):
        yield Violation("R4", group[0].id, "it stands in a group with others")
    held: dict[str, str] = {}
    for each in group:
        yield from _alone(each, made)
        yield from _scanned(each, held, proved)
        held |= {table: each.id for table, mode in each.locks.items() if mode in _STRONG}
        yield from _patience(each)
    yield from _locked(group, held)
    yield from _additions(group)
    yield from _access(group)
    yield from _synchrony(group)


def _scanned(operation: Operation, held: dict[str, str], proved: set[str]) -> Iterator[Violation]:
    """Strong locks from before; its own too, when the statement that scans takes one. `proved`: tables that got a proved constraint
    before, which a partitioned table takes for its own."""
    if any(hazard.code in _DECLARED for hazard in operation.hazards):
        return
    mine = {table for table, mode in operation.locks.items() if mode in _STRONG}
    for table in operation.scans:
        if table in held or table in mine:
            yield Violation("R1", operation.id, f"{table} is read or written whole under a strong lock")
    slow = [text for text in operation.statements if _BUILDS.search(text) or _UNPROVED.search(text)]
    for text in slow if mine or held else ():
        if not operation.scans and not _is_empty(text, operation) and not mine & proved - {_altered(text)}:
            yield Violation(
                "R1", operation.id, f"scans while it holds a lock, and does not say so: {text[:80]}"
            )


def _is_empty(text: str, operation: Operation) -> bool:
    """Whether the table of a statement holds no rows yet, or none of its own: it is not among those that are locked."""
    head = bool(re.search(r"\bon\s+only\b", text, re.IGNORECASE))
    return head or _altered(text) not in operation.locks


def _altered(text: str) -> str:
    found = re.search(r"alter\s+table\s+(\S+)", text, re.IGNORECASE) or _ON.search(text)
    return _whole(found[1].rstrip(";")) if found else ""


def _whole(table: str) -> str:
    return table if "." in table else f"public.{table}"


def _locked(group: tuple[Operation, ...], held: dict[str, str]) -> Iterator[Violation]:
    """The partitions of a table are locked with it, and count as one."""
    declared = any(hazard.code in _DECLARED | {"LOCKS_TABLES"} for each in group for hazard in each.hazards)
    whole = [{table for table, mode in each.locks.items() if mode in _STRONG} for each in group]
    most = 2 if len(group) == 1 else 1
    together = set().union(*whole)
    if len(together) > most and not declared and not _is_family(group, together):
        yield Violation("R2", group[0].id, f"{', '.join(sorted(together))} are locked at once")


def _is_family(group: tuple[Operation, ...], tables: set[str]) -> bool:
    """Each operation that locks many does so by one ALTER of one table, which reaches its partitions."""
    altered = {
        found[1]
        for each in group
        if len([mode for mode in each.locks.values() if mode in _STRONG]) > 1
        for text in each.statements
        if (found := re.search(r"(?:alter\s+table|\bon|partition\s+of)\s+(\S+)", text, re.IGNORECASE))
    }
    holding = [each for each in group if any(mode in _STRONG for mode in each.locks.values())]
    return 0 < len(altered) <= 2 and len(holding) == 1


def _patience(operation: Operation) -> Iterator[Violation]:
    if not 0 < operation.lock_timeout <= _LONGEST_WAIT:
        yield Violation("R3", operation.id, f"it waits {operation.lock_timeout} ms for a lock")
    long = bool(operation.scans) or operation.batch is not None
    if long and operation.statement_timeout != 0:
        yield Violation("R9", operation.id, "it reads a whole table, and is stopped before it ends")


def _alone(operation: Operation, made: set[str]) -> Iterator[Violation]:
    concurrent = [text for text in operation.statements if _CONCURRENT.search(text)]
    if concurrent and operation.transaction != "none":
        yield Violation("R4", operation.id, "CONCURRENTLY cannot be in a transaction")
    if operation.transaction == "none" and len(operation.statements) > 1:
        yield Violation("R4", operation.id, "several statements without a transaction")
    if operation.batch is not None and operation.transaction != "batches":
        yield Violation("R4", operation.id, "batches are transactions of their own")
    for text in concurrent:
        target = _ON.search(text)
        if target is not None and target[1] in made:
            yield Violation("R5", operation.id, f"{target[1]} is new: no session waits for its index")
    builds = [
        text
        for text in operation.statements
        if re.match(r"\s*create\s+(?:unique\s+)?index\b", text, re.IGNORECASE)
    ]
    for text in builds:
        target = _ON.search(text)
        if text in concurrent or target is None or operation.hazards:
            continue
        if operation.locks.get(target[1], "SHARE") != "SHARE":
            yield Violation("R1", operation.id, "an index is built while writers wait")


def _additions(group: tuple[Operation, ...]) -> Iterator[Violation]:
    adding = [
        each
        for each in group
        if any(re.search(r"\badd\s+value\b", text, re.IGNORECASE) for text in each.statements)
    ]
    if adding and len(group) > 1:
        yield Violation("R6", adding[0].id, "a value of an enum is used before it is committed")


def _access(group: tuple[Operation, ...]) -> Iterator[Violation]:
    """In the expansion a policy goes only where the same transaction makes one in its place."""
    gone = [
        (each, found[2]) for each in group for text in each.statements if (found := _POLICY_GONE.search(text))
    ]
    made = {
        (found[2] or found[3])
        for each in group
        for text in each.statements
        if (found := _POLICY_MADE.search(text))
    }
    for each, table in gone:
        if (
            each.phase != "contract"
            and table not in made
            and not any(hazard.code == "POLICY_CHANGES" for hazard in each.hazards)
        ):
            yield Violation(
                "R7", each.id, f"a policy of {table} goes before the contract, and none takes its place"
            )
    for each in group:
        if each.phase != "contract" and any(
            re.match(r"\s*revoke\b", text, re.IGNORECASE) for text in each.statements
        ):
            yield Violation("R7", each.id, "rights are taken before the contract")


def _synchrony(group: tuple[Operation, ...]) -> Iterator[Violation]:
    for each in group:
        functions = [
            text
            for text in each.statements
            if re.match(r"\s*drop\s+function\s+\S+__sync\b", text, re.IGNORECASE)
        ]
        triggers = [
            text
            for text in each.statements
            if re.match(r"\s*drop\s+trigger\s+\S+__sync\b", text, re.IGNORECASE)
        ]
        if len(functions) > len(triggers):
            yield Violation("R8", each.id, "a trigger would be left without its function")
