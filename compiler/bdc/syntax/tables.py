"""The LALR tables as data that is read fast: of their 70,000 entries about 2,000 differ, and each of these is written once."""

from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef
from lark.parsers.lalr_analysis import Reduce, Shift

Packed = dict[str, Any]


def packed(lark: Lark) -> Packed:
    """Return data of which `unpacked` makes the same parser."""
    data, memo = lark.memo_serialize([TerminalDef, Rule])
    data["options"] = {name: value for name, value in data["options"].items() if name != "transformer"}
    table = data["parser"]["parser"]
    names, known = table["tokens"], {rule["@"]: number for number, rule in enumerate(data["rules"])}
    entries: dict[tuple[int, int], int] = {}
    states = {}
    for state, actions in table["states"].items():
        found = [(kind, known[value["@"]] if kind else value) for kind, value in actions.values()]
        numbers = [entries.setdefault(entry, len(entries)) for entry in found]
        states[state] = [names[token] for token in actions], numbers
    data["parser"]["parser"] = table | {"tokens": {}, "states": {}}
    return {"data": data, "memo": memo, "entries": list(entries), "states": states}


def unpacked(kept: Packed, transformer: object) -> Lark:
    """Return the parser that was packed. Raises anything at all where the data is damaged."""
    lark: Lark = Lark._load_from_dict(kept["data"], kept["memo"], transformer=transformer)  # type: ignore[no-untyped-call]
    rules = lark.rules
    entries = [(Reduce, rules[value]) if kind else (Shift, value) for kind, value in kept["entries"]]
    states = lark.parser.parser._parse_table.states
    for state, (names, numbers) in kept["states"].items():
        states[state] = dict(zip(names, map(entries.__getitem__, numbers), strict=True))
    return lark
