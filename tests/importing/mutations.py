"""Sources with a slip, made from sound ones: cut, re-encoded, swapped, or with a value where another kind belongs."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1e300,
    "",
    "x",
    "#/components/schemas/Book",
    [],
    {},
    [None],
    {"$ref": "#/nowhere"},
    {"type": []},
    "é\u0000\ud800",
    10**40,
)
_CODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252")


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return the bytes of a source with one to three slips."""
    for _ in range(dice.randint(1, 3)):
        data = dice.choice(_MUTATIONS)(data, dice)
    return data


def _text(change: Callable[[str, random.Random], str]) -> Callable[[bytes, random.Random], bytes]:
    def mutate(data: bytes, dice: random.Random) -> bytes:
        return change(data.decode("utf-8", "replace"), dice).encode("utf-8", "replace")

    return mutate


def _place(text: str, dice: random.Random) -> tuple[int, int]:
    first = dice.randint(0, len(text))
    return first, min(len(text), first + dice.choice((1, 3, 12, 80)))


def _cut(text: str, dice: random.Random) -> str:
    return text[: dice.randint(0, len(text))]


def _remove(text: str, dice: random.Random) -> str:
    first, last = _place(text, dice)
    return text[:first] + text[last:]


def _repeat(text: str, dice: random.Random) -> str:
    first, last = _place(text, dice)
    return text[:last] + text[first:last] + text[last:]


def _swap_lines(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _swap_words(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    one, other = dice.randrange(len(words)), dice.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return " ".join(words)


def _put(text: str, dice: random.Random) -> str:
    first = dice.randint(0, len(text))
    return text[:first] + dice.choice("{}[]()\":,@/*\\\n\t~&?=-#'`$ä\u2028\u0000🙂") + text[first:]


def _recode(data: bytes, dice: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(dice.choice(_CODINGS), "replace")


def _bytes(data: bytes, dice: random.Random) -> bytes:
    first = dice.randint(0, len(data))
    return data[:first] + dice.randbytes(dice.choice((1, 2, 5))) + data[first + 1 :]


def _value(data: bytes, dice: random.Random) -> bytes:
    """Put something odd in the place of a value of a document; of anything else, cut it."""
    try:
        document = yaml.safe_load(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return _text(_cut)(data, dice)
    holders = list(_holders(document))
    if not holders:
        return data
    holder = dice.choice(holders)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    key, other = dice.choice(keys), dice.choice([str(each) for each in keys])
    if dice.random() < 0.2:
        del holder[key]
    elif isinstance(holder, dict) and dice.random() < 0.3 and other != key:
        holder[other] = holder.pop(key)
    else:
        holder[key] = dice.choice(_ODD) if dice.random() < 0.7 else dice.choice(holders)
    try:
        return json.dumps(document).encode()
    except (ValueError, TypeError, RecursionError):
        return data


def _holders(value: Any) -> list[Any]:
    found = []
    if isinstance(value, dict | list) and value:
        found.append(value)
        for each in value.values() if isinstance(value, dict) else value:
            found += _holders(each)
    return found


_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _text(_cut),
    _text(_remove),
    _text(_repeat),
    _text(_swap_lines),
    _text(_swap_words),
    _text(_put),
    _recode,
    _bytes,
    _value,
    _value,
)
