"""What advice is made of."""

from dataclasses import field
from enum import StrEnum

from bdc.source.records import dataclass


class Verdict(StrEnum):
    """FITS: nothing to do. CHANGE: the deploy does not carry what is declared. ASK: a fact is not declared. NOTE: numbers only."""

    FITS = "fits"
    CHANGE = "change"
    ASK = "ask"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Chapter:
    """`finding`: the result in one or two sentences. `arithmetic`: how it was computed, line by line. `changes`: what to write or do, the
    most urgent first. `numbers`: the results, for programs; bytes, seconds, cores, requests per second."""

    name: str
    title: str
    verdict: Verdict
    finding: str
    arithmetic: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """`assumed`: (name, value, meaning) of each number that is neither declared nor computed."""

    system: str
    title: str
    deploy: str
    summary: str
    chapters: tuple[Chapter, ...]
    assumed: tuple[tuple[str, float, str], ...]

    @property
    def changes(self) -> tuple[str, ...]:
        """Return the changes that the chapters ask for: chapters that find the deploy too small come first."""
        urgent = sorted(self.chapters, key=lambda chapter: chapter.verdict is not Verdict.CHANGE)
        found = (change for chapter in urgent for change in chapter.changes)
        return tuple(dict.fromkeys(found))

    def chapter(self, name: str) -> Chapter:
        """Return the chapter called `name`; KeyError when there is none."""
        for found in self.chapters:
            if found.name == name:
                return found
        raise KeyError(name)
