"""A job as the worker knows it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from services.business.context import OperationContext

Handler = Callable[[OperationContext, str], Awaitable[None]]
Arguments = TypeVar("Arguments", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Job:
    """`call` does a bounded part of the job; it is done after `statements`. `every` so many seconds, or at the times of `cron` in `zone`.
    `retry`: attempts after the first; pauses between them double from `first_pause` to `longest_pause` seconds. `timeout`: seconds of one
    attempt. `batch`: rows that one transaction changes. `handler`: user code, which takes the arguments as JSON.
    `undoes`: the numbers of the statements that those behind `statements` undo, in order. `at_once`: it does not wait for its next time where it is new. `keep`: seconds that a run is kept
    when it is over, unless it failed."""

    name: str
    call: str
    statements: int
    every: int
    cron: str
    zone: str
    retry: int
    first_pause: int
    longest_pause: int
    timeout: int
    priority: int
    batch: int
    handler: Handler | None = None
    undoes: tuple[int, ...] = ()
    at_once: bool = False
    keep: int = 604_800


def with_arguments(
    run: Callable[[OperationContext, Arguments], Awaitable[None]], shape: type[Arguments]
) -> Handler:
    """Return user code that takes its arguments as JSON: they are read as `shape`."""

    async def handler(context: OperationContext, arguments: str) -> None:
        await run(context, shape.model_validate_json(arguments))

    return handler
