"""What an input says of related rows: rows of the far side by their values, and owned rows that an update replaces."""

from bdc import ir
from bdc.analysis.needed import is_needed
from bdc.analysis.rules.api.addresses import names_one_row
from bdc.model import Model
from bdc.model.nodes.api import InputMember
from bdc.model.nodes.entity import CollectionField, Entity, ReferenceField, ScalarField, has_column
from bdc.model.typing.types import describe

CHOOSE = "write which of its fields: `{ … }`"
REPLACE = "write `@replace` behind its name, where the rows that are sent take the place of those there"
_KEYS = (ir.Scalar.STRING, ir.Scalar.TEXT, ir.Scalar.UUID, ir.Scalar.INT, ir.Scalar.BIGINT, ir.Scalar.DATE)


def against_collection(model: Model, field: CollectionField, member: InputMember | None) -> str:
    """Return why callers cannot give the rows of a collection with a new row; '' when they can. `member`: None where no input names it."""
    if field.through is not None and member is not None:
        return _against_link(model, field, field.through, member)
    if not field.owned:
        return "it is not `@owned`, so its rows have requests of their own"
    if member is None:
        return ""
    return CHOOSE if member.children is None else against_attributes(member)


def against_attributes(member: InputMember) -> str:
    """Return why a member that is no relation of many to many cannot have what is written behind it."""
    written = {"@by": member.by is not None, "@create": member.creates, "@as": member.called is not None}
    wrong = next((name for name, is_written in written.items() if is_written), "")
    return f"`{wrong}` is for relations of many to many" if wrong else ""


def is_remedied(member: InputMember, why: str) -> bool:
    """Say whether to remove a member is all that can be done about it."""
    written = member.by is not None or member.creates or member.called is not None or member.replace
    return not written and why not in (CHOOSE, REPLACE)


def against_replacement(model: Model, field: CollectionField, member: InputMember) -> str:
    """Return why an update cannot take the rows of a collection; '' when it can."""
    if field.through is not None:
        return ""
    if not member.replace:
        return REPLACE
    back = model.entities[field.target].find(field.inverse)
    owner = model.entities[back.target] if isinstance(back, ReferenceField) else None
    if owner is not None and isinstance(back, ReferenceField) and not _is_by_key(owner, back):
        return "its rows refer to another field than the key"
    return ""


def _against_link(model: Model, field: CollectionField, through: str, member: InputMember) -> str:
    if len(model.entities[field.target].key) != 1 and member.by is None:
        return f"the key of `{field.target}` has several parts"
    if member.children is not None:
        return "its rows are given by their keys: write it without `{ … }`"
    if member.replace:
        return "its rows always take the place of those there: write it without `@replace`"
    link, target = model.entities[through], model.entities[field.target]
    near, far = link.find(field.inverse), link.find(field.far or "")
    if not isinstance(near, ReferenceField) or not isinstance(far, ReferenceField):
        return "its relation could not be resolved"
    if link.view is not None or target.view is not None:
        return "a view is read-only"
    if any(found.stamp is ir.Stamp.DELETED for found in link.fields if isinstance(found, ScalarField)):
        return f"`{through}` keeps rows that are deleted"
    by_key = _is_by_key(model.entities[near.target], near) and not (far.carriers or far.goals)
    if not by_key or near.readonly or far.readonly:
        return f"`{through}` refers to its sides by fields of its own"
    given = {near.name, far.name, *near.carriers}
    needed = [each.name for each in link.fields if each.name not in given and is_needed(each)]
    if needed:
        return f"each row of `{through}` needs `{needed[0]}` too"
    return _against_values(model, target, member)


def _against_values(model: Model, target: Entity, member: InputMember) -> str:
    """Return why the given values do not name rows of the far side."""
    name = member.by.text if member.by is not None else target.key[0]
    field = target.find(name)
    if not isinstance(field, ScalarField):
        return f"`{name}` of `{target.name}` is no plain field"
    if not isinstance(field.type, ir.EnumType) and (
        not isinstance(field.type, ir.ScalarType) or field.type.scalar not in _KEYS
    ):
        return f"no row of `{target.name}` is named by a `{describe(field.type)}`"
    if member.by is not None and (why := names_one_row(model, target, name)):
        return f"`{name}` of `{target.name}` does not name one row: {why}"
    return _against_making(model, target, name) if member.creates else ""


def _against_making(model: Model, target: Entity, name: str) -> str:
    """Return why a value alone does not make a row of the far side."""
    field = target.find(name)
    if isinstance(field, ScalarField) and (
        field.readonly or (field.default is not None and field.name not in target.key)
    ):
        return f"`@create`: callers do not give `{name}` of `{target.name}`"
    needed = [each.name for each in target.fields if each.name != name and is_needed(each)]
    if needed:
        return f"`@create`: a new `{target.name}` needs `{needed[0]}` too"
    if any(isinstance(each, ScalarField) and each.encrypted for each in target.fields):
        return f"`@create`: rows of `{target.name}` hold encrypted values"
    return ""


def _is_by_key(target: Entity, reference: ReferenceField) -> bool:
    """Whether a reference leads to the key."""
    key = (target.find(name) for name in target.key)
    return set(reference.goals) <= {found.column for found in key if found is not None and has_column(found)}
