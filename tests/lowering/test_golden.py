"""The IR of a small specification and of the shop, as recorded."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bdc.ir import SystemIR
from tests.support.specs import ROOT, compile_files, expect, shop

HERE = Path(__file__).parent
SCHEMA = ROOT / "specs" / "ir" / "system.schema.json"


def _text(system: SystemIR | None) -> str:
    assert system is not None
    return system.model_dump_json(indent=1, exclude_defaults=True) + "\n"


def test_small() -> None:
    compiled = compile_files((HERE / "small").glob("*.bds"), HERE)
    assert compiled.diagnostics == ()
    expect(HERE / "expected" / "small.json", _text(compiled.system))


def test_shop() -> None:
    compiled = shop()
    assert compiled.diagnostics == ()
    expect(HERE / "expected" / "shop.json", _text(compiled.system))


def test_json_gives_the_same_system_back() -> None:
    system = shop().system
    assert system is not None
    assert SystemIR.model_validate_json(system.model_dump_json()) == system


def test_the_schema_is_current() -> None:
    schema = json.dumps(SystemIR.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"
    expect(SCHEMA, schema)


def test_hash_seeds_change_nothing() -> None:
    program = (
        "from tests.support.specs import shop; import sys; "
        "c = shop(); sys.stdout.write(c.system.model_dump_json())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
