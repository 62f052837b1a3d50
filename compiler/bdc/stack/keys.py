"""Development signing keys: one ES256 pair per workspace, its public half as a JWKS file that the service reads.

The key id begins with `development`: a service in production refuses such keys.
"""

import json
import time
from pathlib import Path
from typing import Any

from bdc.source.records import dataclass

ALGORITHM = "ES256"
KEY_ID = "development-1"
PRIVATE = "development-key.json"
PUBLIC = "jwks.json"


@dataclass(frozen=True, slots=True)
class DevelopmentKeys:
    """A folder with the private key (mode 0600) and the JWKS."""

    folder: Path

    @property
    def jwks(self) -> Path:
        return self.folder / PUBLIC

    def mint(self, claims: dict[str, Any], *, issuer: str, audience: str, lifetime: int) -> str:
        """Return a signed JWT with `claims`, valid for `lifetime` seconds (negative: already expired)."""
        from joserfc import jwt
        from joserfc.jwk import ECKey

        key = ECKey.import_key(json.loads((self.folder / PRIVATE).read_text(encoding="utf-8")))
        now = int(time.time())
        standard = {
            "iss": issuer,
            "aud": audience,
            "iat": min(now, now + lifetime),
            "nbf": min(now, now + lifetime) - 1,
        }
        payload = {**standard, "exp": now + lifetime, **claims}
        return jwt.encode({"alg": ALGORITHM, "kid": KEY_ID, "typ": "JWT"}, payload, key)


def development_keys(folder: Path) -> DevelopmentKeys:
    """Return the keys in `folder`, made when there are none yet."""
    keys = DevelopmentKeys(folder)
    if not keys.jwks.exists():
        _create(folder)
    return keys


def _create(folder: Path) -> None:
    from joserfc.jwk import ECKey

    folder.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", {"kid": KEY_ID, "use": "sig", "alg": ALGORITHM})
    private = folder / PRIVATE
    private.touch(mode=0o600)
    private.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    public = json.dumps({"keys": [key.as_dict(private=False)]}, indent=2) + "\n"
    (folder / PUBLIC).write_text(public, encoding="utf-8")
