"""Run pairs of scripts and note how each ends: `python -m tests.scripts FILE [NAME …]`; goes on where FILE ends."""

import json
import sys
import time
from pathlib import Path

from bdc.stack.loading import scratch
from bdc.stack.shared import sharing
from tests.scripts.outcome import Outcome, outcome
from tests.scripts.pairs import PAIRS

_SERVED = 25  # pairs per server


def main(file: Path, names: list[str]) -> None:
    done = {json.loads(line)["name"] for line in file.read_text().splitlines()} if file.exists() else set()
    left = [pair for pair in PAIRS if pair.name not in done and (not names or pair.name in names)]
    for start in range(0, len(left), _SERVED):
        with sharing(), scratch() as fresh:
            for pair in left[start : start + _SERVED]:
                began = time.monotonic()
                try:
                    found = outcome(pair, fresh)
                except Exception as failure:  # of bdc: noted as such
                    found = Outcome(pair.name, "defect", repr(failure))
                with file.open("a") as out:
                    seconds = round(time.monotonic() - began, 1)
                    out.write(json.dumps({**vars(found), "seconds": seconds}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
