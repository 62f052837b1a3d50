"""Colours of a terminal, or none."""

from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The codes that begin each kind of text; `reset` ends any. All empty: no colours."""

    error: str = ""
    warning: str = ""
    secondary: str = ""
    gutter: str = ""
    strong: str = ""
    help: str = ""
    reset: str = ""

    def paint(self, code: str, text: str) -> str:
        return f"{code}{text}{self.reset}" if code and text else text


PLAIN = Palette()
COLOURED = Palette(
    error="\x1b[1;31m",
    warning="\x1b[1;33m",
    secondary="\x1b[34m",
    gutter="\x1b[2m",
    strong="\x1b[1m",
    help="\x1b[36m",
    reset="\x1b[0m",
)
