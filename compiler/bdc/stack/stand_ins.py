"""Extensions that the embedded server does not carry: stand-ins, which declare what schemas use of them and compute nothing."""

from pathlib import Path

STAND_INS = Path(__file__).parent
# Those that declare some of what the extension has: enough to read a schema, too little to judge what somebody writes.
_DECLARED = STAND_INS / "declared"
CONTROL_PATH = f"$system:{STAND_INS}:{_DECLARED}"


def stand_ins() -> frozenset[str]:
    """Return the names of the extensions that have one."""
    return frozenset(
        path.stem for folder in (STAND_INS, _DECLARED) for path in folder.glob("extension/*.control")
    )
