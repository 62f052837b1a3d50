"""What a database in use has of a specification: nothing that a function of schema `app` makes."""

from bdc.catalog import assemble
from bdc.schema.statements import found
from tests.importing.test_guarding import system_of


def test_defaults_of_the_backend_come_with_it() -> None:
    deploy = "deploy production { database postgres { version: 17 } }"
    text = f'bds 1\nmodule x @unguarded\nentity A {{ id: uuid = uuid7() @id  made: uuid = uuid4()  name: string = "x" }}\n{deploy}\n'
    (table,) = assemble(found(system_of(text))).tables
    assert {column.name: column.default for column in table.columns} == {
        "id": None,
        "made": "gen_random_uuid()",
        "name": "'x'",
    }
