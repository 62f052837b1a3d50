"""Which statement makes what."""

from collections.abc import Callable, Iterator

from bdc.catalog.builder import Builder
from bdc.catalog.lifting import relations, routines, rules, types
from bdc.catalog.lifting.indexes import index
from bdc.catalog.lifting.relations import Lifted
from bdc.catalog.lifting.stars import Columns, output_columns
from bdc.catalog.lifting.words import relation
from bdc.ddl.names import Name
from bdc.ddl.script import first_word_on
from bdc.sql.written import NotRead, Part, statement

_PLAIN: dict[str, Callable[[Part], Iterator[Lifted]]] = {
    "IndexStmt": index,
    "CreateSeqStmt": routines.sequence,
    "AlterSeqStmt": routines.owned,
    "CreatePolicyStmt": rules.policy,
    "GrantStmt": rules.grant,
    "CommentStmt": rules.comment,
    "CreateSchemaStmt": types.schema,
    "CreateExtensionStmt": types.extension,
    "CreateEnumStmt": types.enum,
    "CreateDomainStmt": types.domain,
}
_QUERIES: dict[str, Callable[[Part, Columns], Iterator[Lifted]]] = {
    "ViewStmt": routines.view,
    "CreateTableAsStmt": routines.materialized,
}
_TEXTUAL: dict[str, Callable[[Part, str], Iterator[Lifted]]] = {
    "CreateFunctionStmt": routines.routine,
    "CreateTrigStmt": rules.trigger,
}


def made_by(definition: str, builder: Builder) -> Iterator[Lifted]:
    """Yield what a statement makes in a database that `builder` has so far. Raises NotRead, and KeyError for a table it has not."""
    text = first_word_on(definition).strip().rstrip(";").strip()
    part = statement(text)
    if part.kind in _PLAIN:
        yield from _PLAIN[part.kind](part)
    elif part.kind in _QUERIES:
        yield from _QUERIES[part.kind](part, lambda name: _columns(builder, name))
    elif part.kind in _TEXTUAL:
        yield from _TEXTUAL[part.kind](part, text)
    elif part.kind == "CreateStmt":
        yield from relations.table(part, builder)
    elif part.kind == "AlterTableStmt":
        yield from _altered(part, builder)
    else:
        raise NotRead(part.kind)


def _columns(builder: Builder, name: Name) -> tuple[str, ...]:
    """Return the columns of a table or a view. Raises KeyError and NotRead where they are not known."""
    view = builder.views.get(name)
    if view is None:
        return tuple(column.name for column in builder.table(name).columns)
    return output_columns(statement(view.query))


def _altered(part: Part, builder: Builder) -> Iterator[Lifted]:
    kinds = {each.word("subtype") for each in part.nodes("cmds")}
    if not kinds <= rules.ENABLED.keys():
        yield from relations.altered(part, builder)
        return
    table = relation(part.needed("relation"))
    for each in part.nodes("cmds"):
        triggers = builder.members(table, "triggers")
        at = next((at for at, found in enumerate(triggers) if found.name == each.text("name")), None)
        if at is None:
            raise NotRead("a trigger that is not known")
        triggers[at] = triggers[at].model_copy(update={"enabled": rules.ENABLED[each.word("subtype")]})
