"""The part of a migration that leads forward: files of many tools hold the way back too."""

import re

# Marker of a part → whether it leads forward; by tool.
_MARKERS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (tool, re.compile(up, re.IGNORECASE | re.MULTILINE), re.compile(down, re.IGNORECASE | re.MULTILINE))
    for tool, up, down in (
        ("goose", r"^[ \t]*--[ \t]*\+goose[ \t]+up\b[^\n]*$", r"^[ \t]*--[ \t]*\+goose[ \t]+down\b[^\n]*$"),
        (
            "sql-migrate",
            r"^[ \t]*--[ \t]*\+migrate[ \t]+up\b[^\n]*$",
            r"^[ \t]*--[ \t]*\+migrate[ \t]+down\b[^\n]*$",
        ),
        ("dbmate", r"^[ \t]*--[ \t]*migrate:up\b[^\n]*$", r"^[ \t]*--[ \t]*migrate:down\b[^\n]*$"),
        (
            "node-pg-migrate",
            r"^[ \t]*--[ \t]*up migration\b[^\n]*$",
            r"^[ \t]*--[ \t]*down migration\b[^\n]*$",
        ),
        (
            "Play",
            r"^[ \t]*(?:#|--)[ \t]*---[ \t]*!ups\b[^\n]*$",
            r"^[ \t]*(?:#|--)[ \t]*---[ \t]*!downs\b[^\n]*$",
        ),
        (
            "shmig",
            r"^[ \t]*--[ \t]*====[ \t]*up[ \t]*====[ \t]*$",
            r"^[ \t]*--[ \t]*====[ \t]*down[ \t]*====[ \t]*$",
        ),
    )
)
# Markers of the way back alone: everything above leads forward.
_BACK = re.compile(
    r"^[ \t]*(?:--[ \t]*//[ \t]*@undo|----[ \t]*create above[ \t]*/[ \t]*drop below[ \t]*----)[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_GOOSE_WORD = re.compile(
    r"^[ \t]*--[ \t]*\+(?:goose|migrate)[ \t]+(?:statementbegin|statementend|no transaction|envsub)[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)


def forward(text: str) -> tuple[str, str | None]:
    """Return the part of a script that leads forward, and the tool whose markers part it; the whole text where there are none."""
    for tool, up, down in _MARKERS:
        marks = sorted(
            [
                *((found, True) for found in up.finditer(text)),
                *((found, False) for found in down.finditer(text)),
            ],
            key=lambda mark: mark[0].start(),
        )
        if marks:
            ends = [mark.start() for mark, _ in marks[1:]] + [len(text)]
            parts = [text[mark.end() : end] for (mark, is_up), end in zip(marks, ends, strict=True) if is_up]
            return _GOOSE_WORD.sub("", "\n".join(parts)), tool
    back = _BACK.search(text)
    return (text[: back.start()], "the way back below a line") if back else (text, None)
