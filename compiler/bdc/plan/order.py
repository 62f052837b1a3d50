"""Steps in the order in which they can run: always the same one."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from bdc.plan.operation import PHASES
from bdc.plan.step import Step


class StepsWait(Exception):
    """There is no order: each of these steps needs something of another."""


def ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps by phase, then by rank, then as they came, but each after the steps that make what it needs (Kahn's
    algorithm with a heap). StepsWait when two steps need each other."""
    given = sorted(_in_phase(tuple(steps)), key=lambda step: (PHASES.index(step.phase), step.rank))
    makers: dict[str, list[int]] = defaultdict(list)
    for position, step in enumerate(given):
        for thing in step.makes:
            makers[thing].append(position)
    followers: dict[int, list[int]] = defaultdict(list)
    waiting = [0] * len(given)
    for position, step in enumerate(given):
        before = {maker for thing in step.needs for maker in makers.get(thing, ()) if maker != position}
        waiting[position] = len(before)
        for maker in before:
            followers[maker].append(position)
    return tuple(given[position] for position in _walk(waiting, followers, given))


def _in_phase(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """A step that needs what a later phase makes belongs to that phase."""
    while True:
        made: dict[str, int] = {}
        for step in steps:
            for thing in step.makes:
                made[thing] = max(made.get(thing, 0), PHASES.index(step.phase))
        late = [
            max([PHASES.index(step.phase), *(made.get(thing, 0) for thing in step.needs)]) for step in steps
        ]
        moved = tuple(
            step if PHASES[place] == step.phase else replace(step, phase=PHASES[place])
            for step, place in zip(steps, late, strict=True)
        )
        if moved == steps:
            return steps
        steps = moved


def _walk(waiting: list[int], followers: dict[int, list[int]], given: list[Step]) -> list[int]:
    ready = [position for position, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    found: list[int] = []
    while ready:
        position = heapq.heappop(ready)
        found.append(position)
        for follower in followers[position]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, follower)
    if len(found) < len(given):
        stuck = ", ".join(step.key for position, step in enumerate(given) if waiting[position])
        raise StepsWait(stuck)
    return found
