"""A shift as SQL over a value: what it is while both versions run (`both`), when only the new one does (`new`), and on the way back (`old`).
Each is a function of the value that leaves its own result as it is, so that it may be run again."""

import json
from collections.abc import Iterable
from typing import Literal

from bdc.ddl.printer import literal
from bdc.plan.value_shifts import Items, Labels, Members, Shift

Stage = Literal["both", "new", "old"]


def shifted(value: str, shift: Shift, stage: Stage, *, labels: bool = True, depth: int = 0) -> str:
    """Return the SQL of `value` (SQL) after `shift`. `labels`: values of enums change too."""
    match shift:
        case Labels():
            return _labels(value, shift, stage) if labels else value
        case Items(item=Labels() as item, native=True):
            return _native(value, item, stage) if labels else value
        case Items(item=item):
            return _items(value, item, stage, labels, depth)
        case Members():
            return _members(value, shift, stage, labels, depth)


def _pairs(shift: Labels, stage: Stage) -> list[tuple[str, str]]:
    if stage == "old":
        return [(new, old) for old, new in shift.renamed]
    return list(shift.pairs)


def _labels(value: str, shift: Labels, stage: Stage) -> str:
    pairs = _pairs(shift, stage)
    if not pairs:
        return value
    cases = " ".join(f"when {_json(before)} then {_json(after)}" for before, after in pairs)
    return f"case {value} {cases} else {value} end"


def _json(text: str) -> str:
    return f"{literal(json.dumps(text, ensure_ascii=False))}::jsonb"


def _native(value: str, shift: Labels, stage: Stage) -> str:
    for before, after in _pairs(shift, stage):
        value = f"array_replace({value}, {literal(before)}, {literal(after)})"
    return value


def _items(value: str, item: Shift, stage: Stage, labels: bool, depth: int) -> str:
    each, whole = f"item{depth}", f"list{depth}"
    changed = shifted(f"{each}.value", item, stage, labels=labels, depth=depth + 1)
    if changed == f"{each}.value":
        return value
    listed = (
        f"(select coalesce(jsonb_agg({changed} order by {each}.place), '[]'::jsonb)"
        f" from jsonb_array_elements({whole}.value) with ordinality as {each}(value, place))"
    )
    return _when(value, whole, "array", listed)


def _when(value: str, name: str, kind: str, changed: str) -> str:
    """`changed` where `value`, called `name`, is of a kind of JSON; the value itself otherwise."""
    return (
        f"(select case when jsonb_typeof({name}.value) = {literal(kind)} then {changed} else {name}.value end"
        f" from (select {value} as value) as {name})"
    )


def _members(value: str, shift: Members, stage: Stage, labels: bool, depth: int) -> str:
    whole, part = f"whole{depth}", f"part{depth}"
    inner = _inner(shift, f"{part}.value", stage, labels, depth)
    if stage == "old":
        patches = [_copied(whole, new, old) for old, new in shift.renamed]
        gone = [*(name for name, _ in shift.added), *(new for _, new in shift.renamed)]
        # what is inside goes back first: members that are copied are then as the old version knows them
        first = _when(value, part, "object", " || ".join([f"{part}.value", *inner])) if inner else value
        changed = _without(" || ".join([f"{whole}.value", *patches]), gone)
        return first if changed == f"{whole}.value" else _when(first, whole, "object", changed)
    patches = [_given(whole, name, sql) for name, sql in shift.added]
    patches += [_given_null(whole, name, sql) for name, sql in shift.filled]
    patches += [_twinned(whole, old, new) for old, new in shift.renamed]
    gone = [*shift.removed, *(old for old, _ in shift.renamed)] if stage == "new" else []
    patched = " || ".join([f"{whole}.value", *patches])
    if inner:
        patched = (
            f"(select {' || '.join([f'{part}.value', *inner])} from (select {patched} as value) as {part})"
        )
    changed = _without(patched, gone)
    return value if changed == f"{whole}.value" else _when(value, whole, "object", changed)


def _inner(shift: Members, value: str, stage: Stage, labels: bool, depth: int) -> list[str]:
    found = []
    for name, each in shift.inner:
        member = f"({value} -> {literal(name)})"
        changed = shifted(member, each, stage, labels=labels, depth=depth + 1)
        if changed != member:
            found.append(_if(f"{value} ? {literal(name)}", name, changed))
    return found


def _without(value: str, names: Iterable[str]) -> str:
    listed = ", ".join(literal(name) for name in names)
    return f"({value}) - array[{listed}]" if listed else value


def _if(condition: str, name: str, value: str) -> str:
    return f"case when {condition} then jsonb_build_object({literal(name)}, {value}) else '{{}}'::jsonb end"


def _given(whole: str, name: str, value: str) -> str:
    return _if(f"not {whole}.value ? {literal(name)}", name, value)


def _given_null(whole: str, name: str, value: str) -> str:
    return _if(f"coalesce({whole}.value -> {literal(name)}, 'null') = 'null'::jsonb", name, value)


def _copied(whole: str, source: str, target: str) -> str:
    return _if(f"{whole}.value ? {literal(source)}", target, f"{whole}.value -> {literal(source)}")


def _twinned(whole: str, old: str, new: str) -> str:
    """Whichever of the two is there is the other too."""
    here, there = literal(old), literal(new)
    value = f"{whole}.value"
    return (
        f"case when {value} ? {here} and not {value} ? {there} then jsonb_build_object({there}, {value} -> {here})"
        f" when {value} ? {there} and not {value} ? {here} then jsonb_build_object({here}, {value} -> {there})"
        f" else '{{}}'::jsonb end"
    )
