"""Patches of a kustomization."""

from collections.abc import Iterable
from typing import Any, Literal

from bdc.output.document import to_yaml
from bdc.source.records import dataclass
from bdc_emitters.kubernetes.facts import Manifest


@dataclass(frozen=True, slots=True)
class Change:
    """One operation of a JSON patch (RFC 6902)."""

    path: str
    value: Any
    op: Literal["replace", "add"] = "replace"


def patch(kind: str, name: str, changes: Iterable[Change]) -> Manifest:
    """Return the entry of `patches` that makes `changes` to one manifest."""
    operations = [{"op": change.op, "path": change.path, "value": change.value} for change in changes]
    return {"target": {"kind": kind, "name": name}, "patch": to_yaml(operations)}


def removed(version: str, kind: str, name: str) -> Manifest:
    """Return the entry of `patches` that takes one manifest out."""
    gone = {"$patch": "delete", "apiVersion": version, "kind": kind, "metadata": {"name": name}}
    return {"target": {"kind": kind, "name": name}, "patch": to_yaml(gone)}
