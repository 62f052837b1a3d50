"""A list under a path of its own stands in a resource that offers `list` and stands under no other row."""

from collections.abc import Iterator

from bdc.analysis.exposure import resources
from bdc.model import Model
from bdc.model.errors.types import BadSetting


def own_lists(model: Model) -> Iterator[BadSetting]:
    for resource in resources(model):
        for each in resource.lists:
            if resource.parent is not None:
                yield BadSetting(each.name, "a resource that stands under no other", each.span)
            elif resource.single is not None or not resource.offers("list"):
                yield BadSetting(each.name, "a resource that has `list` in its `ops`", each.span)
