"""What an import says of itself."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bdc.ddl.names import qualified
from bdc.importing.converge import Imported


def summary(imported: Imported) -> str:
    """Return one line: how much is in the language, and how much is SQL."""
    scope = imported.scope
    said = len(scope.entities)
    kinds = Counter(kind for kind, _ in opaque_objects(imported))
    rest = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{said} of {len(scope.database.tables)} tables are entities, {len(scope.enums)} enums" + (
        f"; as SQL: {rest}" if rest else "; nothing is left to SQL"
    )


def report(imported: Imported, left_out: Iterable[str] = ()) -> str:
    """Return the page that is written beside the specification: what is SQL, with the reason where there is one, and `left_out`: what
    the source says that no database holds."""
    lines = ["# What the import left to SQL", "", summary(imported) + "."]
    missing = [f"- {each}" for each in left_out]
    if missing:
        lines += ["", "## Left out", "", *missing]
    reasons = [f"- `{path}`: {reason}" for path, reason in sorted(imported.opaque.items())]
    if reasons:
        lines += ["", "## Could be in the language, and is not", "", *reasons]
    objects = [f"- {kind} `{name}`" for kind, name in opaque_objects(imported)]
    if objects:
        lines += ["", "## Has no words in the language", "", *objects]
    return "\n".join(lines) + "\n"


def opaque_objects(imported: Imported) -> list[tuple[str, str]]:
    """Return kind and name of each object that is SQL in the specification."""
    return list(_objects(imported))


def _objects(imported: Imported) -> Iterator[tuple[str, str]]:
    database = imported.scope.database
    for extension in database.extensions:
        yield "extension", extension.name
    for domain in database.domains:
        yield "domain", qualified(domain.name)
    for sequence in database.sequences:
        if sequence.owner is None or sequence.owner not in imported.scope.serials:
            yield "sequence", qualified(sequence.name)
    for routine in database.routines:
        yield routine.kind, qualified(routine.name) + routine.signature
    for table in database.tables:
        if table.name not in imported.scope.entities:
            yield "table", qualified(table.name)
        for trigger in table.triggers:
            yield "trigger", f"{trigger.name} on {qualified(table.name)}"
        for policy in table.policies:
            yield "policy", f"{policy.name} on {qualified(table.name)}"
    for view in database.views:
        yield "materialized view" if view.materialized else "view", qualified(view.name)
    for other in database.others:
        yield other.kind, other.key
