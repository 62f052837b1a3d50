"""A job as the worker knows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """`call` does a bounded part of the job; it is done after `statements`. `every` so many seconds, or at the times of `cron` in `zone`.
    `retry`: attempts after the first; pauses between them double from `first_pause` to `longest_pause` seconds. `timeout`: seconds of one
    attempt. `batch`: rows that one transaction changes."""

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
