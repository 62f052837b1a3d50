"""Unique keys, checks, exclusions and delete rules: writes that are refused now, or no longer."""

from collections.abc import Iterator

from bdc.changes.behaviour.checks import check_changes
from bdc.changes.behaviour.pairs import EntityPair, columns_of, entity_pairs, field_pairs, same_expr
from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Exclusion, IndexKey, ReferenceField, UniqueKey

_CONFLICT = (
    "Make sure that no client writes such rows, and approve it; rows that are there are checked first."
)
_CODE = "Clients that tell refusals apart by their code have to learn the new one first."
_REFUSING = ("restrict", "no_action")
_RULES = {
    "no_action": "it is refused",
    "restrict": "it is refused",
    "cascade": "they are deleted too",
    "set_null": "their reference becomes null",
    "set_default": "their reference becomes its default",
}


def constraint_changes(sides: Sides) -> Iterator[Change]:
    """Yield what the constraints of tables refuse now, and what they no longer refuse."""
    for pair in entity_pairs(sides):
        yield from _uniques(sides, pair)
        yield from check_changes(sides, pair)
        yield from _exclusions(sides, pair)
        yield from _delete_rules(sides, pair)
        yield from _update_rules(pair)
        yield from _raised(pair)


def _raised(pair: EntityPair) -> Iterator[Change]:
    """What a write that breaks a constraint is refused with: clients know a refusal by its code."""
    old, general = pair.old_table.raising, "the general refusal"
    for name, now in pair.new_table.raising.items():
        if name in old and old[name] != now:
            message = f"{name} refuses with {now or general} instead of {old[name] or general}"
            place = f"{pair.new.name} {name}"
            yield Change("behaviour.constraint-error-changed", place, message, _CODE, pair.new.origin)


def _uniques(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    old, new = list(pair.old_table.uniques), list(pair.new_table.uniques)
    for now in new:
        was = next((each for each in old if _same_key(sides, pair, each, now)), None)
        if was is not None:
            old.remove(was)
            yield from _options(pair, was, now)
        elif _is_new(pair, now.columns, now.keys):
            continue
        elif _is_implied(pair, now):
            message = f"a key of {pair.new.name} with fewer members already refuses what this one does"
            place = f"{pair.new.name} unique ({_listed(now)})"
            yield Change("behaviour.unique-implied", place, message, origin=now.origin or pair.new.origin)
        else:
            columns = _listed(now)
            message = f"two rows of {pair.new.name} may no longer have the same {columns}: the write is refused with 409"
            place = f"{pair.new.name} unique ({columns})"
            yield Change("behaviour.unique-added", place, message, _CONFLICT, now.origin or pair.new.origin)
    gone = [each for each in old if _columns_stay(pair, each.columns)]
    for was in gone:
        columns = _listed(was)
        message = f"rows of {pair.new.name} may have the same {columns}: what was refused is accepted"
        place = f"{pair.new.name} unique ({columns})"
        yield Change("behaviour.unique-removed", place, message, origin=pair.new.origin)


def _listed(unique: UniqueKey) -> str:
    shown = ", ".join(unique.columns) or ", ".join(key.column or "expression" for key in unique.keys)
    return f"{shown} where a condition holds" if unique.where is not None else shown


def _same_key(sides: Sides, pair: EntityPair, old: UniqueKey, new: UniqueKey) -> bool:
    return (
        set(old.columns) == {pair.columns.get(name, name) for name in new.columns}
        and _same_keys(sides, pair, old.keys, new.keys)
        and same_expr(old.where, new.where, sides.renames)
    )


def _same_keys(sides: Sides, pair: EntityPair, old: tuple[IndexKey, ...], new: tuple[IndexKey, ...]) -> bool:
    def columns(keys: tuple[IndexKey, ...], names: dict[str, str]) -> list[str]:
        return [names.get(key.column, key.column) if key.column else "" for key in keys]

    return columns(old, {}) == columns(new, pair.columns) and all(
        same_expr(was.expr, now.expr, sides.renames) and was.collation == now.collation
        for was, now in zip(old, new, strict=True)
    )


def _options(pair: EntityPair, old: UniqueKey, new: UniqueKey) -> Iterator[Change]:
    place = f"{pair.new.name} unique ({_listed(new)})"
    origin = new.origin or pair.new.origin
    if new.nulls_not_distinct and not old.nulls_not_distinct:
        message = (
            f"two rows of {pair.new.name} may no longer both have null there: the write is refused with 409"
        )
        yield Change("behaviour.unique-added", place, message, _CONFLICT, origin)
    if old.nulls_not_distinct and not new.nulls_not_distinct:
        message = f"rows of {pair.new.name} may both have null there"
        yield Change("behaviour.unique-removed", place, message, origin=origin)
    if (old.deferrable, old.deferred) != (new.deferrable, new.deferred):
        when = "at the end of a transaction" if new.deferred else "with each statement"
        message = f"the key is checked {when}"
        yield Change("behaviour.constraint-timing-changed", place, message, origin=origin)


def _is_new(pair: EntityPair, columns: tuple[str, ...], keys: tuple[IndexKey, ...]) -> bool:
    """Whether the key holds a column that clients of the old side cannot write."""
    named = {*columns, *(key.column for key in keys if key.column)}
    return any(name not in pair.columns for name in named)


def _is_implied(pair: EntityPair, new: UniqueKey) -> bool:
    """Whether a key that was there with some of its columns already refuses what it refuses."""
    names = {pair.columns.get(name, name) for name in new.columns}
    keys = [each.columns for each in pair.old_table.uniques if each.where is None and not each.keys]
    keys += [pair.old_table.primary_key.columns] if pair.old_table.primary_key else []
    return not new.keys and any(set(columns) <= names for columns in keys)


def _columns_stay(pair: EntityPair, columns: tuple[str, ...]) -> bool:
    kept = set(pair.columns.values())
    return all(name in kept for name in columns)


def _exclusions(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    left = list(pair.old_table.exclusions)
    for now in pair.new_table.exclusions:
        was = next((each for each in left if _same_exclusion(sides, pair, each, now)), None)
        place = f"{pair.new.name} exclusion {now.name}"
        origin = now.origin or pair.new.origin
        if was is None:
            if not _is_new(pair, (), now.keys):
                message = f"a row of {pair.new.name} that {now.name} excludes is refused with 409"
                yield Change("behaviour.exclusion-added", place, message, _CONFLICT, origin)
            continue
        left.remove(was)
        if (was.deferrable, was.deferred) != (now.deferrable, now.deferred):
            message = f"{now.name} is checked at another moment of a transaction"
            yield Change("behaviour.constraint-timing-changed", place, message, origin=origin)
    for gone in left:
        message = f"rows of {pair.new.name} that {gone.name} excluded are accepted"
        place = f"{pair.new.name} exclusion {gone.name}"
        yield Change("behaviour.exclusion-removed", place, message, origin=pair.new.origin)


def _same_exclusion(sides: Sides, pair: EntityPair, old: Exclusion, new: Exclusion) -> bool:
    return (
        len(old.keys) == len(new.keys)
        and old.operators == new.operators
        and _same_keys(sides, pair, old.keys, new.keys)
        and same_expr(old.where, new.where, sides.renames)
    )


def _delete_rules(sides: Sides, pair: EntityPair) -> Iterator[Change]:
    for old, new in field_pairs(sides, pair):
        if not (isinstance(old, ReferenceField) and isinstance(new, ReferenceField)):
            continue
        was, now = old.on_delete, new.on_delete
        if was == now or (was in _REFUSING and now in _REFUSING):
            continue
        place = f"{pair.new.name}.{new.name} on delete"
        code = "behaviour.delete-refused" if now in _REFUSING else "behaviour.delete-rule-changed"
        subject = f"when a {new.target} is deleted that rows of {pair.new.name} refer to by `{new.name}`"
        message = f"{subject}, {_RULES[now]}; before, {_RULES[was]}"
        remedy = "Delete or change the rows that refer to it first." if now in _REFUSING else ""
        yield Change(code, place, message, remedy, new.origin)


def _update_rules(pair: EntityPair) -> Iterator[Change]:
    """What else a foreign key says, by the columns that it stands on."""
    before = {key.columns: key for key in pair.old_table.foreign_keys}
    names = {column: field.name for field in pair.new.fields for column in columns_of(field)}
    for now in pair.new_table.foreign_keys:
        was = before.get(tuple(pair.columns.get(name, name) for name in now.columns))
        if was is None:
            continue
        for part in ("on_update", "deferrable", "match_full", "set_null_columns"):
            if getattr(was, part) != getattr(now, part):
                name = names.get(now.columns[-1], now.name)
                place = f"{pair.new.name}.{name} {part.replace('_', ' ')}"
                message = f"the reference `{name}` has `{part}` {getattr(now, part)} instead of {getattr(was, part)}"
                origin = now.origin or pair.new.origin
                yield Change("behaviour.reference-options-changed", place, message, origin=origin)
