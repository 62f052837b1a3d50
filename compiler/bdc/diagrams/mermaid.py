"""The same pictures as Mermaid text: GitHub, GitLab and most wikis draw it."""

import re
from collections.abc import Iterator

from bdc.diagrams.architecture import parts
from bdc.diagrams.sequence import Message
from bdc.ir import ArrayType, CollectionField, Entity, Machine, ReferenceField, ScalarType, SystemIR
from bdc.policy.matrix import Verdict, matrix_of


def entities(system: SystemIR) -> str:
    """Return an `erDiagram`: every field, and a line for each reference but those to the tenant root."""
    lines = ["erDiagram"]
    for entity in system.entities:
        lines.append(f"  {entity.name} {{")
        lines += [f"    {row}" for row in _fields(entity)]
        lines.append("  }")
    for entity in system.entities:
        for field in entity.fields:
            if isinstance(field, ReferenceField) and not field.tenant:
                one = "|o" if field.nullable else "||"
                lines.append(f"  {field.target} {one}--o{{ {entity.name} : {field.name}")
    return "\n".join(lines) + "\n"


def _fields(entity: Entity) -> Iterator[str]:
    for field in entity.fields:
        if isinstance(field, CollectionField):
            continue
        key = " PK" if field.name in entity.key else " FK" if isinstance(field, ReferenceField) else ""
        yield f"{_type(field)} {field.name}{key}"


def _type(field: object) -> str:
    if isinstance(field, ReferenceField):
        return field.target
    logical = getattr(field, "type", None)
    array = isinstance(logical, ArrayType)
    inner = logical.item if isinstance(logical, ArrayType) else logical
    name = (
        inner.alias or inner.scalar.value if isinstance(inner, ScalarType) else getattr(inner, "name", "json")
    )
    return f"{name}{'[]' if array else ''}"


def machine(found: Machine) -> str:
    """Return a `stateDiagram-v2` of one machine."""
    lines = ["stateDiagram-v2", *([f"  [*] --> {_id(found.initial)}"] if found.initial else [])]
    for step in found.transitions:
        for source in step.sources:
            lines.append(f"  {_id(source)} --> {_id(step.target)} : {step.operation or 'update'}")
    return "\n".join(dict.fromkeys(lines)) + "\n"


def sequence(parties: tuple[str, ...], messages: tuple[Message, ...]) -> str:
    """Return a `sequenceDiagram`."""
    lines = ["sequenceDiagram", *(f"  participant {_id(party)} as {party}" for party in parties)]
    for each in messages:
        arrow = "-->>" if each.answer else "->>"
        text = each.text.replace(";", ",")
        lines.append(f"  {_id(each.source)}{arrow}{_id(each.target)}: {text}")
    return "\n".join(lines) + "\n"


def architecture(system: SystemIR) -> str:
    """Return a `flowchart` of what runs."""
    found, lines = parts(system)
    text = ["flowchart LR", *(f'  {_id(name)}["{name}<br/>{about}"]' for name, about in found)]
    text += [f"  {_id(source)} -- {words} --> {_id(target)}" for source, target, words in lines]
    return "\n".join(text) + "\n"


def permissions(system: SystemIR) -> str:
    """Return a `flowchart` from roles to what they may do; dotted where a condition is asked."""
    text = ["flowchart LR"]
    allowed: dict[tuple[str, str, Verdict], list[str]] = {}
    for row in matrix_of(system).rows:
        if row.verdict is not Verdict.NEVER:
            allowed.setdefault((row.role, row.entity or "operations", row.verdict), []).append(row.action)
    for role in dict.fromkeys(role for role, _, _ in allowed):
        text.append(f'  role_{_id(role)}(["{role}"])')
    for entity in dict.fromkeys(entity for _, entity, _ in allowed):
        text.append(f'  {_id(entity)}["{entity}"]')
    for (role, entity, verdict), actions in allowed.items():
        arrow = "-->" if verdict is Verdict.ALWAYS else "-.->"
        text.append(f'  role_{_id(role)} {arrow}|"{", ".join(actions)}"| {_id(entity)}')
    return "\n".join(text) + "\n"


def _id(name: str) -> str:
    return re.sub(r"\W+", "_", name)
