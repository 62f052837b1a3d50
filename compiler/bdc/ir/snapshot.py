"""A system as a migration keeps it: JSON that leaves out what every node says by default.

A default of a node can therefore not change its meaning without a new format: the schema in `specs/ir` shows that it did.
"""

from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel

from bdc.ir.system import SystemIR

_PLAIN = (str, int, bool, float, type(None))
_MISSING = object()


def dump_snapshot(system: SystemIR) -> str:
    """Return the text of `system`."""
    return orjson.dumps(_sparse(system), default=str).decode()


def load_snapshot(text: str) -> SystemIR:
    """Return the system of `text`, in this form or with every default written out. What an older release wrote and this one has no use
    for is left out. Raises pydantic's ValidationError for anything else."""
    return SystemIR.model_validate_json(text, extra="ignore")


def _sparse(value: Any) -> Any:
    kind: type = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [_sparse(item) for item in value]
    if isinstance(value, BaseModel):
        members = value.__dict__
        # `kind` tells the classes of a union apart: it is always written
        return {
            name: _sparse(members[name])
            for name, default in _defaults(kind)
            if name == "kind" or _differs(members[name], default)
        }
    if isinstance(value, dict):
        return {name: _sparse(item) for name, item in value.items()}
    return value


def _differs(item: Any, default: Any) -> bool:
    return item is not default and (type(item) is not type(default) or bool(item != default))


@cache
def _defaults(kind: type[BaseModel]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (name, _MISSING if field.is_required() else field.get_default(call_default_factory=True))
        for name, field in kind.model_fields.items()
    )
