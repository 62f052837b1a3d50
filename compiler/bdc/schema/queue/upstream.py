"""`schema.sql` of procrastinate, read: its functions and triggers, with every name of its own under schema `app`."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateTrigger
from bdc.schema.names import APP

VERSION = "3.10.0"
_FUNCTION = re.compile(
    r"CREATE FUNCTION (\w+)\((.*?)\)\s*RETURNS\s+(.+?)\s+LANGUAGE plpgsql\s+AS \$\$\n(.*?)\$\$;", re.DOTALL
)
_TRIGGER = re.compile(
    r"CREATE TRIGGER (\w+)\s+(AFTER|BEFORE) (.+?) ON (\w+)\s+FOR EACH ROW(?: WHEN \(\((.+?)\)\))?\s+EXECUTE PROCEDURE (\w+)\(\);",
    re.DOTALL,
)
# Channels of notifications have such names too, and stand in quotes.
_OWN = re.compile(r"(?<!['\w.])(procrastinate_\w+)")


@cache
def text() -> str:
    """Return the file as it was published."""
    return files("bdc.schema.queue").joinpath("procrastinate.sql").read_text(encoding="utf-8")


def functions() -> Iterator[CreateFunction]:
    """Yield its functions. Those of triggers return `trigger`."""
    for name, parameters, returns, body in _FUNCTION.findall(text()):
        yield CreateFunction(
            Name(name, APP),
            placed(body).strip(),
            parameters=" ".join(placed(parameters).split()),
            returns=placed(returns),
        )


def triggers() -> Iterator[CreateTrigger]:
    for name, timing, events, table, when, function in _TRIGGER.findall(text()):
        yield CreateTrigger(
            name,
            Name(table, APP),
            timing.lower(),
            events.lower(),
            Name(function, APP),
            when=placed(when) or None,
        )


def placed(sql: str) -> str:
    """Return SQL with the schema before every name of procrastinate."""
    return _OWN.sub(rf"{APP}.\1", sql)
