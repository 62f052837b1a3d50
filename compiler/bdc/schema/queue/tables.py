"""The tables of procrastinate, and where a run of a job goes on."""

from dataclasses import replace

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    CheckDef,
    ColumnDef,
    CreateEnum,
    CreateIndex,
    CreateTable,
    ForeignKeyDef,
    IndexPart,
    Object,
    PrimaryKeyDef,
    UniqueDef,
)
from bdc.ir import SystemIR
from bdc.schema.names import APP

STATUS = Name("procrastinate_job_status", APP)
EVENT = Name("procrastinate_job_event_type", APP)
JOBS, WORKERS = Name("procrastinate_jobs", APP), Name("procrastinate_workers", APP)
DEFERS, EVENTS = Name("procrastinate_periodic_defers", APP), Name("procrastinate_events", APP)
PROGRESS, PAUSE = Name("job_progress", APP), Name("job_pause", APP)
_TO_DEFER = "procrastinate_job_to_defer_v1"
_ID = ColumnDef("id", "bigint", identity="always")
_SHORT, _TIME = "character varying(128)", "timestamp with time zone"

ENUMS = (
    CreateEnum(STATUS, ("todo", "doing", "succeeded", "failed", "cancelled", "aborting", "aborted")),
    CreateEnum(
        EVENT,
        (
            "deferred", "started", "deferred_for_retry", "failed", "succeeded", "cancelled", "abort_requested", "aborted",
            "scheduled", "retried",
        ),
    ),
)  # fmt: skip
COMPOSITE = Object(
    "type",
    f"{APP}.{_TO_DEFER}",
    f"create type {APP}.{_TO_DEFER} as (queue_name character varying, task_name character varying, priority integer, "
    f"lock text, queueing_lock text, args jsonb, scheduled_at {_TIME})",
    f"drop type {APP}.{_TO_DEFER}",
)


def _optional(name: str, kind: str, default: str | None = None) -> ColumnDef:
    return ColumnDef(name, kind, not_null=False, default=default)


def _key(table: Name) -> PrimaryKeyDef:
    return PrimaryKeyDef(f"{table.name}_pkey", ("id",))


TABLES = (
    CreateTable(WORKERS, (_ID, ColumnDef("last_heartbeat", _TIME, default="now()")), (_key(WORKERS),)),
    CreateTable(
        JOBS,
        (
            _ID,
            ColumnDef("queue_name", _SHORT),
            ColumnDef("task_name", _SHORT),
            ColumnDef("priority", "integer", default="0"),
            _optional("lock", "text"),
            _optional("queueing_lock", "text"),
            ColumnDef("args", "jsonb", default="'{}'"),
            ColumnDef("status", f"{APP}.{STATUS.name}", default=f"'todo'::{APP}.{STATUS.name}"),
            _optional("scheduled_at", _TIME),
            ColumnDef("attempts", "integer", default="0"),
            ColumnDef("abort_requested", "boolean", default="false"),
            _optional("worker_id", "bigint"),
        ),
        (
            _key(JOBS),
            CheckDef("check_not_todo_abort_requested", "not (status = 'todo' and abort_requested = true)"),
        ),
    ),
    CreateTable(
        DEFERS,
        (
            _ID,
            ColumnDef("task_name", _SHORT),
            _optional("defer_timestamp", "bigint"),
            _optional("job_id", "bigint"),
            ColumnDef("periodic_id", _SHORT, default="''"),
        ),
        (
            _key(DEFERS),
            UniqueDef(f"{DEFERS.name}_unique", ("task_name", "periodic_id", "defer_timestamp")),
        ),
    ),
    CreateTable(
        EVENTS,
        (
            _ID,
            ColumnDef("job_id", "bigint"),
            _optional("type", f"{APP}.{EVENT.name}"),
            _optional("at", _TIME, "now()"),
        ),
        (_key(EVENTS),),
    ),
    CreateTable(
        PROGRESS,
        (
            ColumnDef("run", "bigint"),
            ColumnDef("statement", "integer", default="1"),
            _optional("tenant", "text"),
            _optional("key", "jsonb"),
            ColumnDef("rows", "bigint", default="0"),
            ColumnDef("failures", "integer", default="0"),
            ColumnDef("started_at", _TIME, default="now()"),
            _optional("finished_at", _TIME),
            _optional("error", "text"),
        ),
        (PrimaryKeyDef("job_progress_pkey", ("run",)),),
    ),
    CreateTable(
        PAUSE,
        (ColumnDef("job", "text"), ColumnDef("since", _TIME, default="now()")),
        (PrimaryKeyDef("job_pause_pkey", ("job",)),),
    ),
)
CALLS = (_optional("calling", "jsonb"), _optional("answers", "jsonb"))
"""What a run keeps of its calls of other services: the one that is being made, and the answers that statements use."""


UNDONE = (_optional("undoing", "integer"), _optional("cause", "text"))
"""What a run keeps that is undone: the statement that failed, and why."""


def tables(system: SystemIR) -> tuple[CreateTable, ...]:
    """Return the tables of the queue."""
    if not system.calling_jobs:
        return TABLES
    more = (*CALLS, *(UNDONE if system.undoing_jobs else ()))
    return tuple(
        replace(each, columns=(*each.columns, *more)) if each.name == PROGRESS else each for each in TABLES
    )


FOREIGN_KEYS = (
    (
        JOBS,
        ForeignKeyDef(f"{JOBS.name}_worker_id_fkey", ("worker_id",), WORKERS, ("id",), on_delete="set null"),
    ),
    (DEFERS, ForeignKeyDef(f"{DEFERS.name}_job_id_fkey", ("job_id",), JOBS, ("id",))),
    (EVENTS, ForeignKeyDef(f"{EVENTS.name}_job_id_fkey", ("job_id",), JOBS, ("id",), on_delete="cascade")),
    (PROGRESS, ForeignKeyDef("job_progress_run_fkey", ("run",), JOBS, ("id",), on_delete="cascade")),
)


def _index(
    name: str, table: Name, *columns: str, unique: bool = False, where: str | None = None
) -> CreateIndex:
    return CreateIndex(
        name, table, tuple(IndexPart(column) for column in columns), unique=unique, where=where
    )


_priority = _index(f"{JOBS.name}_priority_idx_v1", JOBS, "priority", "id", where="status = 'todo'")
INDEXES = (
    _index(f"{JOBS.name}_queueing_lock_idx_v1", JOBS, "queueing_lock", unique=True, where="status = 'todo'"),
    _index(f"{JOBS.name}_lock_idx_v1", JOBS, "lock", unique=True, where="status = 'doing'"),
    _index(
        f"idx_{JOBS.name}_worker_not_null",
        JOBS,
        "worker_id",
        where="worker_id is not null and status = 'doing'",
    ),
    _index(f"{JOBS.name}_queue_name_idx_v1", JOBS, "queue_name"),
    _index(f"{JOBS.name}_id_lock_idx_v1", JOBS, "id", "lock", where="status in ('todo', 'doing')"),
    replace(_priority, parts=(IndexPart("priority", descending=True), IndexPart("id"))),
    _index(f"{EVENTS.name}_job_id_fkey_v1", EVENTS, "job_id"),
    _index(f"{DEFERS.name}_job_id_fkey_v1", DEFERS, "job_id"),
    _index(f"idx_{WORKERS.name}_last_heartbeat", WORKERS, "last_heartbeat"),
)
DOCS = {
    WORKERS: "Workers of jobs that run, each with its last sign of life.",
    JOBS: "Jobs that wait, run, or are done.",
    DEFERS: "The last time that each scheduled job was queued for.",
    EVENTS: "What has become of each job, and when.",
    PAUSE: "Jobs that no worker takes for the time being.",
    PROGRESS: "Where each run of a job goes on: written in the transaction of what it did.",
}
