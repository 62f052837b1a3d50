"""Composite types that grow: what comes behind the attributes that are there."""

from bdc.sql.written import NotRead, Part, copied, statement, statement_text


def appended(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return name and definition of each attribute that `new` has behind those of `old`, both statements that make a composite type; ()
    where they are none, or anything else differs."""
    try:
        before, after = (statement(text.strip().rstrip(";")) for text in (old, new))
        if {before.kind, after.kind} != {"CompositeTypeStmt"}:
            return ()
        was, now = _attributes(before), _attributes(after)
    except NotRead:
        return ()
    return tuple(now[len(was) :]) if now[: len(was)] == was else ()


def _attributes(part: Part) -> list[tuple[str, str]]:
    found = []
    for place, each in enumerate(part.nodes("coldeflist")):
        alone = copied(part)
        kept = alone.message.coldeflist[place]
        del alone.message.coldeflist[:]
        alone.message.coldeflist.append(kept)
        inside = statement_text(alone).partition("(")[2].rpartition(")")[0]
        found.append((each.text("colname"), " ".join(inside.split())))
    return found
