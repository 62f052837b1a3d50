"""Custom scalars as Strawberry knows them."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Mapping

import strawberry
from strawberry.types.scalar import ScalarDefinition

from api.graphql.engine.scalars import JSON, READERS, WRITERS, Base64, BigInt, Duration, json_literal


def scalar_map(definitions: Mapping[str, tuple[str, str]]) -> dict[object, ScalarDefinition]:
    """Return Strawberry's map from Python types to scalars; `definitions`: name → (documentation, URL of its text)."""
    python: dict[str, object] = {
        "BigInt": BigInt,
        "Decimal": decimal.Decimal,
        "UUID": uuid.UUID,
        "Date": datetime.date,
        "Time": datetime.time,
        "DateTime": datetime.datetime,
        "Duration": Duration,
        "JSON": JSON,
        "Base64": Base64,
    }
    return {python[name]: _definition(name, doc, url) for name, (doc, url) in definitions.items()}


def _definition(name: str, doc: str, url: str) -> ScalarDefinition:
    literal = json_literal if name == "JSON" else None
    return strawberry.scalar(
        name=name,
        description=doc,
        specified_by_url=url or None,
        serialize=WRITERS[name],
        parse_value=READERS[name],
        parse_literal=literal,
    )
