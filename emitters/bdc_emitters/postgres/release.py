"""The functions of a release: a schema of their own, so that two releases serve side by side."""

import re
from hashlib import sha256

from bdc.ddl.layout import long_lines_laid_out
from bdc.ddl.names import Name, qualified
from bdc.ddl.nodes import CommentOn, CreateSchema, Grant, Privilege, Script, Statement
from bdc.ddl.printer import print_script
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.output import GeneratedFile
from bdc.schema.names import roles_of
from bdc.schema.roles import claim_settings, of_main_identity
from bdc.schema.shards import place_functions, place_tables

PATH = "database/release/api.sql"
SHARDS_PATH = "database/release/shards.sql"
# The parameters of a function, one a line, as they are compiled.
_PARAMETERS = re.compile(r"(?<=\()\n((?:  [^\n]+,\n)*  [^\n]+)\n(?=\)\n)")
_ROOM = 100


def release(system: SystemIR, queries: CompiledQueries) -> GeneratedFile:
    """Return the script. The comment of the schema says which text made it: the runner skips what is already there."""
    roles = roles_of(system)
    texts = (*(each.sql for each in queries.functions), *(each.sql for each in queries.jobs))
    functions = [Script(text.rstrip().rstrip(";") + ";") for text in texts]
    marker = sha256("\n".join(script.sql for script in functions).encode()).hexdigest()
    name = Name(queries.release)
    statements: list[Statement] = [
        *claim_settings(roles, of_main_identity(system, queries.identity)),
        *(place_tables(system, roles) if system.sharded else ()),
        Script(f"set local role {roles.owner};\nset local search_path = public, pg_temp;"),
        CreateSchema(queries.release),
        CommentOn("schema", name, f"release {marker}"),
        *(Script(long_lines_laid_out(parameters_joined(function.sql))) for function in functions),
        Grant((Privilege("usage"),), "schema", name, (roles.runtime,)),
        Script(f"grant execute on all functions in schema {qualified(name)} to {roles.runtime};"),
        *(place_functions(system, queries.release, queries.functions) if system.sharded else ()),
    ]
    header = (
        f"-- release: {queries.release} {marker}\n"
        "-- The operations that write, one function each; run in one transaction, once.\n\n"
    )
    return GeneratedFile(PATH, header + print_script(statements))


def placing(system: SystemIR, queries: CompiledQueries) -> GeneratedFile:
    """Return what places tables and functions once more, for a database that becomes a cluster after the contract of its migration."""
    roles = roles_of(system)
    header = (
        "-- Run by hand, as the migrator of a cluster that was one server, when its migration is contracted:\n"
        '-- psql -1 -f database/release/shards.sql "$MIGRATION_DATABASE_URL"\n\n'
    )
    statements = (
        *place_tables(system, roles),
        *place_functions(system, queries.release, queries.functions),
    )
    return GeneratedFile(SHARDS_PATH, header + print_script(statements))


def parameters_joined(text: str) -> str:
    """Return a function with as many of its parameters on a line as fit."""
    return _PARAMETERS.sub(_joined, text, count=1)


def _joined(found: re.Match[str]) -> str:
    lines = [""]
    for each in (line.strip() for line in found[1].split("\n")):
        if lines[-1] and len(lines[-1]) + len(each) > _ROOM:
            lines.append("")
        lines[-1] += f" {each}" if lines[-1] else f"  {each}"
    return "\n" + "\n".join(lines) + "\n"
