"""Every declaration of the catalogue, in the order of the codes."""

from collections.abc import Iterator

from bdc.diagnostics.catalogue import (
    analysis,
    comparison,
    externals,
    importing,
    jobs,
    migrations,
    names,
    plan,
    policy,
    project,
    relations,
    sql,
    syntax,
    targets,
    types,
)
from bdc.diagnostics.declared import Declared

_GROUPS = (
    syntax,
    names,
    types,
    relations,
    policy,
    analysis,
    jobs,
    externals,
    sql,
    plan,
    targets,
    project,
    migrations,
    comparison,
    importing,
)


def _all() -> Iterator[Declared]:
    for group in _GROUPS:
        yield from (value for value in vars(group).values() if isinstance(value, Declared))


DECLARED: tuple[Declared, ...] = tuple(sorted(_all(), key=lambda declared: declared.code))
