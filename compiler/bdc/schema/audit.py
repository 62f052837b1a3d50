"""The audit trail: what writes it, per table, and which columns leave no trace in it.

Each audited table has a function of its own whose statements name its columns: nothing is put together while it runs, and one
INSERT into the trail, planned once in a session, is all that a change costs.
"""

from collections.abc import Collection, Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateTrigger, Statement
from bdc.ddl.printer import literal
from bdc.ir import Entity, ScalarField, StructType, SystemIR, Table
from bdc.query.claims import NIL_UUID
from bdc.query.embedding import columns_of
from bdc.query.names import quote
from bdc.schema.names import APP, claim_setting_name, fitted, name_of
from bdc.schema.system_tables import AUDIT_LOG

_SETTINGS = tuple(
    (column, f"current_setting('app.{setting}', true)")
    for column, setting in (
        ("roles", "actor_roles"),
        ("operation", "operation"),
        ("request_id", "request_id"),
    )
)
_IMAGES = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}
_BODY = """\
-- Runs as the owner: whoever changes a row can neither write, read nor skip its entry.
begin
  if tg_op = 'INSERT' then
    {insert}
  elsif tg_op = 'UPDATE' then
    {update}
  else
    {delete}
  end if;
  return null;
end"""


def create_audit(table: Table, hidden: Collection[str], actor: str) -> Iterator[Statement]:
    """Yield the function that records changes of `table`, and its trigger. Columns of `hidden` are recorded as `[redacted]`, nulls as
    nulls: that nothing was there is no secret. `actor`: the expression for the caller's key."""
    function = Name(fitted(f"{table.name}_audit"), APP)
    entries = {action: _entry(table, hidden, actor, action) for action in _IMAGES}
    yield CreateFunction(function, _BODY.format(**entries), definer=True)
    events = "insert or update or delete"
    yield CreateTrigger(fitted(f"{table.name}_audit"), name_of(table), "after", events, function)


def actor_of(system: SystemIR) -> str:
    """Return the expression for the key of the caller, of whichever identity."""
    main = f"current_setting('{claim_setting_name('id')}', true)"
    others = system.identity.others if system.identity is not None else ()
    found = (
        f"nullif(nullif(current_setting('{claim_setting_name(each.key)}', true), ''), '{NIL_UUID}')"
        for each in others
    )
    return f"coalesce({', '.join((*found, main))})" if others else main


def _entry(table: Table, hidden: Collection[str], actor: str, action: str) -> str:
    images = _IMAGES[action]
    row = images[-1]
    tenant = f"{row}.{quote(table.tenant_column)}" if table.tenant_column else "null"
    values = {"actor": actor, **dict(_SETTINGS)} | {
        "db_role": "session_user",
        "action": literal(action),
        "table_name": literal(table.name),
        "tenant": tenant,
        "key": _members(row, _key(table)),
        **{image: _image(table, hidden, image) for image in images},
    }
    columns, given = ", ".join(values), ",\n      ".join(values.values())
    return f"insert into {APP}.{AUDIT_LOG.name} ({columns})\n    values (\n      {given});"


def _key(table: Table) -> list[str]:
    """Return the columns of the key that are not the tenant, unless that is the whole key."""
    columns = table.primary_key.columns if table.primary_key else ()
    return [column for column in columns if column != table.tenant_column or len(columns) == 1]


def _members(row: str, columns: Collection[str]) -> str:
    pairs = (f"{literal(column)}, {row}.{quote(column)}" for column in columns)
    return f"jsonb_build_object({', '.join(pairs)})"


def _image(table: Table, hidden: Collection[str], row: str) -> str:
    """Return the whole row as jsonb. What is hidden is laid over it."""
    covered = [column.name for column in table.columns if column.name in hidden]
    if not covered:
        return f"to_jsonb({row})"
    marks = [
        f"{literal(name)}, case when {row}.{quote(name)} is not null then '[redacted]' end"
        for name in covered
    ]
    # A function takes a hundred arguments at most.
    parts = [", ".join(marks[start : start + 50]) for start in range(0, len(marks), 50)]
    return " || ".join((f"to_jsonb({row})", *(f"jsonb_build_object({part})" for part in parts)))


def personal_columns(system: SystemIR, entity: Entity) -> frozenset[str]:
    """Return the columns that hold personal or encrypted data, also inside a struct."""
    fields = [field for field in entity.fields if isinstance(field, ScalarField)]
    hidden = {
        name
        for field in fields
        if field.pii or field.encrypted or _holds_pii(system, field)
        for name in columns_of(field)
    }
    encrypted = {column.name for column in system.table(entity.table).columns if column.encrypted}
    return frozenset(hidden | encrypted)


def _holds_pii(system: SystemIR, field: ScalarField) -> bool:
    return isinstance(field.type, StructType) and any(
        part.pii for part in system.struct(field.type.name).fields
    )
