"""Names in Kubernetes: labels of DNS (RFC 1123 and 1035): small letters, digits and dashes, a letter in front, 63 at most."""

import re
from hashlib import sha256

# Names of what belongs together begin alike: there is room behind this for `-migrate` and its like.
LONGEST_SYSTEM = 55
_OTHER = re.compile(r"[^a-z0-9]")


def label(name: str, longest: int = LONGEST_SYSTEM) -> str:
    """Return `name` as a label: other characters become dashes, and one that is too long ends in a digest of the whole."""
    made = _OTHER.sub("-", name.lower()).strip("-")
    if not made[:1].isalpha():
        made = f"x-{made}".rstrip("-")
    if len(made) <= longest:
        return made
    return f"{made[: longest - 9].rstrip('-')}-{sha256(name.encode()).hexdigest()[:8]}"


def label_value(name: str) -> str:
    """Return `name` as the value of a label: letters and digits at both ends, 63 at most."""
    return name.strip("_-.")[:63].strip("_-.") or "x"
