"""What a custom operation is given: the connection of its transaction, who calls, and a way to do more than the caller may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from services.about import SERVICE_ROLE
from services.data.engine.pool import Connection
from services.data.sealed_fields import SEALED_FIELDS
from services.security.engine.actor import Actor
from services.security.engine.encryption import FieldCipher


class OperationContext:
    """The identity of the caller is bound to the transaction: every statement sees only the rows that he may see.

    Everything done here commits with the operation or not at all. It may run more than once, when the database asks for
    the transaction to be repeated: keep effects on other systems out of it (emit an event instead).
    """

    __slots__ = ("actor", "cipher", "connection", "operation", "request_id")

    def __init__(
        self, connection: Connection, actor: Actor, request_id: str, operation: str, cipher: FieldCipher
    ) -> None:
        self.cipher = cipher
        self.connection = connection
        self.actor = actor
        self.request_id = request_id
        self.operation = operation

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Return all rows of a statement (`$1`, `$2`, … for arguments)."""
        return await self.connection.fetch(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> Any:
        """Return the first row of a statement, or None."""
        return await self.connection.fetchrow(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> str:
        """Run a statement and return its status (`UPDATE 1`)."""
        return await self.connection.execute(sql, *arguments)

    def encrypt(self, field: str, text: str, key: Any) -> str:
        """Return what SQL must store for `text` in an encrypted field, `"Entity.field"`, of the row with `key`.

        KeyError when no field of this name is encrypted.
        """
        return self.cipher.encrypt(text, SEALED_FIELDS[field].context(self.actor, key))

    def decrypt(self, field: str, stored: str, key: Any) -> str:
        """Return the text of a stored value that SQL has read. Raises `internal-error` when it is of another row, or its key is gone."""
        sealed = SEALED_FIELDS[field]
        bound, _, row = sealed.context(self.actor, key).rpartition("|")
        return self.cipher.decrypt(stored, f"{bound}|", row)

    @asynccontextmanager
    async def elevated(self) -> AsyncIterator[Connection]:
        """Do what the caller himself may not, within his tenant: the tenant's boundary holds here too."""
        await self.connection.execute(f'set local role "{SERVICE_ROLE}"')
        try:
            yield self.connection
        finally:
            # In a failed transaction nothing can be run; it is rolled back, and that ends the role too.
            with suppress(asyncpg.InFailedSQLTransactionError):
                await self.connection.execute("reset role")
