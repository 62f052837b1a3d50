"""The tables of schema `app`: what every system has whatever its specification says."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    ColumnDef,
    CommentOn,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    EnableRowSecurity,
    Grant,
    IndexPart,
    PrimaryKeyDef,
    Privilege,
    Statement,
)
from bdc.ir import SystemIR
from bdc.query.folding import without_selects
from bdc.query.names import quote
from bdc.schema.names import APP, Roles, claim_setting_name, fitted
from bdc.source.records import dataclass

_ID = ColumnDef("id", "bigint generated always as identity")
_AT = ColumnDef("at", "timestamptz", default="now()")


@dataclass(frozen=True, slots=True)
class SystemTable:
    """`key`: the primary key, which the owner's policy names because a policy must speak of its table."""

    name: str
    doc: str
    columns: tuple[ColumnDef, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()


def _optional(name: str, sql_type: str) -> ColumnDef:
    return ColumnDef(name, sql_type, not_null=False)


AUDIT_LOG = SystemTable(
    "audit_log",
    "Who changed which row of an audited table; written by triggers, only ever grows.",
    (
        _ID,
        _AT,
        *(_optional(name, "text") for name in ("actor", "roles", "operation", "request_id")),
        ColumnDef("db_role", "text"),
        ColumnDef("action", "text"),
        ColumnDef("table_name", "text"),
        _optional("tenant", "text"),
        ColumnDef("key", "jsonb"),
        _optional("old", "jsonb"),
        _optional("new", "jsonb"),
    ),
    ("id",),
    (("table_name", "key"), ("tenant", "at")),
)
OUTBOX = SystemTable(
    "outbox",
    "Events, written in the transaction of the change that they tell of, for a relay to deliver.",
    (
        _ID,
        _AT,
        ColumnDef("event", "text"),
        _optional("subject", "text"),
        _optional("tenant", "text"),
        ColumnDef("payload", "jsonb"),
        _optional("delivered_at", "timestamptz"),
    ),
    ("id",),
)
IDEMPOTENCY_KEY = SystemTable(
    "idempotency_key",
    "The answers to calls that may be repeated.",
    (
        *(ColumnDef(name, "text") for name in ("scope", "operation", "key", "request_hash")),
        _optional("status", "integer"),
        _optional("etag", "text"),
        _optional("body", "text"),
        _AT,
    ),
    ("scope", "operation", "key"),
    (("at",),),
)
API_KEY = SystemTable(
    "api_key",
    "Keys that stand for a token. Only the SHA-256 of a key is kept.",
    (
        ColumnDef("id", "uuid", default="gen_random_uuid()"),
        ColumnDef("prefix", "text"),
        ColumnDef("hash", "bytea"),
        ColumnDef("identity_key", "text"),
        ColumnDef("claims", "jsonb", default="'{}'"),
        _AT,
        _optional("expires_at", "timestamptz"),
        _optional("revoked_at", "timestamptz"),
    ),
    ("id",),
    (("hash",),),
)
MIGRATION = SystemTable(
    "migration",
    "The ledger: which file of which migration has been applied (statement 0: the whole file in one transaction).",
    (
        ColumnDef("number", "bigint", identity="always"),
        *(ColumnDef(name, "text") for name in ("migration", "file", "checksum")),
        ColumnDef("statement", "integer", default="0"),
        _AT,
        ColumnDef("applied_by", "text", default="session_user"),
        _optional("catalog", "jsonb"),
    ),
    ("migration", "file", "statement"),
)
TABLES = (AUDIT_LOG, OUTBOX, IDEMPOTENCY_KEY, API_KEY, MIGRATION)


# What a relay needs of an event beside what it says: the key of its row, and the version of its payload.
_SENT = (_optional("key", "jsonb"), ColumnDef("version", "smallint", default="1"))

# Rows that no release writes for the stream count as published.
_PUBLISHED = (
    ColumnDef("published_at", "timestamptz", not_null=False, default="now()"),
    ColumnDef("publish_at", "timestamptz", default="now()"),
    ColumnDef("publish_attempts", "integer", default="0"),
    _optional("publish_error", "text"),
)


def create_tables(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield every table of `app`, open to the owner alone."""
    for table in TABLES:
        more = sent_columns(system) if table is OUTBOX else ()
        yield from create_table(replace(table, columns=(*table.columns, *more)), roles)


def sent_columns(system: SystemIR) -> tuple[ColumnDef, ...]:
    """Return what the outbox has beside what it always has."""
    return (*(_SENT if system.relays else ()), *(_PUBLISHED if system.stream is not None else ()))


def create_table(table: SystemTable, roles: Roles) -> Iterator[Statement]:
    """Yield one of them, open to the owner alone."""
    name = Name(table.name, APP)
    yield CreateTable(name, table.columns, (PrimaryKeyDef(f"{table.name}_pkey", table.key),))
    for columns in table.indexes:
        parts = tuple(IndexPart(column) for column in columns)
        yield CreateIndex(f"{table.name}_{'_'.join(columns)}_idx", name, parts, unique=columns == ("hash",))
    yield EnableRowSecurity(name)
    yield owner_policy(name, table.key[0], roles)
    yield CommentOn("table", name, table.doc)


def owner_policy(table: Name, column: str, roles: Roles) -> CreatePolicy:
    """Return the policy that lets the owner, who is held to policies too, see and load every row: `column` is never null."""
    every_row = f"{quote(column)} is not null"
    return CreatePolicy(
        fitted(f"{table.name}_owner"), table, "all", (roles.owner,), using=every_row, check=every_row
    )


def runtime_access(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield what the service needs of `app`: its own answers to repeat, and events to leave behind."""
    keys, outbox = Name(IDEMPOTENCY_KEY.name, APP), Name(OUTBOX.name, APP)
    mine = f"scope = {_caller(system)}"
    if system.sharded:
        mine = without_selects(mine)
    yield CreatePolicy("idempotency_key_caller", keys, "all", (roles.runtime,), using=mine, check=mine)
    written, answer = ("scope", "operation", "key", "request_hash"), ("status", "etag", "body")
    rights = (Privilege("select"), Privilege("insert", written), Privilege("update", answer))
    yield Grant(rights, "table", keys, (roles.runtime,))
    tenant = system.identity.tenant_claim if system.identity else None
    here = f"tenant is null or tenant = {_setting(tenant)}" if tenant else "event is not null"
    yield CreatePolicy("outbox_write", outbox, "insert", (roles.runtime,), check=here)
    sent = ("key", "version", "published_at")[
        : (3 if system.stream is not None else 2) if system.relays else 0
    ]
    told = ("event", "subject", "tenant", "payload", *sent)
    yield Grant((Privilege("insert", told),), "table", outbox, (roles.runtime,))


def _caller(system: SystemIR) -> str:
    """Return the text that the functions of the service put into `scope`: the actor, within a tenant."""
    tenant = system.identity.tenant_claim if system.identity else None
    keys = system.identity.keys if system.identity else ("id",)
    settings = [f"current_setting('{claim_setting_name(name)}', true)" for name in (*keys, tenant) if name]
    return f"(select concat_ws('/', {', '.join(settings)}))"


def _setting(claim: str) -> str:
    return f"(select current_setting('{claim_setting_name(claim)}', true))"
