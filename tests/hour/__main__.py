"""`python -m tests.hour`: run the first hour in a folder of its own and print it. Exit code 1 when a step does not show what it has to."""

import sys
import tempfile
from pathlib import Path

from tests.hour.steps import Hour, Missing

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bdc-hour-") as scratch:
        try:
            Hour(Path(scratch), print).run()
        except Missing as missing:
            sys.exit(str(missing))
