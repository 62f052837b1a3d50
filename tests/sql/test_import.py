"""The parser is loaded only where there is SQL."""

import subprocess
import sys

_PROGRAM = """
import sys
from bdc.pipeline import compile_system, emit_all
from bdc.source import SourceFile
from bdc_emitters.registry import load_emitter
text = "bds 1\\nmodule m @unguarded\\nentity A { id: uuid = uuid7() @id  at: timestamp = now()  n: int SQL }"
for sql in ("", " = sql('1')".replace("'1'", '"1"')):
    file = SourceFile("a.bds", text.replace(" SQL", sql))
    system = compile_system([file]).system
    assert system is not None
    emit_all(system, [file], [load_emitter("postgres")])
    print("postgast" in sys.modules)
"""


def test_a_specification_without_sql_does_not_load_it() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
