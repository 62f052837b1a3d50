"""Cursors, encrypted fields, API keys, settings: what must not be forged, moved or started with."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KEY_A = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
KEY_B = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
CONTEXT = "customer.tax_number|tenant|key"


def test_a_cursor_fits_only_the_list_that_it_came_from() -> None:
    from services.data.engine.cursors import CursorSigner
    from services.problems import Problem

    signer = CursorSigner("a secret of some length")
    cursor = signer.sign("Order|created_at", b'["2026","id"]')
    assert signer.verify("Order|created_at", cursor) == b'["2026","id"]'
    other = CursorSigner("another secret")
    changed = [
        cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :] for i in range(len(cursor) - 1)
    ]
    for shape, forged in [("Order|number", cursor), *(("Order|created_at", text) for text in changed)]:
        with pytest.raises(Problem, match="cursor"):
            signer.verify(shape, forged)
    for text in ("", "é", "=" * 50, "A" * 5000):
        with pytest.raises(Problem):
            signer.verify("Order|created_at", text)
    with pytest.raises(Problem):
        other.verify("Order|created_at", cursor)


def cipher(active: str, **keys: str) -> Any:
    from services.engine.config import SecretSettings
    from services.security.engine.encryption import FieldCipher

    return FieldCipher(SecretSettings(encryption_active=active, encryption=keys))


def test_an_encrypted_value_opens_only_where_it_was_put() -> None:
    from services.problems import Problem

    one = cipher("a", a=KEY_A)
    stored = one.encrypt("DE123", CONTEXT)
    assert "DE123" not in stored
    assert stored != one.encrypt("DE123", CONTEXT)
    assert one.decrypt(stored, CONTEXT) == "DE123"
    for moved in (
        "customer.name|tenant|key",
        "customer.tax_number|other|key",
        "customer.tax_number|tenant|other",
    ):
        with pytest.raises(Problem, match="decrypted"):
            one.decrypt(stored, moved)
    with pytest.raises(Problem, match="decrypted"):
        one.decrypt(stored[:-2], CONTEXT)


def test_keys_rotate_without_losing_what_old_ones_closed() -> None:
    from services.problems import Problem

    stored = cipher("a", a=KEY_A).encrypt("DE123", CONTEXT)
    rotated = cipher("b", b=KEY_B, a=KEY_A)
    assert rotated.decrypt(stored, CONTEXT) == "DE123"
    assert rotated.encrypt("x", CONTEXT).startswith("b.")
    with pytest.raises(Problem):
        cipher("b", b=KEY_B).decrypt(stored, CONTEXT)


def test_only_marked_members_of_a_body_are_opened() -> None:
    one = cipher("a", a=KEY_A)
    stored = one.encrypt('quote " and \n', CONTEXT)
    body = f'{{"tax":"\x03{CONTEXT}|{stored}\x04","note":"{CONTEXT}|{stored}"}}'.encode()
    assert one.reveal(body) == f'{{"tax":"quote \\" and \\n","note":"{CONTEXT}|{stored}"}}'.encode()


def test_an_api_key_is_stored_only_as_its_hash() -> None:
    import hashlib

    from services.security.engine.api_keys import KEY, new_key

    key, prefix, digest = new_key()
    assert KEY.fullmatch(key.encode())
    assert key.startswith(prefix)
    assert digest == hashlib.sha256(key.encode()).digest()


def test_production_does_not_start_with_what_development_uses(built: Path) -> None:
    from services.engine.config import ConfigurationError, load_settings

    environ = {"ENVIRONMENT": "production"}
    with pytest.raises(ConfigurationError) as missing:
        load_settings(environ, built / "config")
    for name in ("DATABASE_URL", "JWT_ISSUER", "JWKS_URL", "CURSOR_KEY", "ENCRYPTION_KEYS"):
        assert name in str(missing.value)
    environ |= {
        "DATABASE_URL": "postgresql://x",
        "JWT_ISSUER": "i",
        "JWKS_URL": "/tmp/keys.json",
        "CURSOR_KEY": "development-only-shop",
        "ENCRYPTION_KEYS": f"development-1={KEY_A}",
    }
    with pytest.raises(ConfigurationError) as refused:
        load_settings(environ, built / "config")
    for words in ("https", "SECRETS_CURSOR", "development-1", "sslmode"):
        assert words in str(refused.value)


def test_every_reason_is_said_at_once_in_one_line_each(built: Path) -> None:
    from services.engine.config import ConfigurationError, load_settings

    environ = {
        "ENVIRONMENT": "production",
        "DATABASE_URL": "postgresql://user:secret@db.example.com:99999/x",
        "DATABASE_POOL_SIZE": "-2",
        "JWT_ISSUER": "",
        "JWKS_URL": "https://",
        "LIMITS_BODY_BYTES": "0",
        "LIMITS_RATE": "many\nmore",
        "CURSOR_KEY": "short",
        "ENCRYPTION_KEYS": "a=AAAA",
        "LOG_LEVEL": "loud",
        "CORS_ORIGINS": "shop.example.com",
    }
    with pytest.raises(ConfigurationError) as refused:
        load_settings(environ, built / "config")
    _, *reasons = str(refused.value).splitlines()
    assert sorted(reason.split()[0].rstrip(":") for reason in reasons) == [
        "CORS_ORIGINS", "DATABASE_POOL_SIZE", "DATABASE_URL", "DATABASE_URL", "LIMITS_BODY_BYTES", "LIMITS_RATE",
        "LOG_LEVEL", "SECRETS_CURSOR", "SECRETS_ENCRYPTION", "TOKENS_ISSUER", "TOKENS_JWKS",
    ]  # fmt: skip
    assert "secret@" not in str(refused.value)


def test_a_server_is_not_started_with_settings_that_are_refused(built: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "ENVIRONMENT": "production"}
    command = [sys.executable, "-m", "api.serve"]
    done = subprocess.run(command, cwd=built, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (78, "")
    assert "Traceback" not in done.stderr and "\n  DATABASE_URL: " in done.stderr


def test_settings_come_from_files_of_secrets_too(built: Path, tmp_path: Path) -> None:
    from services.engine.config import load_settings

    (tmp_path / "url").write_text("postgresql://from-a-file/shop?sslmode=require\n")
    (tmp_path / "keys").write_text(f"new={KEY_B}\nold={KEY_A}\n")
    settings = load_settings(
        {
            "ENVIRONMENT": "production",
            "DATABASE_URL_FILE": str(tmp_path / "url"),
            "ENCRYPTION_KEYS_FILE": str(tmp_path / "keys"),
            "JWT_ISSUER": "i",
            "JWKS_URL": "https://issuer.test/jwks.json",
            "CURSOR_KEY": "0123456789abcdef",
            "DATABASE_POOL_SIZE": "7",
        },
        built / "config",
    )
    assert settings.database.url == "postgresql://from-a-file/shop?sslmode=require"
    assert settings.database.pool_size == 7
    assert list(settings.secrets.encryption) == ["new", "old"]


def test_logs_keep_personal_data_and_secrets_to_themselves() -> None:
    from api.engine.logs import masked

    text = "ann@acme.test sent eyJhbGciOi.eyJzdWIi.c2ln to postgresql://shop:hunter2@db/shop"
    assert masked(text) == "*** sent *** to postgresql://shop:***@db/shop"
