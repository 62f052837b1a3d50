"""The scripts that export and erase what is kept about one person, for psql as the administrator of the database."""

from collections.abc import Iterator

from bdc.ddl.names import quote
from bdc.ir import SystemIR
from bdc.query.names import relation
from bdc.query.relations import key_parts
from bdc_emitters.compliance.people import HAND, Link, Person, parts_of, persons

_HEAD = """\
-- {what}
-- psql "$DATABASE_URL" -v ON_ERROR_STOP=1 {options} -f compliance/{name}
-- As the administrator of the database: row level security would hide rows of others.
"""


def export_script(system: SystemIR) -> str:
    """Return the script that prints the rows of a person, one JSON document a line."""
    blocks = [_block(person, list(_exported(system, person))) for person in persons(system)]
    head = _HEAD.format(
        what="Print what is kept about one person, one JSON document a line.",
        options=_usage(system),
        name="export.sql",
    )
    return head + "\\pset format unaligned\n\\pset tuples_only on\n" + "\n".join(blocks)


def erase_script(system: SystemIR) -> str:
    """Return the script that replaces a person's values. Rows stay: orders and audit rows refer to them."""
    blocks = [_block(person, _erased(system, person)) for person in persons(system)]
    head = _HEAD.format(
        what="Erase the personal data of one person; the rows stay.", options=_usage(system), name="erase.sql"
    )
    return head + "begin;\n" + "\n".join(blocks) + "commit;\n"


def _usage(system: SystemIR) -> str:
    found = persons(system)
    tenant = " -v tenant=KEY" if any(person.tenant for person in found) else ""
    return f"-v {found[0].variable}=KEY{tenant}"


def _block(person: Person, lines: list[str]) -> str:
    inner = "\n".join(lines)
    return f"\\if :{{?{person.variable}}}\n\\set key :{person.variable}\n{inner}\n\\endif\n"


def _exported(system: SystemIR, person: Person) -> Iterator[str]:
    for link in person.links:
        entity = system.entity(link.entity)
        yield (
            f"select jsonb_build_object('entity', '{link.entity}', 'row', to_jsonb(t)) from {relation(entity)} t"
            f" where {_where(link, person, 't.')};"
        )
    for events in _events(system, person):
        yield f"select jsonb_build_object('entity', 'event', 'row', to_jsonb(t)) from app.outbox t where {events};"
    if system.identity is not None and person.entity == system.identity.entity:
        yield "select jsonb_build_object('entity', 'audit', 'row', to_jsonb(t)) from app.audit_log t where t.actor = :'key';"


def _erased(system: SystemIR, person: Person) -> list[str]:
    lines = [f"delete from app.outbox t where {events};" for events in _events(system, person)]
    by_hand = []
    for link in person.links:
        parts = list(parts_of(system, system.entity(link.entity)))
        changes = [f"{quote(part.column)} = {part.erased}" for part in parts if part.erased != HAND]
        by_hand += [f"{part.entity}.{part.field}" for part in parts if part.erased == HAND]
        if changes:
            table = relation(system.entity(link.entity))
            lines.append(f"update {table} set {', '.join(changes)} where {_where(link, person, '')};")
    names = ", ".join(dict.fromkeys(by_hand))
    return [*lines, *([f"\\warn 'to be erased by hand: {names}'"] if names else [])] or ["select 1;"]


def _events(system: SystemIR, person: Person) -> Iterator[str]:
    """Yield what chooses the events about rows of a person, where events are kept to be delivered; their deliveries go with them."""
    for link in person.links if system.relays else ():
        entity = system.entity(link.entity)
        named = ", ".join(f"'{event.name}'" for event in system.events if event.subject == link.entity)
        if named:
            parts = ", ".join(f"r.{quote(part.column)}" for part in key_parts(entity))
            rows = (
                f"select concat_ws(',', {parts}) from {relation(entity)} r where {_where(link, person, 'r.')}"
            )
            yield f"t.event in ({named}) and t.subject in ({rows})"


def _where(link: Link, person: Person, alias: str) -> str:
    found = f"{alias}{quote(link.column)} = :'key'"
    tenant = f" and {alias}{quote(link.tenant)} = :'tenant'" if link.tenant and person.tenant else ""
    return found + tenant
