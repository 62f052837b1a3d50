"""API keys that callers make for rows of a second identity, where operations say so (`@api_key`).

The keys lie with all others in `app.api_key`; `app.issued_key` has what is said of them. No role of the service may read or write either: the
operations, whose policy was asked by then, call functions that run as the owner. Keys go with their row: another one of the same key has none.
"""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import (
    AddForeignKey,
    ColumnDef,
    CreateFunction,
    CreateIndex,
    CreateTrigger,
    ForeignKeyDef,
    IndexPart,
    Section,
    Statement,
)
from bdc.ddl.printer import literal
from bdc.ir import Entity, ReferenceField, ScalarField, SystemIR
from bdc.query.names import quote
from bdc.query.relations import key_parts
from bdc.schema.audit import actor_of
from bdc.schema.bodies import body
from bdc.schema.names import APP, Roles, claim_setting_name, fitted, name_of
from bdc.schema.owner_functions import OwnerFunction, owner_function
from bdc.schema.system_tables import API_KEY, SystemTable, create_table
from bdc.surface.issued_keys import issuing

_SHOWN = "prefix text, name text, roles text[], created_at timestamptz, expires_at timestamptz, used_at timestamptz"
ISSUED_KEY = SystemTable(
    "issued_key",
    "API keys that callers made for rows that show keys: what was said of them, and when they were last shown.",
    (
        ColumnDef("id", "uuid"),
        ColumnDef("name", "text", not_null=False),
        ColumnDef("roles", "text[]"),
        ColumnDef("used_at", "timestamptz", not_null=False),
    ),
    ("id",),
)
_FUNCTIONS: tuple[OwnerFunction, ...] = (
    (
        "issued_key_add",
        "entity text, row_key text, source text, roles_source text, granted text[], caption text, days integer",
        "text, text, text, text, text[], text, integer",
        "table (prefix text, key text, name text, roles text[], expires_at timestamptz)",
        "plpgsql",
        "volatile",
    ),
    ("issued_key_list", "entity text, row_key text", "text, text", f"table ({_SHOWN})", "sql", "stable"),
    (
        "issued_key_end",
        "entity text, row_key text, wanted text",
        "text, text, text",
        f"table ({_SHOWN})",
        "plpgsql",
        "volatile",
    ),
    ("issued_key_used", "hash bytea", "bytea", "void", "sql", "volatile"),
)


def issued_key_objects(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the table and the functions, after the tables of the system; nothing where no operation is about keys."""
    entities = issuing(system)
    if not entities:
        return
    keys = Name(API_KEY.name, APP)
    yield Section("Keys that callers make for rows")
    yield from create_table(ISSUED_KEY, roles)
    reference = ForeignKeyDef("issued_key_id_fkey", ("id",), keys, ("id",), on_delete="cascade")
    yield AddForeignKey(Name(ISSUED_KEY.name, APP), reference)
    yield CreateIndex("api_key_identity_key_idx", keys, (IndexPart("identity_key"),))
    for declared in _FUNCTIONS:
        yield from owner_function(declared, _body(system, declared[0]), roles.runtime)
    yield from _orphans(system, entities)


def _orphans(system: SystemIR, entities: tuple[Entity, ...]) -> Iterator[Statement]:
    """Yield what ends the keys of a row that is deleted: another row may get its key."""
    function = Name("issued_key_orphaned", APP)
    yield CreateFunction(function, body("issued_keys/issued_key_orphaned"), returns="trigger", definer=True)
    for entity in entities:
        table = system.table(entity.table)
        arguments = (entity.name, key_parts(entity)[0].column)
        yield CreateTrigger(
            fitted(f"{table.name}_keys"), name_of(table), "after", "delete", function, arguments=arguments
        )


def _body(system: SystemIR, name: str) -> str:
    tenant = system.identity.tenant_claim if system.identity is not None else None
    settings = ("actor_roles", "operation", "request_id")
    return body(f"issued_keys/{name}").format(
        system=literal(system.name),
        actor=actor_of(system),
        settings=", ".join(f"current_setting('app.{each}', true)" for each in settings),
        tenant=f"current_setting('{claim_setting_name(tenant)}', true)" if tenant else "null",
    )


def claims_of_rows(system: SystemIR) -> Iterator[tuple[str, Entity, str]]:
    """Yield for each entity whose rows are made keys: the member of a key that names the row, the entity, and what its row says besides, as
    an object of the row `u`."""
    identity = system.identity
    for entity in issuing(system):
        other = identity.other(entity.name) if identity is not None else None
        assert identity is not None and other is not None
        claims = {each.name: each for each in identity.claims}
        pairs = []
        for name in other.claims:
            column = _column(entity, name)
            if name not in (other.key, identity.roles_claim) and column is not None:
                pairs.append(f"{literal(claims[name].source)}, u.{quote(column)}")
        if pairs:
            yield claims[other.key].source, entity, f"jsonb_build_object({', '.join(pairs)})"


def _column(entity: Entity, name: str) -> str | None:
    field = next((each for each in entity.fields if each.name == name), None)
    if isinstance(field, ScalarField):
        return field.column if not field.encrypted else None
    return field.column if isinstance(field, ReferenceField) else None
