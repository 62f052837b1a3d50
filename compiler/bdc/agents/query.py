"""Questions to the IR: `entities[name=Order].fields.name`."""

import re
from typing import Any

_STEP = re.compile(r"([A-Za-z_]\w*)((?:\[[^\]]*\])*)")
_FILTER = re.compile(r"\[([^\]]*)\]")


class WrongQuery(ValueError):
    """The query cannot be read, or names what is not there; the message says which names there are."""


def query(data: Any, path: str) -> Any:
    """Return what a path leads to: names of members, `[name=value]` to choose items of a list, `[0]` for one item. A name after a list
    is read of each item. WrongQuery."""
    here = data
    for part in [step for step in path.split(".") if step] if path else []:
        matched = _STEP.fullmatch(part)
        if matched is None:
            raise WrongQuery(f"`{part}` is not a step: write `name`, `name[key=value]` or `name[0]`")
        here = _member(here, matched[1])
        for asked in _FILTER.findall(matched[2]):
            here = _chosen(here, asked)
    return here


def _member(here: Any, name: str) -> Any:
    if isinstance(here, list):
        return [_member(item, name) for item in here]
    if isinstance(here, dict) and name in here:
        return here[name]
    known = ", ".join(sorted(here)) if isinstance(here, dict) else "nothing"
    raise WrongQuery(f"there is no `{name}` here: {known}")


def _chosen(here: Any, asked: str) -> Any:
    if not isinstance(here, list):
        raise WrongQuery(f"`[{asked}]` chooses items of a list, and this is none")
    if asked.isdigit():
        if int(asked) >= len(here):
            raise WrongQuery(f"the list has {len(here)} items")
        return here[int(asked)]
    key, equal, value = asked.partition("=")
    if not equal:
        raise WrongQuery(f"`[{asked}]`: write `[key=value]` or `[0]`")
    return [item for item in here if isinstance(item, dict) and str(item.get(key)) == value]
