"""The files of a migration: `edge.json` for the runner, SQL for readers and for other tools."""

from collections.abc import Iterable, Iterator, Mapping

from bdc.catalog import Database, dump
from bdc.plan.edge import Edge, edge_json, undo_statements
from bdc.plan.operation import FILES, PHASES, Operation
from bdc.source.compressed import compressed

_PHASE = {
    "expand": "What the new code needs. The old code goes on working.",
    "backfill": "What rows that exist get, and what is proved about them. Both versions of the code may run.",
    "contract": "What only the old code needed goes. Run it when no instance of the old code is left.",
}
_PATIENCE = "set local lock_timeout = '{lock}ms';\nset local statement_timeout = '{statement}ms';"


def migration_files(edge: Edge, target: Database, snapshot: str) -> Mapping[str, str | bytes]:
    """Return the files of the folder, name → text. `target`: the database that the edge leads to; `snapshot`: the specification
    it comes from, as JSON. A phase without operations has no file. What only programs read is compressed."""
    files: dict[str, str | bytes] = {
        FILES[phase]: _script(phase, mine)
        for phase in PHASES
        if (mine := [each for each in edge.operations if each.phase == phase])
    }
    files["down.sql"] = _down(edge.operations)
    files["state.json.gz"] = compressed(dump(target) + "\n")
    files["snapshot.json.gz"] = compressed(snapshot)
    return {**files, "edge.json": edge_json(edge, files)}


def _script(phase: str, operations: Iterable[Operation]) -> str:
    parts = [f"-- {_PHASE[phase]}"]
    group = None
    for operation in operations:
        if operation.group != group:
            parts += _end(group) + _begin(operation)
            group = operation.group if operation.transaction == "shared" else None
        parts.append(f"-- {operation.id}: {operation.title}\n" + "\n".join(_lines(operation)))
    return "\n\n".join(parts + _end(group)) + "\n"


def _begin(operation: Operation) -> list[str]:
    if operation.transaction != "shared":
        return []
    patience = _PATIENCE.format(lock=operation.lock_timeout, statement=operation.statement_timeout)
    return [f"begin;\n{patience}"]


def _end(group: int | None) -> list[str]:
    return [] if group is None else ["commit;"]


def _lines(operation: Operation) -> Iterator[str]:
    """A batch is shown as the one statement that it is in small pieces."""
    yield from operation.statements
    if operation.batch is not None:
        batch = operation.batch
        pairs = ",\n    ".join(f"{column} = {value}" for column, value in batch.set.items())
        yield f"-- The runner does this by ranges of ({', '.join(batch.key)}).\nupdate {batch.table} set\n    {pairs}\n  where {batch.where};"


def _down(operations: Iterable[Operation]) -> str:
    parts = ["-- The way back, last operation first."]
    for operation in reversed(tuple(operations)):
        if operation.undo is None:
            parts.append(f"-- {operation.id} cannot be taken back: {operation.irreversible}")
    for operation, statements in undo_statements(operations):
        parts.append(f"-- back from {operation.id}: {operation.title}\n" + "\n".join(statements))
    return "\n\n".join(parts) + "\n"
