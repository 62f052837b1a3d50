"""Versions of apis, and the members that each shows."""

import re

_VERSION = re.compile(r"v([0-9]{1,6})")


def is_version(text: str) -> bool:
    """Return whether `text` is a version that others are compared with, `v2`."""
    return _VERSION.fullmatch(text) is not None


def number(version: str) -> int:
    """Return the number of a version; ValueError where it is none."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(version)
    return int(found[1])


def is_shown(since: str | None, removed: str | None, version: str) -> bool:
    """Return whether an api of `version` shows a member that is there `since` a version, until it is `removed` in another."""
    if since is None and removed is None:
        return True
    now = number(version)
    return (since is None or now >= number(since)) and (removed is None or now < number(removed))
