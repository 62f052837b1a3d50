"""What a plan is made of. The runner of every backend reads these as JSON (`edge.json`), so names here are its contract."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from bdc.diagnostics import Diagnostic

Phase = Literal["expand", "backfill", "contract"]
Transaction = Literal["shared", "none", "batches"]
Scan = Literal["read", "rewrite"]
PHASES: tuple[Phase, ...] = ("expand", "backfill", "contract")
FILES: dict[Phase, str] = {
    "expand": "01_expand.sql",
    "backfill": "02_backfill.sql",
    "contract": "03_contract.sql",
}


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DataCheck(_Data):
    """`sql` counts rows that stand in the way; with any, nothing is run, and `message` and `help` say why ({rows} is the count).
    `reads`: the tables that it reads; the role that runs it has to see all their rows."""

    code: str
    object: str
    sql: str
    message: str
    help: str
    reads: tuple[str, ...] = ()


class Seal(_Data):
    """`column` is encrypted by the keys of the service, each value for its `place` (SQL over the row, which is called `sealed`), and, if
    `by_row`, for the key in it."""

    column: str
    place: str
    by_row: bool


class Batch(_Data):
    """UPDATE `table` by ranges of `key` (names of columns, as they are, or `ctid`), `set` where `where`; `proof` is true when no row
    is left. `table` and the expressions are SQL text. `seal`: instead of `set`, what only the runner can do."""

    table: str
    key: tuple[str, ...]
    key_types: tuple[str, ...]
    set: dict[str, str]
    where: str
    proof: str
    seal: Seal | None = None

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Migrations that were written without it keep their checksums."""
        content: dict[str, Any] = handler(self)
        return content if self.seal is not None else {k: v for k, v in content.items() if k != "seal"}


class Hazard(_Data):
    """What needs a review before this runs. `code`: one of `hazards.CODES`."""

    code: str
    object: str
    message: str
    approved_by: str | None = None


class Operation(_Data):
    """One step of a migration. Tables in `locks` and `scans` are spelled as SQL, with their schema,
    as they are called when it begins; timeouts are milliseconds, 0 for
    none; `done` and `ready` are SQL that gives a boolean (without `ready`, always)."""

    id: str
    title: str
    phase: Phase
    group: int
    transaction: Transaction = "shared"
    statements: tuple[str, ...] = ()
    file: str
    locks: dict[str, str] = {}
    scans: dict[str, Scan] = {}
    lock_timeout: int = 2000
    statement_timeout: int = 0
    done: str | None = None
    ready: str | None = None
    cleanup: tuple[str, ...] = ()
    checks: tuple[DataCheck, ...] = ()
    batch: Batch | None = None
    undo: tuple[str, ...] | None = ()
    irreversible: str | None = None
    hazards: tuple[Hazard, ...] = ()

    @property
    def checksum(self) -> str:
        """The digest of all that runs: what the ledger keeps, so that an edited operation is noticed."""
        return sha256(self.model_dump_json(exclude={"hazards"}).encode()).hexdigest()


class Refusal(_Data):
    """Why there is no plan: a code (its page explains it), what it is about, the sentence, and what to write instead."""

    code: str
    object: str
    message: str
    help: str
    fixes: tuple[str, ...] = ()

    def diagnostic(self) -> Diagnostic:
        """Return it without a place; a caller that knows the specification adds one."""
        return Diagnostic(self.code, self.message, None, help=self.help)


class Planned(_Data):
    """With refusals there are no operations."""

    operations: tuple[Operation, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def hazards(self) -> tuple[Hazard, ...]:
        return tuple(hazard for operation in self.operations for hazard in operation.hazards)

    def with_approvals(self, approver: Callable[[Hazard], str | None]) -> "Planned":
        """Return the plan with the name of who approved each hazard, as `approver` knows it."""
        signed = tuple(
            operation.model_copy(
                update={
                    "hazards": tuple(
                        hazard.model_copy(update={"approved_by": approver(hazard)})
                        for hazard in operation.hazards
                    )
                }
            )
            for operation in self.operations
        )
        return self.model_copy(update={"operations": signed})
