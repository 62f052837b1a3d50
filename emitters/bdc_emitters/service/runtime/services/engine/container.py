"""What a process holds while it runs: made once at start, closed once at the end."""

from dataclasses import dataclass

from services.data.engine.cursors import CursorSigner
from services.data.engine.database import Database, Replicas
from services.engine.config import Settings
from services.engine.readiness import Readiness
from services.security.engine.authentication import Authenticator
from services.security.engine.encryption import FieldCipher
from services.security.engine.rate_limit import RateLimiter


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request may need. Business code gets a narrower view (`services.business.context`)."""

    settings: Settings
    database: Database
    authenticator: Authenticator
    limiter: RateLimiter
    cipher: FieldCipher
    cursors: CursorSigner
    readiness: Readiness
    replica: Replicas | None = None


def build_services(settings: Settings) -> Services:
    """Make all services; nothing is connected yet (see `open_services`)."""
    database = Database(settings.database)
    cipher = FieldCipher(settings.secrets)
    authenticator = Authenticator(settings.tokens, database, cipher, settings.production)
    return Services(
        settings=settings,
        database=database,
        authenticator=authenticator,
        limiter=RateLimiter(settings.limits),
        cipher=cipher,
        cursors=CursorSigner(settings.secrets.cursor),
        readiness=Readiness(database, cipher, authenticator),
    )


async def open_services(services: Services) -> None:
    """Connect. A database that is not there yet does not stop the start: `/readyz` says so."""
    await services.database.open()
    if services.replica is not None:
        await services.replica.open()


async def close_services(services: Services) -> None:
    """Close what `open_services` opened, after waiting for statements that are under way."""
    if services.replica is not None:
        await services.replica.close(services.settings.limits.drain)
    await services.limiter.close()
    await services.database.close(services.settings.limits.drain)
