"""JSON and YAML as data: one serialiser each, deterministic."""

import re
from typing import Any

import orjson
import yaml

# What stands between two brackets, with none in a text. It is a list or object without another in it where the last one begins a line.
_INNERMOST = re.compile(r"([\[{])\n +([^\[\]{}]++)([\]}])")
_BREAK = re.compile(r"\n *")
_WIDTH, _ROOM = 100, 300


def to_json(data: Any) -> str:
    """Return indented JSON in the order given, with a final line break."""
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def to_folded_json(data: Any) -> str:
    """Return the same as `to_json`, with each innermost list or object on one line where it fits."""
    return _INNERMOST.sub(_folded, to_json(data))


def _folded(found: re.Match[str]) -> str:
    inside = found[2].rstrip(" ")
    if len(inside) > _ROOM or not inside.endswith("\n"):
        return found[0]
    inside = inside[:-1]
    line = _BREAK.sub(" ", inside)
    return f"{found[1]}{line}{found[3]}" if len(line) <= _WIDTH else found[0]


def to_yaml(*documents: Any, header: str = "") -> str:
    """Return YAML documents in the order given; `header` becomes a comment on top."""
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    return comment + yaml.dump_all(
        documents,
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=120,
        explicit_start=len(documents) > 1,
    )


_analysed: dict[str, Any] = {}


class _Dumper(yaml.SafeDumper):
    """Never writes anchors, indents lists, and keeps multi-line text as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def analyze_scalar(self, scalar: str) -> Any:
        """What a text looks like decides how it is quoted; most texts of a build come many times."""
        known = _analysed.get(scalar)
        if known is None:
            known = _analysed[scalar] = super().analyze_scalar(scalar)
        return known

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
