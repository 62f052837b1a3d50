"""Random patterns and texts: everything the engines are known to read differently, in random company."""

from random import Random

ATOMS = (
    *"abZ09_ @{}]",
    *(
        "-",
        r"\-",
        r"\.",
        ".",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\W",
        r"\S",
        "é",
        "٣",
        "\u2028",
        r"\n",
        r"\t",
        r"\/",
        r"\x41",
    ),
    *(
        "[a-z]",
        "[^a-z]",
        "[0-9-]",
        r"[\w.]",
        r"[^\s]",
        "[%+-]",
        "[]x]",
        r"[\]\[]",
        "[&~]",
        r"[^\n]",
        r"\u00e9",
    ),
    *("😀", r"[\x00-\x1f]", r"[^\x00]", "(?i:k)", "(?s:.)", "(?:a|bc)"),
)
TIMES = ("*", "+", "?", "{2}", "{1,}", "{0,2}", "{,2}", "*?", "+?", "{2,3}?")
CHARACTERS = (*"aabbZ09_ -.@x]{}é٣ßkK\n\r\t[&~😀A/", "\u2028", "\u0085", "\u00a0", "\x0b", "\u212a")


def pattern(random: Random) -> str:
    """Return a pattern; some are anchored, some look around at their ends."""
    text = _inner(random, 2)
    if random.random() < 0.6:
        text = "^" + random.choice(["", "", "(?=.*a)", "(?!0)"]) + text
    if random.random() < 0.6:
        text += random.choice(["", "", "(?<!-)"]) + "$"
    return text


def _inner(random: Random, depth: int) -> str:
    return "".join(_item(random, depth) for _ in range(random.randint(1, 3)))


def _item(random: Random, depth: int) -> str:
    chance = random.random()
    if 0.3 <= chance < 0.36:
        return random.choice(["^", "$", r"\A", r"\Z"])
    if depth > 0 and chance < 0.3:
        branches = [_inner(random, depth - 1) for _ in range(random.randint(1, 2))]
        item = f"({random.choice(['', '?:'])}{'|'.join(branches)}{random.choice(['', '', '|'])})"
    else:
        item = random.choice(ATOMS)
    return item + (random.choice(TIMES) if random.random() < 0.4 else "")


def text(random: Random) -> str:
    """Return a short text of characters that the engines class differently."""
    return "".join(random.choice(CHARACTERS) for _ in range(random.randint(0, 6)))
