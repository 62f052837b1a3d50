"""Bearer tokens: one good one, and every kind of forgery that other libraries have let through."""

import asyncio
import base64
import hmac
import json
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.support.corpus import signed_tokens

CLAIMS = {
    "sub": "8b5e4970-2666-588b-9604-031ac0a55dfa",
    "org": "0a861c8a-66a6-5ab9-ae32-ca67af968cc3",
    "roles": ["member", "nobody-knows-this-role"],
}
NOW = int(time.time())
STANDARD = {"iss": "issuer", "aud": "shop", "iat": NOW, "nbf": NOW, "exp": NOW + 86_400}
ASYMMETRIC = ("ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA")
HEADER = {"alg": "ES256", "kid": "one", "typ": "JWT"}
KEY = ECKey.generate_key("P-256", {"kid": "one"})
OTHER = ECKey.generate_key("P-256", {"kid": "one"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


def signed(key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> bytes:
    """Return a token; a claim of None is left out."""
    payload = {name: value for name, value in {**STANDARD, **CLAIMS, **claims}.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=["ES256", "RS256", "HS256", "none"], strict_check_header=False)
    protected = {name: value for name, value in {**HEADER, **(header or {})}.items() if value is not None}
    text = json.dumps(payload).encode()
    return jws.serialize_compact(protected, text, key, registry=registry).encode()


def verifier(tmp_path: Path, **members: Any) -> Any:
    from services.engine.config import TokenSettings
    from services.security.engine.claims import ClaimReader
    from services.security.engine.jwks import KeySet
    from services.security.engine.tokens import TokenVerifier
    from services.security.identity import CLAIMS as RULES
    from services.security.identity import ROLES

    document = tmp_path / "jwks.json"
    keys = [KEY.as_dict(private=False), RSA.as_dict(private=False)]
    document.write_text(json.dumps({"keys": members.pop("keys", keys)}))
    settings = TokenSettings(issuer="issuer", audience="shop", jwks=str(document), **members)
    return TokenVerifier(settings, KeySet(settings, production=False), ClaimReader(RULES, ROLES))


def test_a_good_token_becomes_the_identity_that_statements_take(tmp_path: Path) -> None:
    actor = asyncio.run(verifier(tmp_path).verify(signed()))
    assert actor.identity == (CLAIMS["sub"], CLAIMS["org"], "member")
    assert actor.roles == {"member"}


def encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def unsigned(header: dict[str, Any]) -> bytes:
    return b".".join(encoded(json.dumps(part).encode()) for part in (header, {**STANDARD, **CLAIMS})) + b"."


def confused() -> bytes:
    """A token whose secret is the public key: who lets the token choose the algorithm believes it."""
    text = unsigned({**HEADER, "alg": "HS256"})[:-1]
    return text + b"." + encoded(hmac.digest(KEY.as_pem(private=False), text, "sha256"))


def tampered() -> bytes:
    head, payload, signature = signed().split(b".")
    changed = json.loads(base64.urlsafe_b64decode(payload + b"==")) | {"roles": ["manager"]}
    return b".".join((head, encoded(json.dumps(changed).encode()), signature))


FORGED = {
    "algorithm none": lambda: unsigned({**HEADER, "alg": "none"}),
    "the public key as a secret": confused,
    "another key under the same id": lambda: signed(OTHER),
    "a key of another kind": lambda: signed(header={"kid": "rsa"}),
    "an unknown key": lambda: signed(header={"kid": "two"}),
    "no key id": lambda: signed(header={"kid": None}),
    "a key set of its own": lambda: signed(header={"jku": "https://evil.test/jwks.json"}),
    "a key of its own": lambda: signed(OTHER, {"jwk": OTHER.as_dict(private=False)}),
    "another type": lambda: signed(header={"typ": "logout+jwt"}),
    "a changed payload": tampered,
    "expired": lambda: signed(exp=NOW - 60),
    "no expiry": lambda: signed(exp=None),
    "an expiry that is text": lambda: signed(exp="9999999999"),
    "not valid yet": lambda: signed(nbf=NOW + 43_200),
    "issued in the future": lambda: signed(iat=NOW + 43_200),
    "no issue time": lambda: signed(iat=None),
    "another issuer": lambda: signed(iss="evil"),
    "another audience": lambda: signed(aud="bank"),
    "no audience": lambda: signed(aud=None),
    "no tenant": lambda: signed(org=None),
    "a tenant that is no uuid": lambda: signed(org="' or true --"),
    "a numeric subject": lambda: signed(sub=1),
    "roles that smuggle a comma": lambda: signed(roles=["member,manager"]),
    "two parts": lambda: signed().rpartition(b".")[0],
    "nonsense": lambda: b"\xff\xfe.e30.",
    "a very long one": lambda: b"a" * 9000 + b".b.c",
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_is_nobody(kind: str, tmp_path: Path) -> None:
    from services.problems import Problem

    checker = verifier(tmp_path)
    for _ in range(2):
        with pytest.raises(Problem) as refusal:
            asyncio.run(checker.verify(FORGED[kind]()))
        assert refusal.value.status == 401
        assert refusal.value.headers[0][0] == b"www-authenticate"


def test_the_forged_signatures_of_wycheproof_are_refused_and_the_good_ones_accepted(tmp_path: Path) -> None:
    """All 355, with every asymmetric algorithm that can be configured. Good tokens are accepted where their key may be published
    and is for their algorithm: that leaves out those signed with a secret, and four whose key names another algorithm."""
    refused, accepted, missed = 0, 0, []
    for number, group in enumerate(signed_tokens()):
        folder = tmp_path / str(number)
        folder.mkdir()
        public = group.get("public")
        keys = [public or {**KEY.as_dict(private=False), "kid": group["private"]["kid"]}]
        checker = verifier(folder, keys=keys, algorithms=ASYMMETRIC)
        for case in group["tests"]:
            good = asyncio.run(outcome(checker, case["jws"]))
            valid = case["result"] == "valid" and public is not None
            refused += case["result"] == "invalid" and not good
            accepted += valid and good
            if good is not (valid and public["alg"] == algorithm_of(case["jws"])):
                missed.append((group["comment"], case["tcId"], case["comment"]))
    assert missed == []
    assert (refused, accepted) == (355, 32)


def algorithm_of(token: str) -> str:
    return str(json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))["alg"])


async def outcome(checker: Any, token: str) -> bool:
    """Say whether the signature was accepted; a token that is refused is refused with 401, or 503 where there is no usable key."""
    from services.problems import Problem

    try:
        await checker.signed_payload(token.encode())
    except Problem as problem:
        assert problem.status == 401 or (problem.status == 503 and not checker._keys._keys)
        return False
    return True


def test_a_verified_token_is_not_trusted_past_its_expiry_or_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.problems import Problem
    from services.security.engine import jwks

    checker = verifier(tmp_path, leeway=0)
    soon = int(time.time()) + 300
    token = signed(exp=soon)

    async def story() -> None:
        actor = await checker.verify(token)
        assert await checker.verify(token) is actor, "the second time is a look-up"
        (tmp_path / "jwks.json").write_text(json.dumps({"keys": [RSA.as_dict(private=False)]}))
        monkeypatch.setattr(jwks, "REFETCH_AFTER", 0.0)
        await checker._keys._fetch_once()
        with pytest.raises(Problem):
            await checker.verify(token)

    asyncio.run(story())
    other = verifier(tmp_path, leeway=0)
    asyncio.run(other.verify(token))
    monkeypatch.setattr(time, "time", lambda: soon + 1)
    with pytest.raises(Problem):
        asyncio.run(other.verify(token))


def test_unknown_keys_do_not_make_the_service_hammer_its_issuer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.problems import Problem
    from services.security.engine import jwks

    fetches = 0
    read = jwks.read_document

    def counted(settings: Any) -> bytes:
        nonlocal fetches
        fetches += 1
        return read(settings)

    monkeypatch.setattr(jwks, "read_document", counted)
    checker = verifier(tmp_path)

    async def story() -> None:
        tokens = [signed(header={"kid": f"unknown-{number}"}) for number in range(20)]
        results = await asyncio.gather(*(checker.verify(token) for token in tokens), return_exceptions=True)
        assert all(isinstance(result, Problem) for result in results)

    asyncio.run(story())
    assert fetches == 1


def test_a_key_set_with_a_symmetric_or_a_development_key_is_refused() -> None:
    from services.security.engine.jwks import parse_keys

    secret = OctKey.generate_key(256, {"kid": "s"}).as_dict(private=True)
    with pytest.raises(ValueError, match="symmetric"):
        parse_keys(json.dumps({"keys": [secret]}).encode(), production=False)
    development = ECKey.generate_key("P-256", {"kid": "development-1"}).as_dict(private=False)
    with pytest.raises(ValueError, match="development"):
        parse_keys(json.dumps({"keys": [development]}).encode(), production=True)
    assert parse_keys(json.dumps({"keys": [development]}).encode(), production=False)


def test_a_token_is_known_only_as_it_was_verified_and_where_tokens_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.problems import Problem
    from services.security.engine.authentication import Authenticator

    checker = verifier(tmp_path, leeway=0)
    soon = int(time.time()) + 300
    token = signed(exp=soon)
    door = Authenticator.__new__(Authenticator)
    door._tokens, door._api_keys, door.own = checker, object(), None
    door._token_header, door._api_key_header = b"authorization", b"x-api-key"

    def known(scheme: bytes, gate: Any = door, **more: bytes) -> Any:
        other = {name.replace("_", "-").encode(): value for name, value in more.items()}
        return gate.known({b"authorization": scheme + token, **other})

    assert known(b"Bearer ") is None, "it has not been verified"
    actor = asyncio.run(checker.verify(token))
    assert known(b"Bearer ") is actor
    assert all(known(scheme) is None for scheme in (b"Basic  ", b"bearer ", b"Bearer  ", b""))
    assert known(b"Bearer ", x_api_key=b"k") is None, "two kinds of credentials are refused"
    gated = _module("api/engine/gates.py")._Authenticator
    assert known(b"Bearer ", gated(door, bearer=True, api_key=True)) is actor
    closed = gated(door, bearer=False, api_key=True)
    assert known(b"Bearer ", closed) is None
    with pytest.raises(Problem):
        asyncio.run(closed.authenticate({b"authorization": b"Bearer " + token}))
    door.own = object()
    assert known(b"Bearer ") is None, "a service that issues tokens looks at each"
    door.own = None
    monkeypatch.setattr(time, "time", lambda: soon + 1)
    assert known(b"Bearer ") is None


def _module(path: str) -> Any:
    """Return a module of the runtime that the shop does not need."""
    from bdc_emitters import service

    spec = spec_from_file_location("beside", Path(service.__file__).parent / "runtime" / path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
