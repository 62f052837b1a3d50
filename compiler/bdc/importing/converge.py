"""What is written is compiled, loaded and compared with what was read; what does not come out the same is said in SQL instead.

The language grows and databases hold unexpected objects: rather than to predict what survives the way through the compiler, the
import goes it. It ends when nothing differs, or with the objects that differ whatever is done.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import asyncpg

from bdc.analysis.sqltexts import texts_of
from bdc.catalog import Database, Difference, differences
from bdc.catalog.live.reader import read_database
from bdc.ddl.names import Name, qualified
from bdc.ddl.nodes import Object, Section, Statement
from bdc.ddl.printer import print_script, print_statement
from bdc.ddl.spatial import encoded
from bdc.diagnostics import Diagnostic, DiagnosticSink
from bdc.importing.scope import Scope, is_body, partition_key, scope_of, table_path
from bdc.importing.specification import Module, specification
from bdc.pipeline import Compilation, compile_system
from bdc.query import compile_queries
from bdc.schema.statements import preamble, schema
from bdc.source import SourceFile
from bdc.source.records import dataclass
from bdc.stack.loading import prepare, run
from bdc.syntax import format_file

_ROUNDS = 12
# What every system of bdc closes or opens for itself, whatever its tables: rights of `public`.
_CLOSED = ("default privileges ", "rights on type ", "revoke ")
_NAMED = ("index ", "unique ", "check ", "foreign key ", "exclusion ", "primary key")


class NotImportable(Exception):
    """Objects that do not come out as they are, whatever is written. `objects` says which and how."""

    def __init__(self, objects: Iterable[str]) -> None:
        self.objects = tuple(objects)
        super().__init__("; ".join(self.objects))


@dataclass(frozen=True, slots=True)
class Imported:
    """`files`: name → text. `opaque`: what could have been said in the language and is SQL, with the reason; `scope` knows the rest."""

    files: dict[str, str]
    opaque: dict[str, str]
    scope: Scope


def converge(
    database: Database,
    name: str,
    fresh: Callable[[], str],
    marks: Mapping[tuple[Name, str], str] | None = None,
) -> Imported:
    """Return the specification of a database. `fresh` makes an empty database and returns its URL; `marks`: attributes of fields, by table
    and column. Raises NotImportable."""
    opaque = dict(_beyond(database))
    for _ in range(_ROUNDS):
        scope = scope_of(database, frozenset(opaque), marks)
        modules = specification(scope, name)
        compiled = _compiled(modules)
        found = (
            compiled
            if isinstance(compiled, dict)
            else _unequal(database, scope, compiled, fresh) or _refused_bodies(modules, compiled, fresh)
        )
        if not found:
            return Imported(_formatted(modules), opaque, scope)
        if found.keys() <= opaque.keys():
            break
        opaque = found | opaque
    raise NotImportable(f"{path}: {reason}" for path, reason in found.items())


def _beyond(database: Database) -> Iterator[tuple[str, str]]:
    """What no entity can be."""
    for table in database.tables:
        if table.parent is not None and table.partition_by is not None:
            yield table_path(table.name), "it is a partition that has partitions"
        elif table.partition_by is not None and partition_key(table) is None:
            yield table_path(table.name), "its rows are told apart by more than columns"
        elif not table.columns:
            yield table_path(table.name), "it has no columns"


def _compiled(modules: tuple[Module, ...]) -> "Compilation | dict[str, str]":
    """Compile; return what the lines say that are refused, with the reason."""
    compilation = compile_system([SourceFile(module.file, module.text) for module in modules])
    if compilation.system is not None:
        return compilation
    refused: dict[str, str] = {}
    for diagnostic in compilation.diagnostics:
        about, place = _about(modules, compilation, diagnostic)
        if about is None:
            raise NotImportable([f"{place}{diagnostic.message}"])
        refused[_demoted(about)] = f"{diagnostic.code} {diagnostic.message}"
    return refused


def _about(
    modules: tuple[Module, ...], compilation: Compilation, diagnostic: Diagnostic
) -> tuple[str | None, str]:
    """Return the path of what the line says that a diagnostic is about, and the line."""
    if diagnostic.primary is None:
        return None, ""
    span = diagnostic.primary.span
    file = next(each for each in compilation.files if each.path == span.file)
    line = file.position(span.start).line
    module = next(each for each in modules if each.file == span.file)
    return module.about(line), f"{file.path}:{line}: "


def _refused_bodies(
    modules: tuple[Module, ...], compilation: Compilation, fresh: Callable[[], str]
) -> dict[str, str]:
    """Return the routines whose bodies PostgreSQL does not take when everything is there, as a build would find them."""
    from bdc.preparation.session import NotPrepared, refusals

    texts = texts_of(compilation.model)
    if compilation.system is None or not any(text.kind == "block" for text in texts):
        return {}
    try:
        facts = run(refusals(fresh, compilation.system, texts))
    except (NotPrepared, OSError, asyncpg.PostgresError):
        return {}
    found = ((_about(modules, compilation, fact.diagnostic())[0] or "", fact.reason) for fact in facts)
    return {about: f"PostgreSQL refuses it: {reason}" for about, reason in found if is_body(about)}


def _demoted(about: str) -> str:
    """What goes to SQL when a line is refused: a member that SQL can add, else its table. A routine is SQL: its body is not read then."""
    if is_body(about):
        return about
    table, _, member = about.partition(", ")
    if member.startswith(("index ", "unique ", "check ", "foreign key ", "exclusion ")) or member.endswith(
        "comment"
    ):
        return about
    return table


def _unequal(
    database: Database, scope: Scope, compiled: Compilation, fresh: Callable[[], str]
) -> dict[str, str]:
    """Load; return what then differs, with how."""
    system = compiled.system
    assert system is not None
    queries = compile_queries(system, True)
    statements = [*preamble(system, queries), *schema(system, queries)]
    schemas = sorted({"public", *(each.name for each in database.schemas)})
    try:
        made = run(_loaded(fresh(), database, statements, schemas))
    except NotImportable as failure:
        path, _, reason = failure.objects[0].partition(": ")
        if path in map(table_path, scope.entities):  # it stands on what SQL makes after the entities
            return {path: reason}
        raise
    found: dict[str, str] = {}
    for difference in differences(database, made):
        if not _is_of_every_system(difference):
            found[_cause(scope, difference)] = str(difference)
    return found


def _is_of_every_system(difference: Difference) -> bool:
    """Whether it is a right that a build gives its own roles, or revokes from `public`, whatever is in it."""
    path = difference.path
    opened = path.startswith("schema ") and ", right " in path and difference.old is None
    return opened or path.startswith((*_CLOSED, "schema public"))


async def _loaded(
    url: str, database: Database, statements: Iterable[Statement], schemas: list[str]
) -> Database:
    connection = await asyncpg.connect(url)
    try:
        await prepare(connection, database)
        made = list(statements)
        try:
            async with connection.transaction():
                await connection.execute(encoded(print_script(made)))
        except asyncpg.PostgresError as failure:
            raise NotImportable([await _stopped(connection, made) or str(failure)]) from failure
        return await read_database(connection, schemas)
    finally:
        await connection.close()


async def _stopped(
    connection: "asyncpg.Connection[asyncpg.Record]", statements: Iterable[Statement]
) -> str | None:
    """Run one by one what did not run at once, and say which object was refused, with the words of PostgreSQL."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        for statement in statements:
            if isinstance(statement, Section):
                continue
            try:
                await connection.execute(encoded(print_statement(statement)))
            except asyncpg.PostgresError as failure:
                return f"{_object_of(statement)}: {failure}"
    finally:
        await transaction.rollback()
    return None


def _object_of(statement: Statement) -> str:
    """Return kind and name of what a statement makes; its first line where it makes nothing of its own."""
    if isinstance(statement, Object):
        return f"{statement.kind} {statement.key}"
    name = getattr(statement, "name", None)
    words = print_statement(statement).split("\n", 1)[0].strip()
    return f"{' '.join(words.split()[1:2])} {qualified(name)}" if isinstance(name, Name) else words


def _cause(scope: Scope, difference: Difference) -> str:
    """What to say in SQL so that the difference goes."""
    table, _, member = difference.path.partition(", ")
    if not difference.path.startswith("table "):
        return table
    if table in map(table_path, (part.name for part in scope.said_parts)):
        return f"{table}, comment" if not member and difference.attribute == "comment" else table
    if member.startswith(_NAMED) and scope.is_said(f"{table}, names"):
        return f"{table}, names"
    if difference.attribute is None and difference.old is None:
        return table
    if member.startswith("column ") and difference.attribute == "default":
        first = f"{difference.path}, default"
        return (
            first
            if scope.is_said(first)
            else f"{first} in sql"
            if scope.is_said(f"{first} in sql")
            else table
        )
    if difference.attribute == "comment":
        return f"{difference.path}, comment"
    return _demoted(difference.path)


def _formatted(modules: tuple[Module, ...]) -> dict[str, str]:
    files = {}
    for module in modules:
        sink = DiagnosticSink()
        text = format_file(SourceFile(module.file, module.text), sink)
        if text is None:
            raise NotImportable([f"{module.file} does not parse"])
        files[module.file] = text
    return files
