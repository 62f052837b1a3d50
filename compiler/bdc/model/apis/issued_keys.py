"""`@api_key(make, sensor)` of an operation on a row of a second identity: it makes an API key for the row, lists its keys, or makes one useless."""

from bdc import ir
from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.policies import BadIdentity
from bdc.model.nodes.api import KeyOperation
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.policy import Identity, Word
from bdc.model.nodes.values import Entry
from bdc.model.policies.identity import roles_claim

WORDS = ("make", "list", "revoke")
NAME, DAYS, PREFIX = "name", "days", "prefix"


def key_operation(
    context: ResolveContext, attributes: Attributes, entity: Entity | None
) -> KeyOperation | None:
    """Return what the operation does with keys; None where it says nothing of them, or nothing that fits."""
    found = attributes.get("api_key")
    if found is None:
        return None
    words = attributes.words("api_key")
    if not words:
        return None
    verb, roles = words[0], tuple(Word(each.text, each.span) for each in words[1:])
    if verb.text not in WORDS:
        remedy = "write `@api_key(make, …)` with the roles of the key, `@api_key(list)` or `@api_key(revoke)`"
        context.report(BadIdentity(f"`{verb.text}` is nothing that is done with keys", remedy, verb.span))
        return None
    if _identity(context, entity) is None:
        why = "`@api_key` is for rows that show API keys"
        remedy = "write the operation in a resource of an entity with an `identity` that lists its roles"
        context.report(BadIdentity(why, remedy, found.span))
        return None
    return KeyOperation(verb.text, roles, found.span)


def _identity(context: ResolveContext, entity: Entity | None) -> Identity | None:
    """Return the second identity whose callers are rows of `entity`."""
    name = entity.name if entity is not None else None
    return next((each for each in context.others if each.entity == name), None)


def key_sql(
    context: ResolveContext,
    operation: KeyOperation | None,
    entity: Entity | None,
    parameters: tuple[Entry, ...],
) -> str | None:
    """Return the statement of an operation on the keys of a row: functions of the owner make, list and end keys; None for any other operation."""
    identity = _identity(context, entity)
    if operation is None or entity is None or identity is None or context.identity is None:
        return None
    given = {each.name for each in parameters}
    row = f"{_text(identity.entity)}, :{entity.key[0] if entity.key else 'id'}::text"
    if operation.verb == "list":
        return f"select * from app.issued_key_list({row})"
    if operation.verb == "revoke":
        return f"select * from app.issued_key_end({row}, :{PREFIX}::text)"
    # An identity without the claim is reported already.
    source = _source(identity, "id")
    roles_source = _source(context.identity, roles_claim(context.identity))
    roles = ", ".join(_text(role.text) for role in operation.roles)
    name = f":{NAME}::text" if NAME in given else "null"
    days = f":{DAYS}::integer" if DAYS in given else "null"
    return (
        f"select * from app.issued_key_add({row}, {_text(source)}, {_text(roles_source)}, array[{roles}]::text[], "
        f"{name}, {days})"
    )


def _source(identity: Identity, claim: str | None) -> str:
    """Return where a claim is read; '' where the identity has no such claim."""
    sources = zip((each.name for each in identity.claims), identity.sources, strict=True)
    return next((source for name, source in sources if name == claim), "")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def is_struct(type_: ir.Type | None, name: str) -> bool:
    """Whether a type is a struct of `std.keys`."""
    return isinstance(type_, ir.StructType) and type_.name == name
