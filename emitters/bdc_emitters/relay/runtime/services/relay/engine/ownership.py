"""Proof of ownership: an endpoint gets events once it has answered a signed challenge."""

import asyncio
import logging
import random
from typing import Any

from services.data.engine.database import Database
from services.data.engine.pool import Connection
from services.engine.problems import Problem
from services.relay.engine.http import Unanswered, post
from services.relay.engine.messages import Secrets, challenge_message, is_proof
from services.relay.engine.router import as_service
from services.relay.engine.settings import Declared, RelaySettings

log = logging.getLogger("services.relay.ownership")

MOST_ASKED = 20
_UNPROVEN = """
    select subscription, tenant, url, secret, previous_secret, coalesce(previous_until > now(), false) as rotating, asked
    from app.webhook where verified_at is null and disabled_at is null and ask_at <= now() order by ask_at limit 10
"""
_PROVEN = "update app.webhook set verified_at = now() where subscription = $1 and url = $2"
_AGAIN = """
    update app.webhook set asked = asked + 1, ask_at = now() + make_interval(secs => $3),
      disabled_at = case when asked + 1 >= $4 then now() end
    where subscription = $1 and url = $2 and verified_at is null
"""


class Ownership:
    """Asks endpoints that have not proven yet that they belong to their subscription."""

    def __init__(
        self, database: Database, declared: Declared, settings: RelaySettings, secrets_of: Secrets
    ) -> None:
        self._database = database
        self._declared = declared
        self._settings = settings
        self._secrets_of = secrets_of

    async def ask(self) -> int:
        """Ask the endpoints whose turn it is; return how many there were. Raises `Problem`."""
        rows = await self._database.retried(self._unproven)
        await asyncio.gather(*(self._ask(row) for row in rows))
        return len(rows)

    async def _unproven(self, connection: Connection) -> list[Any]:
        await as_service(connection)
        return await connection.fetch(_UNPROVEN)

    async def _ask(self, row: Any) -> None:
        reason = await self._refusal(row)
        place = (row["subscription"], row["url"])

        async def note(connection: Connection) -> None:
            await as_service(connection)
            if not reason:
                await connection.execute(_PROVEN, *place)
            else:
                await connection.execute(_AGAIN, *place, self._pause(row["asked"]), MOST_ASKED)

        if reason:
            log.info("subscription %s has not proven its endpoint: %s", row["subscription"], reason)
        await self._database.retried(note)

    async def _refusal(self, row: Any) -> str:
        """Return why an endpoint has not proven itself; '' when it has."""
        try:
            challenge, message = challenge_message(row, self._secrets_of)
            answer = await post(
                row["url"],
                message.headers,
                message.body,
                seconds=self._declared.timeout,
                private=self._settings.private,
            )
        except (Unanswered, Problem) as failure:
            return str(failure) or type(failure).__name__
        except Exception as failure:  # whatever it is of this subscription: others are asked all the same
            log.exception("subscription %s could not be asked", row["subscription"])
            return type(failure).__name__
        return "" if is_proof(answer, challenge) else f"status {answer.status} without the challenge"

    def _pause(self, asked: int) -> float:
        longest = min(self._settings.first_retry * 2.0**asked, self._settings.longest_retry)
        return random.uniform(0.5, 1.0) * longest  # nosec B311
