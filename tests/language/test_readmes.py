"""The emitter in `emitters/README.md` is one: it runs as it stands there."""

import re

from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.pipeline import compile_system
from bdc_emitters.registry import BUILT_IN
from tests.language.chapters import prelude
from tests.support.specs import ROOT

README = (ROOT / "emitters" / "README.md").read_text(encoding="utf-8")


def test_the_small_emitter_runs() -> None:
    source = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert source is not None
    module: dict[str, object] = {}
    exec(source[1], module)
    emitter = module["EMITTER"]
    assert isinstance(emitter, Emitter)
    system = compile_system([prelude()]).system
    assert system is not None
    (file,) = emitter.emit(system, EmitContext(system))
    assert isinstance(file, GeneratedFile)
    assert [line for line in file.content.splitlines() if line.startswith("- **OrderItem**")]


def test_every_emitter_is_listed() -> None:
    assert [name for name in BUILT_IN if f"| `{name}` |" not in README] == []
