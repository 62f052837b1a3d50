"""What an import says of itself."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bdc.catalog.own_columns import own_columns
from bdc.ddl.names import qualified
from bdc.importing.converge import Imported
from bdc.importing.described_report import left_out as account_lines
from bdc.importing.draft import Ledger
from bdc.importing.made_by_application import made_by_application
from bdc.importing.scope import is_body
from bdc.stack.stand_ins import stand_ins


def summary(imported: Imported) -> str:
    """Return one line: how much is in the language, and how much is SQL."""
    scope = imported.scope
    partitions = sum(table.parent is not None for table in scope.database.tables)
    whole = len(scope.database.tables) - partitions
    said = [f"{len(scope.entities)} of {whole} tables are entities"]
    if partitions:
        said.append(f"{len(scope.said_parts)} of {partitions} partitions are in them")
    said.append(f"{len(scope.enums)} enums")
    if scope.domains:
        said.append(f"{len(scope.domains)} domains")
    kinds = Counter(kind for kind, _ in opaque_objects(imported))
    rest = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return ", ".join(said) + (f"; as SQL: {rest}" if rest else "; nothing is left to SQL")


def report(imported: Imported, left_out: Iterable[str] = (), ledger: Ledger | None = None) -> str:
    """Return the page that is written beside the specification: what is SQL, with the reason where there is one, and `left_out`: what
    the source says that no database holds. `ledger`: an account of each element, of a source that is no SQL."""
    lines = ["# What the import left to SQL", "", summary(imported) + "."]
    if ledger is not None:
        carried, every = ledger.count
        lines += ["", f"{carried} of {every} elements of the source are in the specification."]
        lines += ["", "## Not in the specification", "", *account_lines(ledger)] if carried < every else []
    missing = [f"- {each}" for each in left_out]
    if missing:
        lines += ["", "## Left out", "", *missing]
    made = [f"- {each}" for each in made_by_application(imported.scope)]
    if made:
        lines += ["", "## Seems to be made by the application", "", *made]
    declared = sorted(stand_ins() & {name for kind, name in opaque_objects(imported) if kind == "extension"})
    if declared:
        lines += ["", "## Read with stand-ins", "", *map(_stood_in, declared)]
    unread = [f"- `{path}`: {reason}" for path, reason in sorted(imported.opaque.items()) if is_body(path)]
    if unread:
        lines += ["", "## Carried as it is, and fails when it is called", "", *unread]
    reasons = [
        f"- `{path}`: {reason}" for path, reason in sorted(imported.opaque.items()) if not is_body(path)
    ]
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
    parts = {part.name for part in imported.scope.said_parts}
    for extension in database.extensions:
        yield "extension", extension.name
    for domain in database.domains:
        if domain.name not in imported.scope.domains:
            yield "domain", qualified(domain.name)
    for sequence in database.sequences:
        if sequence.owner is None or sequence.owner not in imported.scope.serials:
            yield "sequence", qualified(sequence.name)
    for routine in database.routines:
        yield routine.kind, qualified(routine.name) + routine.signature
    for table in database.tables:
        if table.parent is not None and table.name not in parts:
            yield "partition", qualified(table.name)
        elif table.parent is None and table.name not in imported.scope.entities:
            yield "table", qualified(table.name)
        if table.name in parts and table.parent is not None:
            yield from (
                ("partition column", each.key)
                for each in own_columns(table, imported.scope.table(table.parent))
            )
        for trigger in table.triggers:
            yield "trigger", f"{trigger.name} on {qualified(table.name)}"
        for policy in table.policies:
            yield "policy", f"{policy.name} on {qualified(table.name)}"
    for view in database.views:
        yield "materialized view" if view.materialized else "view", qualified(view.name)
    for other in database.others:
        yield other.kind, other.key


def _stood_in(name: str) -> str:
    if name in stand_ins(computing=True):
        return f"- extension `{name}`: the embedded server has a stand-in, with which `bdc up` and the emitted tests run"
    return f"- extension `{name}`: the embedded server has a stand-in, which declares types and functions and computes nothing"
