"""A copy of a node with other members answers from these, and not from what the node has worked out before."""

from tests.support.shop import shop


def test_a_copy_works_out_its_own() -> None:
    system = shop()[1]
    entity = system.entities[0]
    assert system.entity(entity.name) is entity
    assert entity.field(entity.fields[0].name) is entity.fields[0]
    shorter = entity.model_copy(update={"fields": entity.fields[1:]})
    other = system.model_copy(update={"entities": (shorter, *system.entities[1:])})
    assert other.entity(entity.name) is shorter and system.entity(entity.name) is entity
    assert "_fields" not in vars(shorter) and "_entities" in vars(system.model_copy())
