"""A resource `by` a field finds one row by its value, and every caller of the resource may read that value."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import resources
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import BAD_ADDRESS
from bdc.model import Model
from bdc.model.errors.relations import BadNesting
from bdc.model.nodes.api import Resource
from bdc.model.nodes.entity import Entity, IndexKey, ScalarField
from bdc.model.typing.types import describe
from bdc.source import Span
from bdc.source.records import dataclass

_TEXT = (ir.Scalar.STRING, ir.Scalar.TEXT, ir.Scalar.UUID, ir.Scalar.INT, ir.Scalar.BIGINT, ir.Scalar.DATE)


@dataclass(frozen=True, slots=True)
class BadAddress(Fact):
    DIAGNOSTIC = BAD_ADDRESS

    entity: str
    field: str
    why: str
    help: str
    span: Span


def addresses(model: Model) -> Iterator[BadAddress]:
    """Report fields after `by` that do not name one row for every caller."""
    for resource in resources(model):
        if resource.by is None or resource.single is not None:
            continue
        entity = model.entities[resource.entity]
        why, help_ = _against(model, entity, resource.by.text)
        if not why and (sealed := _written_sealed(entity, resource)):
            why = f"`{sealed}` is encrypted for the key of its row, which such a path does not tell"
            help_ = f"remove `by`, or let no update and no operation of this resource write `{sealed}`"
        if why:
            yield BadAddress(entity.name, resource.by.text, why, help_, resource.by.span)


def readable_parents(model: Model) -> Iterator[BadNesting]:
    """Report resources under rows that no caller may read: nothing would ever be found there."""
    for resource in resources(model):
        if resource.parent is None:
            continue
        policy = model.policy(resource.parent)
        reads = (rule for rule in (policy.rules if policy else ()) if rule.effect == "allow")
        if not any(word.text == "read" for rule in reads for word in rule.actions):
            why = f"no role may read `{resource.parent}`"
            help_ = f"write `allow read to …` in `policy {resource.parent}`, or write the resource outside"
            yield BadNesting(resource.entity, resource.parent, why, help_, resource.span)


def _against(model: Model, entity: Entity, name: str) -> tuple[str, str]:
    """Return why a field names no row, and what to write; '' when it does."""
    field = entity.find(name)
    other = "name another field, or remove `by`: the key names the row"
    if not isinstance(field, ScalarField):
        return "it is no plain field", other
    if not (isinstance(field.type, ir.ScalarType) and field.type.scalar in _TEXT):
        return f"a path does not carry `{describe(field.type)}`", other
    if field.encrypted:
        return "an encrypted value cannot be compared", other
    if field.hidden:
        return "no answer has it", other
    policy = model.policy(entity.name)
    if any(rule.field == name and rule.read is not None for rule in (policy.fields if policy else ())):
        return "its `read` rule hides it from some callers", other
    if field.nullable:
        return "it can be null", f"make `{name}` required: write its type without `?`"
    if not _is_unique(entity, field):
        return "two rows may have the same value", f"write `@unique` at `{name}`"
    return "", ""


def names_one_row(model: Model, entity: Entity, name: str) -> str:
    """Return why a value of a field does not name one row for every caller; '' when it does."""
    return _against(model, entity, name)[0]


def _written_sealed(entity: Entity, resource: Resource) -> str:
    """Return an encrypted field that an update or an operation of the resource writes; '' when there is none."""
    written = {each.field for operation in resource.custom for each in operation.sets}
    if resource.offers("update"):
        given = {member.field for member in resource.update} if resource.update is not None else None
        written |= {
            field.name
            for field in entity.fields
            if isinstance(field, ScalarField)
            and (not (field.readonly or field.immutable) if given is None else field.name in given)
        }
    sealed = (field for field in entity.fields if isinstance(field, ScalarField) and field.encrypted)
    return next((field.name for field in sealed if field.name in written), "")


def _is_unique(entity: Entity, field: ScalarField) -> bool:
    """Whether no two rows of a tenant have one value."""
    alone = ((IndexKey(field=field.name),), *_within_tenant(entity, field.name))
    return field.unique or any(unique.where is None and unique.keys in alone for unique in entity.uniques)


def _within_tenant(entity: Entity, name: str) -> tuple[tuple[IndexKey, ...], ...]:
    if entity.tenant is None:
        return ()
    tenant, own = IndexKey(field=entity.tenant), IndexKey(field=name)
    return (tenant, own), (own, tenant)
