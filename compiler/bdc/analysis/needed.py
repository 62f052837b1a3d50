"""What a new row cannot be without."""

from bdc.model.nodes.entity import Field, ReferenceField, ScalarField


def is_needed(field: Field) -> bool:
    """Say whether a new row must be given a value for a field."""
    match field:
        case ScalarField():
            return not field.nullable and not field.is_made and field.stamp is None
        case ReferenceField():
            return not (field.nullable or field.tenant or field.carriers or field.default is not None)
    return False
