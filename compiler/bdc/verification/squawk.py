"""What squawk, a linter of migrations, says about one: operation by operation, as the runner would run it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bdc.ddl.names import quote
from bdc.plan import Operation

# Its advice that is answered otherwise here: the ledger knows what has been done (and IF NOT EXISTS would take an invalid index for a
# valid one), and types are those that the specification names.
_ANSWERED = (
    "prefer-robust-stmts",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "ban-create-domain-with-constraint",
)
# What it says about clients, the phases answer: what only the old code needs goes with the contract. Before that, nothing goes and
# nothing is renamed that a client can name.
_OF_CLIENTS = re.compile(r": (?:ban-drop-|renaming-|ban-alter-identity)")
_NAMED_BY_CLIENTS = re.compile(
    r": (?:ban-drop-(?:column|table|view|function|type)|renaming-(?:column|table))"
)
# What these would scan or write anew is seen while it runs (`lock_trace`), and has to be in `scans`.
_OF_SCANS = re.compile(
    r": (?:adding-not-nullable-field|adding-field-with-default|changing-column-type|ban-alter-domain-with-add-constraint)"
)
# No session writes to a table that does not exist yet, or to a materialized view.
_OF_WRITERS = re.compile(
    r": (?:adding-foreign-key-constraint|constraint-missing-not-valid|require-concurrent-index-(?:creation|deletion))"
)
_MADE = re.compile(r"create (?:unlogged )?table ([^\s(]+)", re.IGNORECASE)
_ON = re.compile(
    r"(?:alter table (\S+)\s+add constraint|create (?:unique )?index \S+ on (\S+))", re.IGNORECASE
)
# The index of a partitioned table holds nothing: it is completed by those of the partitions.
_HEAD = re.compile(r"create (?:unique )?index \S+ on only ", re.IGNORECASE)
_REFERENCE = re.compile(r"add constraint (\S+) foreign key", re.IGNORECASE)
_AT_ONCE = 2000  # files of one command line


def program() -> str | None:
    """Return the program; None when it is not installed."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("squawk", path=os.pathsep.join((beside, os.environ.get("PATH", ""))))


def findings(squawk: str, operations: Sequence[Operation]) -> tuple[str, ...]:
    """Return what it finds in operations that declare no hazard: a declared hazard was reviewed."""
    return findings_of_all(squawk, [operations])[0]


def findings_of_all(squawk: str, plans: Sequence[Sequence[Operation]]) -> list[tuple[str, ...]]:
    """Return what it finds in each of many plans. It starts once for many files."""
    found: list[list[str]] = [[] for _ in plans]
    excluded = [part for rule in _ANSWERED for part in ("--exclude", rule)]
    with tempfile.TemporaryDirectory(prefix="bdc-squawk-") as name:
        files = [
            path for number, plan in enumerate(plans) for path in _written(Path(name, str(number)), plan)
        ]
        for start in range(0, len(files), _AT_ONCE):
            command = [squawk, "--no-assume-in-transaction", *excluded, *files[start : start + _AT_ONCE]]
            for path, line in _located(command):
                number = int(path.parent.name)
                if not _is_prepared(line, plans[number]):
                    found[number].append(line)
    return [tuple(lines) for lines in found]


def _written(folder: Path, operations: Sequence[Operation]) -> list[str]:
    folder.mkdir()
    return [_write(folder, operation) for operation in operations if not operation.hazards]


def _is_prepared(finding: str, operations: Sequence[Operation]) -> bool:
    """Squawk sees one operation at a time: not its phase, nor what the ones before it have made or proved."""
    own = next((one for one in operations if finding.startswith(f"{one.id}, ")), None)
    if own is None:
        return False
    if _OF_SCANS.search(finding):
        return not own.scans
    if _OF_WRITERS.search(finding):
        return _meets_no_writer(own, operations)
    if _OF_CLIENTS.search(finding):
        return own.phase == "contract" or not _NAMED_BY_CLIENTS.search(finding)
    return False


def _meets_no_writer(own: Operation, operations: Sequence[Operation]) -> bool:
    made = {name for one in operations for statement in one.statements for name in _MADE.findall(statement)}
    tables = {
        name for statement in own.statements for names in _ON.findall(statement) for name in names if name
    }
    heads = all(_HEAD.match(statement) for statement in own.statements)
    proved = all(_is_proved(statement, own, operations) for statement in own.statements)
    return "-view-" in own.id or heads or proved or (bool(tables) and tables <= made)


def _is_proved(statement: str, own: Operation, operations: Sequence[Operation]) -> bool:
    """Whether it adds to a partitioned table a reference that its partitions have, each proved before."""
    name = _REFERENCE.search(statement)
    before = (text for one in operations[: operations.index(own)] for text in one.statements)
    return name is not None and any(text.endswith(f" validate constraint {name[1]};") for text in before)


def findings_in_files(squawk: str, config: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Return what it finds in whole files."""
    return _told([squawk, "--config", str(config.resolve()), *(str(path.resolve()) for path in files)])


def _told(command: list[str]) -> tuple[str, ...]:
    return tuple(line for _, line in _located(command))


def _located(command: list[str]) -> Iterator[tuple[Path, str]]:
    done = subprocess.run(
        [*command, "--reporter", "json"], capture_output=True, encoding="utf-8", check=False
    )
    for one in json.loads(done.stdout or "[]"):
        path = Path(one["file"])
        yield path, f"{path.stem}, line {one['line'] + 1}: {one['rule_name']}: {one['message']}"


def _write(folder: Path, operation: Operation) -> str:
    path = folder / f"{operation.id}.sql"
    path.write_text(_script(operation), encoding="utf-8")
    return str(path)


def _script(operation: Operation) -> str:
    shared = operation.transaction == "shared"
    setting = "set local" if shared else "set"
    limits = f"{setting} lock_timeout = {operation.lock_timeout};\n{setting} statement_timeout = {operation.statement_timeout};"
    statements = [limits, *(statement.rstrip().rstrip(";") + ";" for statement in operation.statements)]
    if operation.batch is not None:
        changes = ", ".join(f"{quote(column)} = {value}" for column, value in operation.batch.set.items())
        statements.append(f"update {operation.batch.table} set {changes} where {operation.batch.where};")
    return "\n".join(["begin;", *statements, "commit;"] if shared else statements) + "\n"
