"""What every example of every chapter becomes is accepted: the SQL by PostgreSQL, the SDL by a GraphQL server's parser,
the OpenAPI document by its validator."""

import json

import pytest
from graphql import build_schema
from openapi_spec_validator import OpenAPIV31SpecValidator

from bdc.ddl.printer import print_statement
from bdc.ir import SystemIR
from bdc.output import EmitContext
from bdc.pipeline import compile_system
from bdc.schema.extensions import extensions
from bdc_emitters.registry import emitter_names, load_emitter
from tests.language.chapters import Example, examples
from tests.support.postgres import Databases, run
from tests.support.sampling import sampled

RIGHT = {example.name: example for example in examples() if not example.mistakes}
SCRIPTS = ("database/migrations/0001_initial/01_expand.sql", "database/release/api.sql")


def _built(example: Example) -> tuple[SystemIR, dict[str, str]]:
    system = compile_system(example.files).system
    assert system is not None
    context = EmitContext(system)
    return system, {
        file.path: file.content
        for name in emitter_names()
        for file in load_emitter(name).emit(system, context)
    }


@pytest.mark.postgres
@pytest.mark.parametrize("name", sampled(RIGHT, 3))
def test_what_an_example_becomes_is_accepted(name: str, databases: Databases) -> None:
    system, files = _built(RIGHT[name])
    database = databases.fresh()
    for extension in extensions(system):  # the runner makes those that the owner may not
        run(database.execute(print_statement(extension)))
    for script in SCRIPTS:
        run(database.execute(f"begin;\n{files[script]}\ncommit;"))
    if any(api.graphql is not None for api in system.apis):
        build_schema(files["api/documentation/schema.graphql"])
    if system.apis:
        OpenAPIV31SpecValidator(json.loads(files["api/documentation/openapi.json"])).validate()
