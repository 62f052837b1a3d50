"""Schemas, migration histories and test vectors of others, as they were published (`tests/corpus/README.md`)."""

import json
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"
DUMPS = ("pg-chinook", "pg-northwind", "pg-pagila", "pg-adventureworks")
HISTORIES = ("prisma-umami", "prisma-hoppscotch", "prisma-langfuse")


def dump(name: str) -> str:
    """Return the script that makes a whole schema."""
    return (CORPUS / name / "schema.sql").read_text(encoding="utf-8")


def migrations(name: str) -> tuple[tuple[str, str], ...]:
    """Return a history in its order: name and script of each migration."""
    files = sorted((CORPUS / name / "migrations").glob("*/migration.sql"))
    return tuple((file.parent.name, file.read_text(encoding="utf-8")) for file in files)


def scripts(name: str) -> tuple[str, ...]:
    """Return a dump, or the migrations of a history."""
    return (dump(name),) if name in DUMPS else tuple(sql for _, sql in migrations(name))


def signed_tokens() -> list[dict[str, Any]]:
    """Return the groups of signed tokens: a key (`public`, or `private` where it is a secret) and `tests`, each with `jws` and
    whether it is `valid` or `invalid`."""
    text = (CORPUS / "jose-wycheproof" / "json_web_signature_test.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["testGroups"]
    return found
