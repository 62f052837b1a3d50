"""Whether two nodes say the same, wherever they are written and however they are explained."""

from typing import Any

from bdc.ir import EntityType, EnumType, Node, PathStep, ScalarType, StructType

_BESIDE = {"origin", "doc"}
# Nodes of plain values that are written nowhere by themselves: their dictionaries are compared as they are.
_PLAIN = {ScalarType, EnumType, StructType, EntityType, PathStep}
_PLANS: dict[type[Node], tuple[str, ...]] = {}


def same(old: Any, new: Any) -> bool:
    """Whether two values of the IR are equal but for places and documentation. Quick: a diff asks it of every node."""
    if old is new:
        return True
    kind = type(old)
    if kind is not type(new):
        return False
    if kind is tuple:
        return len(old) == len(new) and all(map(same, old, new))
    if not isinstance(old, Node):
        return bool(old == new)
    if kind in _PLAIN:
        return bool(old.__dict__ == new.__dict__)
    names = _PLANS.get(kind)
    if names is None:
        names = _PLANS[kind] = tuple(name for name in kind.model_fields if name not in _BESIDE)
    before, after = old.__dict__, new.__dict__
    for name in names:
        one, other = before[name], after[name]
        if one is other or (type(one) is str and one == other):
            continue
        if not same(one, other):
            return False
    return True
