"""Operations on the API keys of a row (`@api_key`): what they take and give back, and that a key of the row has what its callers have."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import resources
from bdc.model import Model
from bdc.model.apis.issued_keys import DAYS, NAME, PREFIX, is_struct
from bdc.model.errors.policies import BadIdentity
from bdc.model.nodes.api import KeyOperation, Operation, Resource
from bdc.model.nodes.entity import ReferenceField, ScalarField
from bdc.model.nodes.policy import Identity
from bdc.model.nodes.values import Entry

_TAKES = {"make": (NAME, DAYS), "list": (), "revoke": (PREFIX,)}
_RESULTS = {"make": "NewApiKey", "list": "ApiKey[]", "revoke": "ApiKey"}
_TEXTS = (ir.Scalar.STRING, ir.Scalar.TEXT)


def issued_keys(model: Model) -> Iterator[BadIdentity]:
    for resource in resources(model):
        identity = next((each for each in model.others if each.entity == resource.entity), None)
        for operation in resource.custom:
            if operation.keys is not None and identity is not None:
                yield from _judged(model, resource, operation, operation.keys, identity)


def _judged(
    model: Model, resource: Resource, operation: Operation, keys: KeyOperation, identity: Identity
) -> Iterator[BadIdentity]:
    yield from _result(operation, keys)
    for each in operation.parameters:
        yield from _parameter(model, operation, each, keys)
    if keys.verb == "revoke" and PREFIX not in {each.name for each in operation.parameters}:
        yield BadIdentity(
            "the operation does not say which key it ends",
            f"write `{operation.name}({PREFIX}: string(1..80))`",
            operation.span,
        )
    if operation.sql_span is not None:
        yield BadIdentity("`@api_key` is the body of an operation", "remove the SQL", operation.sql_span)
    if resource.by is not None:
        remedy = f"remove `by {resource.by.text}`, or write the operation in a resource without `by`"
        yield BadIdentity("keys are of a row that its key names", remedy, resource.by.span)
    if keys.verb == "make":
        yield from _made(model, operation, keys, identity)
    elif keys.roles:
        yield BadIdentity("roles are for new keys", f"write `@api_key({keys.verb})`", keys.roles[0].span)


def _result(operation: Operation, keys: KeyOperation) -> Iterator[BadIdentity]:
    wanted, returns = _RESULTS[keys.verb], operation.returns
    name = wanted.removesuffix("[]")
    item = returns.item if isinstance(returns, ir.ArrayType) and wanted.endswith("[]") else returns
    many = isinstance(returns, ir.ArrayType) == wanted.endswith("[]")
    if not (many and is_struct(item, name)) and not (keys.verb == "revoke" and returns is None):
        why = f"`@api_key({keys.verb})` answers with `{wanted}`"
        remedy = f"write `use std.keys {{ {name} }}`, and `-> {wanted}` behind the parameters"
        yield BadIdentity(why, remedy, operation.returns_span or operation.span)


def _parameter(model: Model, operation: Operation, given: Entry, keys: KeyOperation) -> Iterator[BadIdentity]:
    takes, entity = _TAKES[keys.verb], model.entities[operation.entity or ""]
    kind = given.type.scalar if isinstance(given.type, ir.ScalarType) else None
    fits = kind is ir.Scalar.INT if given.name == DAYS else kind in _TEXTS
    if given.name not in takes:
        known = " and ".join(f"`{name}`" for name in takes) or "no parameters"
        yield BadIdentity(f"`@api_key({keys.verb})` takes {known}", f"remove `{given.name}`", given.span)
    elif given.name in entity.key:
        why = f"`{given.name}` names the row"
        yield BadIdentity(why, f"remove the parameter `{given.name}`", given.span)
    elif not fits or given.refers is not None:
        wanted = "int(1..3_650)" if given.name == DAYS else "string(1..80)"
        why = f"`{given.name}` has another type"
        yield BadIdentity(why, f"write `{given.name}: {wanted}`", given.span)
    elif given.name == PREFIX and given.nullable:
        yield BadIdentity(
            "the operation does not say which key it ends", f"write `{PREFIX}: string(1..80)`", given.span
        )


def _made(
    model: Model, operation: Operation, keys: KeyOperation, identity: Identity
) -> Iterator[BadIdentity]:
    listed = {word.text for word in identity.roles}
    free = [name for name, role in model.roles.items() if name in listed and role.entity is None]
    if not keys.roles:
        example = free[0] if free else "device"
        yield BadIdentity("a new key has no roles", f"write `@api_key(make, {example})`", keys.span)
    for word in keys.roles:
        if word.text not in free:
            why = f"a key of `{identity.entity}` does not carry `{word.text}`"
            remedy = f"write {' or '.join(f'`{name}`' for name in free)}" if free else "declare a role for it"
            yield BadIdentity(why, remedy, word.span)
    if operation.idempotent:
        why = "an answer that is repeated is kept, and a key is shown once"
        yield BadIdentity(why, "remove `@idempotent`", operation.span)
    entity = model.entities[identity.entity]
    for claim in identity.claims:
        named = entity.find(claim.name)
        known = isinstance(named, ScalarField) and not named.encrypted
        if claim.name != "id" and not claim.nullable and not (known or isinstance(named, ReferenceField)):
            why = f"a key that is made here has no claim `{claim.name}`"
            remedy = f"give `{entity.name}` a field `{claim.name}`, or write `?` after the type of the claim"
            yield BadIdentity(why, remedy, claim.span)
