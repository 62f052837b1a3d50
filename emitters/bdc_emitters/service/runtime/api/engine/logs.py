"""Logs: one JSON object per line on standard output, with personal data and credentials masked."""

import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from services.engine.telemetry.tracing import CURRENT

SECRETS = re.compile(
    r"(?P<mail>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)|(?P<token>eyJ[\w-]+\.[\w-]+\.[\w-]*)|(?P<password>(?<=:)[^:@/\s]+(?=@))"
)
EXTRA = ("request_id", "operation", "sqlstate")


def masked(text: str) -> str:
    """Return `text` without mail addresses, tokens and passwords in URLs."""
    return SECRETS.sub("***", text)


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        span = CURRENT.get()
        if span is not None:
            line["trace_id"] = span.trace_id
        if record.exc_info:
            line["exception"] = masked(self.formatException(record.exc_info))
        return orjson.dumps(line, default=str).decode()


def configure_logs(level: str) -> None:
    """Send every logger's records, as JSON, to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
