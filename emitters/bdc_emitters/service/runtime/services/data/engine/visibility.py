"""Policies for one caller: what his claim roles decide is decided here, what depends on the row stays in SQL.

A caller whose role is enough reads with no condition but the scope; one who is in by a relation reads by that condition
alone, and the planner sees it. Row level security says the same once more, below.
"""

from collections.abc import Iterable

from services.data.engine.fragments import EntityRead, ReadRule

TRUE = ""
FALSE = "false"


def permitted(rules: Iterable[ReadRule], roles: frozenset[str]) -> str:
    """Return the condition under which one of `rules` holds: '' for always, 'false' for never."""
    conditions: list[str] = []
    for rule in rules:
        if rule.roles is not None and roles.isdisjoint(rule.roles):
            continue
        if not rule.sql:
            return TRUE
        conditions.append(rule.sql)
    if not conditions:
        return FALSE
    return (
        f"({' or '.join(f'({sql})' for sql in conditions)})" if len(conditions) > 1 else f"({conditions[0]})"
    )


def visible(
    read: EntityRead, roles: frozenset[str], *, scoped: bool = False, guarded: bool = False
) -> list[str]:
    """Return the conditions, all over `«a»`, under which the caller sees a row. `scoped`: how the row was reached proves
    its scope; `guarded`: it proves the whole policy."""
    found = [read.base] if read.base else []
    if guarded:
        return found
    if read.scope and not scoped:
        found.append(f"({read.scope})")
    if allowed := permitted(read.allow, roles):
        found.append(allowed)
    for rule in read.deny:
        if (denied := permitted([rule], roles)) != FALSE:
            found.append(f"({denied} is false)" if denied else FALSE)
    return found
