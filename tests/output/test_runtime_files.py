"""Runtime modules are copied without a run of the formatter: each is what the formatter would write."""

from dataclasses import replace

import pytest

from bdc.output.python_source import format_python
from bdc.output.runtime import runtime_files


@pytest.mark.parametrize("emitter", ["service", "graphql", "postgres", "tests", "docker"])
def test_as_the_formatter_writes_it(emitter: str) -> None:
    files = [replace(file, formatted=False) for file in runtime_files(f"bdc_emitters.{emitter}")]
    assert [old.path for old, new in zip(files, format_python(files), strict=True) if old != new] == []
