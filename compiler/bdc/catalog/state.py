"""A database as JSON, and the hash that names a state."""

from hashlib import sha256

from bdc.catalog.objects import Database


def dump(database: Database) -> str:
    """Return the database as JSON text; members that have their usual value are left out."""
    return database.model_dump_json(exclude_defaults=True)


def load(text: str) -> Database:
    """Return the database that `dump` wrote. Raises pydantic's ValidationError for anything else."""
    return Database.model_validate_json(text)


def state_hash(database: Database) -> str:
    """Return the name of a state: 64 hexadecimal digits."""
    return sha256(dump(database).encode()).hexdigest()
