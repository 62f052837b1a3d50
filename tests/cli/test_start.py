"""What a short command loads: nothing that takes longer than the command itself."""

import subprocess
import sys

_PROGRAM = """
import sys
from bdc.pipeline import compile_system
from bdc.source import SourceFile
text = "bds 1\\nmodule m @unguarded\\nentity A { id: uuid = uuid7() @id }"
assert compile_system([SourceFile("a.bds", text)]).system is not None
print(sorted({"sqlglot", "jinja2", "yaml", "graphql", "asyncpg"} & set(sys.modules)))
"""


def test_a_check_does_not_load_what_only_a_build_needs() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
