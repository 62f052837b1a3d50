"""Text as gzip: what only programs read of an output is kept small."""

import zlib

_GZIP = 31  # the window of 32 KiB, with the head and the checksum of gzip


def compressed(text: str) -> bytes:
    """Return `text` as gzip, without a name and a time: the same text gives the same bytes."""
    packing = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return packing.compress(text.encode()) + packing.flush()


def expanded(data: bytes) -> str:
    """Return the text that `compressed` packed. ValueError when it is damaged."""
    try:
        return zlib.decompress(data, _GZIP).decode()
    except zlib.error as error:
        raise ValueError(f"damaged: {error}") from error
