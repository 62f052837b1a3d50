"""What answers documents of generated fields is loaded without Strawberry, and refuses in the same words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import GraphQLError, parse, validate

from tests.graphql.test_requests import REFUSED

APART = """
import sys
import api.engine.app
before = {name.partition(".")[0] for name in sys.modules}
from api.graphql import SETTINGS
from api.graphql.engine.answering import Answering
answering = Answering(SETTINGS, extended=False)
after = {name.partition(".")[0] for name in sys.modules}
print([sorted({"graphql", "strawberry"} & names) for names in (before, after)])
"""


def test_strawberry_is_loaded_for_what_needs_a_resolver(emitted: Path) -> None:
    environ = {"PYTHONPATH": str(emitted), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", APART], env=environ, cwd=emitted, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[[], ['graphql']]"), done.stderr


@pytest.mark.usefixtures("on_path")
def test_both_schemas_refuse_in_the_same_words() -> None:
    from api.graphql.engine.schema_text import read_schema
    from api.graphql.schema import SCHEMA

    text, compared = read_schema(), 0
    for document, _, _ in REFUSED:
        try:
            node = parse(document, max_tokens=5_000)
        except (GraphQLError, RecursionError):
            continue
        first, second = (validate(schema, node, max_errors=10) for schema in (text, SCHEMA))
        assert json.dumps([error.formatted for error in first]) == json.dumps(
            [error.formatted for error in second]
        )
        compared += bool(first)
    assert compared > 4
