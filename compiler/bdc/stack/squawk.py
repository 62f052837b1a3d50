"""What squawk, a linter of migrations, says about one: operation by operation, as the runner would run it."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bdc.ddl.names import quote
from bdc.plan import Operation

# Its advice that is answered otherwise here: the ledger knows what has been done (and IF NOT EXISTS would take an invalid index for a
# valid one), and integer is a declared type whose range the specification knows.
_ANSWERED = ("prefer-robust-stmts", "prefer-bigint-over-int")
_DROPPED = re.compile(r'drop constraint (\w+|"[^"]+")', re.IGNORECASE)
_ADDED = re.compile(r'add constraint (\w+|"[^"]+")', re.IGNORECASE)


def program() -> str | None:
    """Return the program; None when it is not installed."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("squawk", path=os.pathsep.join((beside, os.environ.get("PATH", ""))))


def findings(squawk: str, operations: Sequence[Operation]) -> tuple[str, ...]:
    """Return what it finds in operations that declare no hazard: where a hazard is declared, somebody has looked."""
    with tempfile.TemporaryDirectory(prefix="bdc-squawk-") as name:
        files = [_write(Path(name), operation) for operation in operations if not operation.hazards]
        if not files:
            return ()
        excluded = [part for rule in _ANSWERED for part in ("--exclude", rule)]
        told = _told([squawk, "--no-assume-in-transaction", *excluded, *files])
        return tuple(line for line in told if not _is_prepared(line, operations))


def _is_prepared(finding: str, operations: Sequence[Operation]) -> bool:
    """Squawk sees one operation at a time: a column of which an earlier one has proved that it is never null is not scanned, and a
    constraint that stood for the proof alone goes with it."""
    own = next((one for one in operations if finding.startswith(f"{one.id}, ")), None)
    if own is None or own.scans:
        return False
    if "adding-not-nullable-field" in finding:
        return True
    dropped = [name for statement in own.statements for name in _DROPPED.findall(statement)]
    added = {name for one in operations for statement in one.statements for name in _ADDED.findall(statement)}
    return "ban-drop-constraint" in finding and set(dropped) <= added


def findings_in_files(squawk: str, config: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Return what it finds in whole files."""
    return _told([squawk, "--config", str(config.resolve()), *(str(path.resolve()) for path in files)])


def _told(command: list[str]) -> tuple[str, ...]:
    done = subprocess.run([*command, "--reporter", "json"], capture_output=True, text=True, check=False)
    return tuple(
        f"{Path(one['file']).stem}, line {one['line'] + 1}: {one['rule_name']}: {one['message']}"
        for one in json.loads(done.stdout or "[]")
    )


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
