"""Random and extreme values of every type: as they are written in JSON, and what they are equal to.

A `Kind` writes a value as JSON text (decimals keep the digits that a float would lose) and reads what came back into something that
compares. `refused` are values that must not be taken.
"""

import base64
import json
import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

Sample = Callable[[Random], str]
PIECES = [
    *"abcXYZ 09_-.,;:/\\\"'%&=?#+<>{}()[]|~^$@!*`",
    "\u0001", "\u001f", "\u007f", "\n", "\t", "\r", "é", "ß", "İ", "日本", "😀", "\u200b", "\u2028", "\ufeff", "\ufffd",
    "«a»", "«actor.id»", "$1", ":x", "{x}", "%s", "%(x)s", "\\u0000", "--", "/*", "''", "null", "..", "./", "a/b",
]  # fmt: skip
LABELS = (
    'say "hi" \\ now', "100 % of %s %(x)s", "{a} {{b}} ${c} :d «e»", "naïve 日本語 😀", "it's -- ; /* no */", "a,b", "plain",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """`sample` writes a value as JSON; `read` makes decoded JSON comparable; `refused` is JSON that is no such value."""

    sample: Sample
    read: Callable[[Any], Any]
    refused: tuple[str, ...] = ()
    graphql: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def loads(text: str | bytes) -> Any:
    """Decode JSON without rounding."""
    return json.loads(text, parse_float=Decimal)


def text_of(random: Random) -> str:
    return "".join(random.choices(PIECES, k=random.choice((0, 1, 2, 3, 8, 40))))


def _text(random: Random) -> str:
    return json.dumps(text_of(random), ensure_ascii=random.random() < 0.5)


def _whole(bits: int) -> Sample:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def sample(random: Random) -> str:
        value = random.choice(
            (0, 1, -1, low, high, low + 1, 2**53 + 1 if bits > 53 else 7, random.randint(low, high))
        )
        return str(value)

    return sample


def _decimal(whole: int, places: int) -> Sample:
    def sample(random: Random) -> str:
        digits = "".join(random.choices("0123456789", k=random.choice((1, 1, 3, whole)))).lstrip("0") or "0"
        fraction = "".join(random.choices("0123456789", k=random.choice((0, 1, places))))
        text = random.choice(("", "", "-")) + digits + (f".{fraction}" if fraction else "")
        text = random.choice(
            (text, text, text, "0", "-0.0", "9" * whole, f"0.{'0' * (places - 1)}1", "1e3", "1.5E-3")
        )
        return text if random.random() < 0.5 else f'"{text}"'

    return sample


def _float(random: Random) -> str:
    double = struct.unpack("<d", random.randbytes(8))[0]
    extreme = random.choice((0.0, -0.0, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 1e22, -1e-7, 2.0**53 + 2))
    return repr(double if math.isfinite(double) and random.random() < 0.6 else extreme)


def _uuid(random: Random) -> str:
    digits = random.randbytes(16).hex()
    text = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return json.dumps(random.choice((text, text.upper())))


def _day(random: Random) -> str:
    edge = random.choice((date.min, date.max, date(2024, 2, 29), date(1582, 10, 10)))
    return json.dumps(
        (
            edge if random.random() < 0.3 else date.fromordinal(random.randint(1, date.max.toordinal()))
        ).isoformat()
    )


def _time(random: Random) -> str:
    edge = random.choice((time.min, time.max, time(23, 59, 59, 1)))
    made = time(random.randrange(24), random.randrange(60), random.randrange(60), random.randrange(1_000_000))
    return json.dumps((edge if random.random() < 0.3 else made).isoformat())


def _moment(random: Random) -> str:
    if random.random() < 0.3:
        return json.dumps(
            random.choice(
                (datetime.min, datetime.max, datetime(1969, 12, 31, 23, 59, 59, 999999))
            ).isoformat()
            + "Z"
        )
    span = timedelta(days=random.randrange(2, 3_652_000), microseconds=random.randrange(86_400_000_000))
    offset = random.choice(("Z", "+00:00", "+05:30", "-12:00", "+14:00"))
    return json.dumps((datetime.min + span).isoformat() + offset)


def _duration(random: Random) -> str:
    def part(unit: str, most: int) -> str:
        return (
            f"{random.choice(('', '', '-'))}{random.choice((0, 1, random.randint(0, most)))}{unit}"
            if random.random() < 0.6
            else ""
        )

    day = part("Y", 1_000_000) + part("M", 2**30) + part("W", 100_000) + part("D", 2**30)
    clock = (
        part("H", 2_000_000_000)
        + part("M", 2**40)
        + (f"{random.randint(0, 2**40)}.{random.randrange(10**6):06}S" if random.random() < 0.5 else "")
    )
    text = f"P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"
    edge = random.choice(
        (
            "P1M",
            "-P1DT2H",
            "PT2562047788H54.775807S",
            "PT-2562047788H-54.775808S",
            "P178956970Y7M",
            "-PT0.000001S",
        )
    )
    return json.dumps(edge if random.random() < 0.2 else text)


def _json(random: Random, depth: int = 3) -> str:
    roll = random.random()
    if depth and roll < 0.25:
        return "[" + ",".join(_json(random, depth - 1) for _ in range(random.randrange(4))) + "]"
    if depth and roll < 0.5:
        names = dict.fromkeys(text_of(random) for _ in range(random.randrange(4)))
        return "{" + ",".join(f"{json.dumps(name)}: {_json(random, depth - 1)}" for name in names) + "}"
    leaves = (
        "true",
        "false",
        _text(random),
        _float(random),
        str(2**53 + 1),
        "123456789012345678901234567890",
        "1.00000000000000000001",
        "-1E-30",
        '"1"',
        '""',
    )
    return random.choice(leaves if depth == 3 else (*leaves, "null"))


def _bytes(random: Random) -> str:
    return json.dumps(base64.b64encode(random.randbytes(random.choice((0, 1, 2, 3, 57, 58, 100)))).decode())


def _chosen(*values: str) -> Sample:
    return lambda random: json.dumps(random.choice(values))


def _some(item: Sample) -> Sample:
    return lambda random: "[" + ",".join(item(random) for _ in range(random.choice((0, 1, 2, 5)))) + "]"


_PART = r"([+-]?\d+)"
_ISO = re.compile(
    rf"(-)?P(?:{_PART}Y)?(?:{_PART}M)?(?:{_PART}W)?(?:{_PART}D)?(?:T(?:{_PART}H)?(?:{_PART}M)?(?:([+-]?\d+(?:\.\d+)?)S)?)?"
)


def read_duration(text: str) -> tuple[int, int, int]:
    """Return months, days and microseconds."""
    match = _ISO.fullmatch(text)
    assert match is not None, text
    sign = -1 if match[1] else 1
    years, months, weeks, days, hours, minutes = (int(match[part] or 0) for part in range(2, 8))
    micros = int(Decimal(match[8] or 0) * 1_000_000)
    return (
        sign * (years * 12 + months),
        sign * (weeks * 7 + days),
        sign * ((hours * 60 + minutes) * 60_000_000 + micros),
    )


def _fits(text: str) -> bool:
    months, days, micros = read_duration(text)
    return abs(months) < 2**31 and abs(days) < 2**31 and -(2**63) <= micros < 2**63


def _fitting(random: Random) -> str:
    while True:
        found = _duration(random)
        if _fits(json.loads(found)):
            return found


def read_moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def _read_list(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda found: [read(item) for item in found]


def _itself(found: Any) -> Any:
    return found


def _read_bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


_NO_TEXT = ('"a\\u0000b"', "5", "{}", "[]")
_NO_NUMBER = ('"x"', '""', "true", "[]", "{}", '"NaN"', '"Infinity"', '"1_000"', '" 1"', '"١"')
_NO_TIME = (
    '"infinity"',
    '"-infinity"',
    '"now"',
    "5",
    '""',
    '"2026-02-30"',
    '"2026-01-31T09:30:00"',
    '"0044-03-15 BC"',
    '"10000-01-01"',
)

KINDS: dict[str, Kind] = {
    "s": Kind(_text, _itself, _NO_TEXT, "String"),
    "b": Kind(_text, _itself, _NO_TEXT, "String"),
    "i": Kind(_whole(32), int, ("2147483648", "-2147483649", "1.5", "1e300", '"1"', "true", "[]"), "Int"),
    "big": Kind(_whole(64), int, ("9223372036854775808", "1e30", "1.5", '"1"', "123456789012345678901234567890"), "BigInt"),
    "d": Kind(_decimal(20, 10), Decimal, (*_NO_NUMBER, "123456789012345678901", "0.12345678901", '"1e25"'), "Decimal"),
    "wide": Kind(_decimal(35, 30), Decimal, (*_NO_NUMBER, "1e35", f'"0.{"1" * 31}"'), "Decimal"),
    "free": Kind(_decimal(60, 60), Decimal, _NO_NUMBER, "Decimal"),
    "f": Kind(_float, float, ('"x"', '"NaN"', "1e-400", "true", "[]"), "Float"),
    "yes": Kind(_chosen("true"), _itself, ('"true"', "1", "0", '""'), "Boolean"),
    "u": Kind(_uuid, str.lower, ('"x"', "5", '"{0198c0de-0000-7000-8000-000000000001}"', '"0198c0de000070008000000000000001"'), "UUID"),
    "day": Kind(_day, date.fromisoformat, _NO_TIME, "Date"),
    "t": Kind(_time, time.fromisoformat, ('"24:00:00"', '"25:00"', '"08:30:00.1234567"', "5", '"08:30:00Z"'), "Time"),
    "at": Kind(_moment, read_moment, (*_NO_TIME, '"0001-01-01T00:00:00+01:00"', '"9999-12-31T23:59:59-01:00"', '"2026-01-31T09:30:00.1234567Z"', '"2026-01-31T09:30:60Z"'), "DateTime"),
    "len": Kind(_fitting, read_duration, ('"P"', '"PT"', '"1h"', "5", '"P1.5D"', '"PT0.0000001S"', '"P99999999999Y"', '"PT9223372036855S1M"', '"infinity"'), "Duration"),
    "j": Kind(_json, _itself, ('"a\\u0000b"', '{"a\\u0000": 1}', "[" * 40 + "]" * 40, "1e399999"), "JSON"),
    "raw": Kind(_bytes, _read_bytes, ('"x"', '"AAA"', '"é"', "5", '"AAAA\\n"'), "Base64"),
    "kind": Kind(_chosen("red", "green", "blue"), _itself, ('"Red"', '""', "5"), "Plain"),
    "label": Kind(_chosen(*LABELS), _itself, ('"quoted"', '""', "5"), "String"),
}  # fmt: skip
KINDS["yes"] = Kind(lambda random: random.choice(("true", "false")), _itself, KINDS["yes"].refused, "Boolean")
SCALARS = tuple(KINDS)
LISTS = {"ss": "s", "ints": "i", "bigs": "big", "ds": "d", "fs": "f", "bools": "yes", "us": "u", "days": "day", "ts": "t",
         "ats": "at", "lens": "len", "kinds": "kind", "labels": "label", "raws": "raw", "js": "j"}  # fmt: skip
for _name, _item in LISTS.items():
    _kind = KINDS[_item]
    _refused = (*tuple(f"[{each}]" for each in _kind.refused), "null_item")
    KINDS[_name] = Kind(
        _some(_kind.sample),
        _read_list(_kind.read),
        _refused[:-1] + (("[null]",) if _item != "j" else ()),
        f"[{_kind.graphql}!]",
    )

IN_STRUCT = {"s": "s", "i": "i", "big": "big", "d": "d", "free": "free", "f": "f", "yes": "yes", "id": "u", "day": "day", "t": "t",
             "at": "at", "len": "len", "j": "j", "raw": "raw", "kind": "kind", "label": "label", "ds": "ds", "lens": "lens"}  # fmt: skip


def _struct(random: Random) -> str:
    members = [
        f'"{name}": {KINDS[kind].sample(random)}' for name, kind in IN_STRUCT.items() if random.random() < 0.5
    ]
    if random.random() < 0.5:
        members.append(
            f'"inner": {{"d": {KINDS["d"].sample(random)}, "len": {KINDS["len"].sample(random)}, "label": {KINDS["label"].sample(random)}}}'
        )
    return "{" + ", ".join(members) + "}"


def _read_struct(found: dict[str, Any]) -> dict[str, Any]:
    read = {
        name: KINDS[IN_STRUCT[name]].read(value)
        for name, value in found.items()
        if name in IN_STRUCT and value is not None
    }
    inner = found.get("inner")
    if inner is not None:
        read["inner"] = {name: KINDS[name].read(value) for name, value in inner.items() if value is not None}
    return read


KINDS["o"] = Kind(
    _struct,
    _read_struct,
    ('{"x": 1}', '{"d": "0.12345678901"}', '{"len": "1h"}', '{"inner": {"d": true}}', "[]"),
    "OuterInput",
)
KINDS["os"] = Kind(_some(_struct), _read_list(_read_struct), ('[{"x": 1}]', "[null]"), "[OuterInput!]")


def literal(text: str) -> str:
    """Return JSON text as a literal of GraphQL; enums of the schema are written by `enum_literal`."""
    return _graphql(loads_raw(text))


class Number(str):
    """A number as it was written."""


def loads_raw(text: str) -> Any:
    """Decode JSON; numbers stay as they are written."""
    return json.loads(text, parse_float=Number, parse_int=Number)


def _graphql(value: Any) -> str:
    if isinstance(value, Number):
        return value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_graphql(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_graphql(item) for item in value) + "]"
    return json.dumps(value)
