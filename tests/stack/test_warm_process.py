"""The process that services of `bdc dev` are copied from, asked in its own words."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bdc.stack

PROGRAM = Path(bdc.stack.__file__).with_name("warm_process.py")


class Asked:
    """The process, with what is said to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def say(self, **command: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def heard(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def start(self, module: str) -> int:
        place = {"folder": str(self.folder), "environment": {}, "log": str(self.folder / "log")}
        self.say(do="start", arguments=[], application=f"{module}:app", **place)
        word, process = self.heard()
        assert word == "started"
        return int(process)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    found = Asked(tmp_path)
    yield found
    assert found.process.stdin is not None
    found.process.stdin.close()
    assert found.process.wait(20) == 0


def test_a_copy_imports_while_another_module_runs(asked: Asked) -> None:
    """The module waits for what the import writes: one after the other would not end."""
    (asked.folder / "slow.py").write_text("from pathlib import Path\nPath('imported').touch()\n")
    waits = "import time\nfrom pathlib import Path\nwhile not Path('imported').exists(): time.sleep(0.01)\n"
    (asked.folder / "waits.py").write_text(waits)
    process = asked.start("slow")
    place = {"folder": str(asked.folder), "environment": {}, "log": str(asked.folder / "log")}
    asked.say(do="run", module="waits", arguments=[], **place)
    assert asked.heard() == ["ended", "0"]
    asked.say(do="await", process=process)
    assert asked.heard() == ["ready", str(process)]
    asked.say(do="stop", process=process)


def test_a_copy_that_cannot_be_imported_says_why(asked: Asked) -> None:
    (asked.folder / "broken.py").write_text("raise ValueError('half of a file')\n")
    process = asked.start("broken")
    asked.say(do="await", process=process)
    assert asked.heard() == ["failed", str(process)]
    assert "half of a file" in (asked.folder / "log").read_text()
    asked.say(do="stop", process=process)
