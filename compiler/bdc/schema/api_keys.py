"""How an API key is looked up: by its hash, and where keys are of rows of an entity of their own, only while that row is there."""

from collections.abc import Iterator

from bdc.ddl.names import Name, qualified
from bdc.ddl.nodes import CreateFunction, Grant, Privilege, Statement
from bdc.ddl.printer import literal
from bdc.ir import Identity, OtherIdentity, SystemIR
from bdc.query.expressions import lower
from bdc.query.names import quote
from bdc.query.relations import key_parts, not_deleted
from bdc.query.scope import Names, Row, Scope
from bdc.query.trees import print_sql
from bdc.query.types import sql_type
from bdc.schema.bodies import body
from bdc.schema.issued_keys import claims_of_rows
from bdc.schema.names import APP, Roles, name_of
from bdc.source.records import replace

_NAME = Name("api_key_find", APP)


def keys_of_rows(system: SystemIR) -> bool:
    """Return whether keys are of rows of an entity of their own: the function names its table then, and is made after it."""
    return system.identity is not None and bool(system.identity.others)


def grant_key_look_up(roles: Roles) -> Iterator[Statement]:
    """Yield the right of the service to call the function."""
    yield Grant((Privilege("execute"),), "function", _NAME, (roles.runtime,), signature="bytea")


def create_key_look_up(system: SystemIR) -> Iterator[Statement]:
    """Yield the function of the service that finds a key. It names tables of the system where identities beside the main one have keys."""
    text = _with_claims_of_rows(system, body("api_key_find").strip())
    others = system.identity.others if system.identity is not None else ()
    conditions = [_present(system, system.identity, each) for each in others if system.identity is not None]
    found = CreateFunction(
        _NAME,
        "\n  and ".join((text, *conditions)) if conditions else body("api_key_find"),
        parameters="hash bytea",
        returns="table (id uuid, claims jsonb, expires_at timestamptz)",
        language="sql",
        definer=True,
        volatility="stable",
    )
    yield replace(found, search_path="pg_catalog, public, pg_temp") if conditions else found


def _with_claims_of_rows(system: SystemIR, text: str) -> str:
    """Return the query with what the row of a key that was made over the API says at this moment, such as its tenant, in the claims."""
    added = ""
    for source, entity, claims in claims_of_rows(system):
        table, key = system.table(entity.table), key_parts(entity)[0].column
        of_row = f"u.{quote(key)} = (found.claims ->> {literal(source)})::{sql_type(table.column(key).type)}"
        made = "exists (select from app.issued_key as i where i.id = found.id)"
        said = f"(select {claims} from {qualified(name_of(table))} as u where {of_row} and {made})"
        added += f" || coalesce({said}, '{{}}')"
    return text.replace("found.claims,", f"found.claims{added},", 1)


def _present(system: SystemIR, identity: Identity, other: OtherIdentity) -> str:
    """Return the condition that a key is not of such a row, or that the row is there and may call."""
    entity = system.entity(other.entity)
    table, key = system.table(entity.table), key_parts(entity)[0].column
    row = Row(entity, "u")
    source = next(claim.source for claim in identity.claims if claim.name == other.key)
    given = f"found.claims ->> {literal(source)}"
    terms = [f"u.{quote(key)} = ({given})::{sql_type(table.column(key).type)}"]
    terms += [print_sql(each) for each in not_deleted(row)]
    if other.active is not None:
        terms.append(f"({print_sql(lower(other.active, Scope(system, row=row, names=Names('r'))))})")
    found = f"select from {qualified(name_of(table))} as u where {' and '.join(terms)}"
    return f"({given} is null or exists ({found}))"
