"""What an operation is given whose code calls other services."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from services.engine.context import OperationContext
from services.security.engine.actor import Actor
from services.security.engine.encryption import FieldCipher


class _NoConnection:
    """Stands where a connection would be."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(
            "no transaction is open while other services are called: write `async with context.transaction() as transaction:`"
        )


_NONE: Any = _NoConnection()


class CallingContext(OperationContext):
    """No transaction is open. `transaction()` opens one, with the caller bound to it; do not call another service inside.

    What is done in a transaction stays when a later call fails: let the first one write down what is intended, and the last one that it was done.
    """

    __slots__ = ("_open",)

    def __init__(
        self,
        open_: Callable[[], AbstractAsyncContextManager[OperationContext]],
        actor: Actor,
        request_id: str,
        operation: str,
        cipher: FieldCipher,
    ) -> None:
        super().__init__(_NONE, actor, request_id, operation, cipher)
        self._open = open_

    def transaction(self) -> AbstractAsyncContextManager[OperationContext]:
        """Open a transaction; it commits when the block ends, and is rolled back when the block raises."""
        return self._open()


def opened(context: OperationContext) -> Callable[[], AbstractAsyncContextManager[OperationContext]]:
    """Return what opens a transaction of the caller of `context`."""
    if not isinstance(context, CallingContext):
        raise TypeError("an operation that calls other services runs outside of a transaction")
    return context.transaction
