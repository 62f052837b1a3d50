"""The seals of the audit trail; there are none without `audit`.

Rows are sealed in batches. The hashes of a batch are the leaves of a hash tree, whose root is a leaf of the tree over all batches (both as in
RFC 6962, section 2.1). The head of that tree, kept elsewhere, says later whether any row was changed, removed or slipped in.

What each row is hashed as (`app.audit_text`) is repeated in the emitted `database/audit`, which does not ask the database to check itself.
"""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import ColumnDef, CreateFunction, Grant, Privilege, Section, Statement
from bdc.ir import SystemIR
from bdc.schema.bodies import body
from bdc.schema.names import APP, Roles
from bdc.schema.system_tables import AUDIT_LOG, SystemTable, create_table

BATCH = 1000
"""Rows of one seal at most."""

AUDIT_SEAL = SystemTable(
    "audit_seal",
    "Seals of the audit trail: the hashes of a batch of rows, their root, and the head of the tree over all batches.",
    (
        ColumnDef("number", "bigint"),
        ColumnDef("first", "bigint"),
        ColumnDef("last", "bigint"),
        ColumnDef("rows", "integer"),
        ColumnDef("ids", "bigint[]", not_null=False),
        ColumnDef("hashes", "bytea[]", not_null=False),
        ColumnDef("root", "bytea"),
        ColumnDef("head", "bytea"),
        ColumnDef("at", "timestamptz", default="now()"),
        ColumnDef("pruned_at", "timestamptz", not_null=False),
    ),
    ("number",),
)
AUDIT_MARK = SystemTable(
    "audit_mark",
    "Up to which row the trail can be sealed once the transactions that were writing to it have ended; the tree so far.",
    (
        ColumnDef("id", "smallint"),
        ColumnDef("until", "bigint", not_null=False),
        ColumnDef("writers", "text[]", default="'{}'"),
        ColumnDef("frontier", "bytea[]", default="'{}'"),
    ),
    ("id",),
)


def audit_tables(system: SystemIR) -> tuple[SystemTable, ...]:
    """Return the tables of `app` that a sealed trail adds."""
    return (AUDIT_SEAL, AUDIT_MARK) if system.audit is not None else ()


def create_audit_seals(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield tables and functions. The service may call what seals and what deletes sealed rows that are old, and nothing else."""
    audit = system.audit
    if audit is None:
        return
    yield Section("The sealed audit trail")
    for table in audit_tables(system):
        yield from create_table(table, roles)
    yield CreateFunction(
        Name("audit_text", APP),
        body("audit_text"),
        parameters=f"entry {APP}.{AUDIT_LOG.name}",
        returns="text",
        language="sql",
        volatility="stable",
    )
    yield CreateFunction(
        Name("audit_node", APP),
        body("audit_node"),
        parameters="l bytea, r bytea",
        returns="bytea",
        language="sql",
        volatility="immutable",
    )
    yield CreateFunction(
        Name("audit_root", APP),
        body("audit_root"),
        parameters="leaves bytea[]",
        returns="bytea",
        volatility="immutable",
    )
    yield from _called("audit_seal", body("audit_seal").replace("{batch}", str(BATCH)), roles)
    if audit.keep is not None:
        yield from _called("audit_prune", body("audit_prune").replace("{keep}", str(audit.keep)), roles)


def _called(name: str, text: str, roles: Roles) -> Iterator[Statement]:
    yield CreateFunction(Name(name, APP), text, returns="bigint", definer=True)
    yield Grant((Privilege("execute"),), "function", Name(name, APP), (roles.runtime,), signature="")
