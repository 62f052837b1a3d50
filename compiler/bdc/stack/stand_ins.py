"""Extensions that the embedded server does not carry: stand-ins. Those of `pgcrypto` and `uuid-ossp` compute what is common; others declare
what schemas use of them, and compute nothing."""

from pathlib import Path

STAND_INS = Path(__file__).parent
# Those that declare some of what the extension has: enough to read a schema, too little to judge what somebody writes.
_DECLARED = STAND_INS / "declared"
CONTROL_PATH = f"$system:{STAND_INS}:{_DECLARED}"


def stand_ins(*, computing: bool = False) -> frozenset[str]:
    """Return the names of the extensions that have one. `computing`: only of those that a service can run with."""
    folders = (STAND_INS,) if computing else (STAND_INS, _DECLARED)
    return frozenset(path.stem for folder in folders for path in folder.glob("extension/*.control"))
