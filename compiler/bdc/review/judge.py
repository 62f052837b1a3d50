"""Run the rules, take out what is allowed, and weigh what is left."""

import re
from collections import Counter
from collections.abc import Mapping

from bdc.ir import Origin, SystemIR
from bdc.review.registry import RULES
from bdc.review.rule import PANELS, Hit, Panel, Rule, Subject
from bdc.source.records import dataclass

_ALLOW = re.compile(r'//.*?\ballow\(\s*([A-Z]\d\d)\s*,\s*"((?:\\.|[^"\\])+)"\s*\)')
_WORST = 30  # points that one rule takes at most
BEST = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """`allowed`: the reason that is written beside it; empty where it counts."""

    rule: Rule
    subject: str
    origin: Origin | None
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """`unused`: places of allowances that accept nothing."""

    findings: tuple[Finding, ...]
    unused: tuple[tuple[str, int, str], ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if not found.allowed)

    def score(self, panel: Panel) -> int:
        """Return 0 to 100: each open finding takes its weight times three, one rule at most thirty."""
        counts = Counter(found.rule.code for found in self.open if found.rule.panel == panel)
        weights = {found.rule.code: found.rule.weight for found in self.open}
        return max(0, 100 - sum(min(_WORST, weights[code] * 3 * many) for code, many in counts.items()))

    @property
    def scores(self) -> dict[Panel, int]:
        return {panel: self.score(panel) for panel in PANELS}

    @property
    def best(self) -> tuple[Rule, ...]:
        """The rules whose findings cost most: what to change first."""
        counts = Counter(found.rule.code for found in self.open)
        rules = {found.rule.code: found.rule for found in self.open}
        worth = {code: min(_WORST, rules[code].weight * 3 * many) for code, many in counts.items()}
        return tuple(rules[code] for code in sorted(worth, key=lambda code: (-worth[code], code))[:BEST])


def review(system: SystemIR, texts: Mapping[str, str]) -> Review:
    """Return the review of a system. `texts`: its files by path, for allowances."""
    subject = Subject(system)
    allowances = _allowances(texts)
    used: set[tuple[str, int, str]] = set()
    findings = [
        _finding(rule, hit, allowances, used) for rule in RULES for hit in dict.fromkeys(rule.check(subject))
    ]
    unused = tuple(sorted(each for each in allowances if each not in used))
    return Review(tuple(findings), unused)


def _allowances(texts: Mapping[str, str]) -> dict[tuple[str, int, str], str]:
    """Return the reason of each `allow(CODE, "reason")` by file, line and code."""
    return {
        (path, number, code): reason
        for path, text in texts.items()
        for number, line in enumerate(text.split("\n"), 1)
        for code, reason in _ALLOW.findall(line)
    }


def _finding(
    rule: Rule, hit: Hit, allowances: Mapping[tuple[str, int, str], str], used: set[tuple[str, int, str]]
) -> Finding:
    for place, reason in allowances.items():
        if place[2] == rule.code and _is_at(hit.origin, place):
            used.add(place)
            return Finding(rule, hit.subject, hit.origin, reason)
    return Finding(rule, hit.subject, hit.origin)


def _is_at(origin: Origin | None, place: tuple[str, int, str]) -> bool:
    """Whether an allowance stands at a place: on its line, or the line before; anywhere for the system as a whole."""
    return origin is None or (origin.file == place[0] and origin.line - place[1] in (0, 1))
