"""The hash tree of RFC 6962 (Certificate Transparency), section 2.1: SHA-256, leaves and nodes told apart by their first byte.

https://www.rfc-editor.org/rfc/rfc6962#section-2.1
"""

import hashlib
from collections.abc import Sequence


def leaf(data: str) -> bytes:
    """Return the hash of an entry: `SHA-256(0x00 || data)`."""
    return hashlib.sha256(b"\x00" + data.encode("utf-8")).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees: `SHA-256(0x01 || left || right)`."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the hash of the whole tree (MTH of section 2.1): of nothing, that of the empty text."""
    if not leaves:
        return hashlib.sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        level = [
            node(*level[at : at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)
        ]
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` (section 2.1.1): the nodes beside its way to the root, from the leaf on."""
    if len(leaves) <= 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*path(leaves[:half], index), root(leaves[half:])]
    return [*path(leaves[half:], index - half), root(leaves[:half])]


def root_of_path(hash: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that a leaf and its audit path lead to. ValueError where the path has another length."""
    if size <= 1:
        if proof:
            raise ValueError("the path is too long")
        return hash
    if not proof:
        raise ValueError("the path is too short")
    half = _half(size)
    if index < half:
        return node(root_of_path(hash, index, half, proof[:-1]), proof[-1])
    return node(proof[-1], root_of_path(hash, index - half, size - half, proof[:-1]))


def _half(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


class Growing:
    """A tree that grows: `push` takes a leaf, and returns the root of all so far."""

    def __init__(self) -> None:
        self._whole: list[bytes] = []
        self.size = 0

    def push(self, hash: bytes) -> bytes:
        """Take the next leaf."""
        bits, self.size = self.size, self.size + 1
        while bits & 1:
            hash, bits = node(self._whole.pop(), hash), bits >> 1
        self._whole.append(hash)
        top = self._whole[-1]
        for whole in reversed(self._whole[:-1]):
            top = node(whole, top)
        return top
