"""AES-256-GCM: the only place that knows the library for it, loaded for the first value that is encrypted or decrypted."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Cipher:
    """Encrypts and decrypts under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)

    def encrypt(self, nonce: bytes, text: bytes, bound: bytes) -> bytes:
        """Return the ciphertext of `text`, which decrypts with the same `nonce` and `bound` alone."""
        return self._key.encrypt(nonce, text, bound)

    def decrypt(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Return the text. Raises ValueError when `sealed` is not of this key, `nonce` and `bound`."""
        try:
            return self._key.decrypt(nonce, sealed, bound)
        except InvalidTag:
            raise ValueError("the value does not decrypt") from None
