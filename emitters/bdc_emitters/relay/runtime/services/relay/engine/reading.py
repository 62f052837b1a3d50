"""From a message to its event: what cannot be read, or no row can hold, is said to be so."""

import json
import re
from typing import Any

_LONGEST_NAME = 200
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Unread(Exception):
    """A message that no event can be made of; the text says why."""


def read(message: Any) -> tuple[str, str, str]:
    """Return the id, the event and the payload of a message. Raises Unread."""
    try:
        told = json.loads(message.data)
    except ValueError:
        raise Unread("it is no JSON") from None
    except RecursionError:
        raise Unread("it is nested too deep") from None
    if not isinstance(told, dict) or not isinstance(told.get("data"), dict):
        raise Unread("it is no object with `data`")
    event = told.get("type", message.subject.rpartition(".")[2])
    name = told.get("id") or (message.headers or {}).get("Nats-Msg-Id")
    name = str(name or f"sequence-{message.metadata.sequence.stream}")
    if len(name) > _LONGEST_NAME:
        raise Unread("its id is too long")
    _refuse_what_no_column_holds([name, event, told["data"]])
    return name, str(event), json.dumps(told["data"])


def _refuse_what_no_column_holds(told: object) -> None:
    """Raise Unread for texts and numbers that JSON of Python has and PostgreSQL does not."""
    try:
        text = json.dumps(told, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        raise Unread("a text holds half of a character") from None
    except ValueError:
        raise Unread("a number is too large") from None
    if _NUL.search(text):
        raise Unread("a text holds the character U+0000")
