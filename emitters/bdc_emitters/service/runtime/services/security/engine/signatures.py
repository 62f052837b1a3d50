"""Public keys and signatures: the only place that knows the library for them, loaded when the first keys are fetched."""

from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

PublicKey = ECKey | RSAKey | OKPKey
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def public_key(member: dict[str, Any]) -> PublicKey:
    """Return the key of a member of a key set. Raises ValueError for one that is not asymmetric, or too short."""
    try:
        key = import_key({name: value for name, value in member.items() if name not in _PRIVATE})
    except JoseError as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, ECKey | RSAKey | OKPKey):
        raise ValueError("the key set holds a key that is not asymmetric")
    if isinstance(key, RSAKey) and key.public_key.key_size < 2048:
        raise ValueError("the key set holds an RSA key of fewer than 2048 bits")
    return key


def signed_payload(token: bytes, key: PublicKey, algorithm: str) -> bytes:
    """Return what a compact token signs. Raises ValueError when the signature is not that of `key`."""
    try:
        return jws.deserialize_compact(token, key, algorithms=[algorithm]).payload
    except JoseError as error:
        raise ValueError(str(error)) from error
