"""What a load test measured, against what the specification promises."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SHARES = (0.5, 0.95, 0.99)
# Above this share of refusals a kind of requests says little: most of its work was not done.
MOST_REFUSED = 0.05
# Later than this, the machine that measures is what is measured.
MOST_LATE = 0.05


@dataclass
class Report:
    """Times of answers by request, in seconds from the moment each was due. `failures`: 429, 5xx and broken connections, by status;
    `refusals`: every other answer of 400 or more, by request and status. `missed`: requests that found no row in the state
    they need. `idle`: requests that no caller was allowed, with the reason. `late`: how late requests were sent."""

    profile: dict[str, Any]
    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    failures: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    idle: dict[str, str] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    database: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many requests were made."""
        return sum(map(len, self.times.values()))

    def add(self, name: str, seconds: float, status: str) -> None:
        """Count one answer; `status` is the code, or the name of what broke the connection."""
        self.times.setdefault(name, []).append(seconds)
        if status == "429" or not status.isdigit() or status >= "500":
            self.failures[status] += 1
        elif status >= "400":
            self.refusals[name, status] += 1

    def parts(self) -> dict[str, int]:
        """Return how many requests of each part were made."""
        kinds = {request["name"]: request["part"] for request in self.profile["requests"]}
        found: Counter[str] = Counter()
        for name, times in self.times.items():
            found[kinds.get(name, "reads")] += len(times)
        return dict(found)

    def lines(self) -> Iterator[str]:
        """Yield the report."""
        failed = sum(self.failures.values())
        yield f"{self.count / max(self.seconds, 1e-9):.0f} requests/s, {failed} failed {dict(self.failures)}"
        declared, wanted = sum(self.profile["mix"].values()) or 1.0, self.profile["mix"]
        made = self.parts()
        shares = (
            f"{part} {made.get(part, 0) / max(1, self.count):.0%} ({wanted.get(part, 0) / declared:.0%})"
            for part in {**wanted, **made}
        )
        yield f"  made (declared): {', '.join(shares)}"
        for name, times in sorted(self.times.items()):
            shown = "  ".join(f"p{share * 100:g} {at(times, share) * 1000:.0f} ms" for share in SHARES)
            refused = {status: n for (other, status), n in self.refusals.items() if other == name}
            yield f"  {name}: {len(times)} requests, {shown}" + (f", refused {refused}" if refused else "")
        for name, number in sorted(self.missed.items()):
            yield f"  {name}: {number} times there was no row in the state that it needs"
        for name, reason in sorted(self.idle.items()):
            yield f"  {name}: not made, {reason}"
        yield from (f"  {line}" for line in self.database)
        if self.late and at(self.late, 0.95) > MOST_LATE:
            yield f"  requests were sent up to {at(self.late, 0.95) * 1000:.0f} ms late (p95): this machine cannot send that many"

    def broken(self) -> list[str]:
        """Return the promises that were not kept."""
        everything = [seconds for times in self.times.values() for seconds in times]
        if not everything:
            return ["no request was made"]
        p95, promised = at(everything, 0.95), self.profile["latency_p95_seconds"]
        failed, allowed = sum(self.failures.values()) / len(everything), 1 - self.profile["availability"]
        found = []
        if p95 > promised:
            found.append(f"p95 is {p95 * 1000:.0f} ms, promised are {promised * 1000:.0f}")
        if failed > allowed:
            found.append(f"{failed:.3%} failed, allowed are {allowed:.3%}")
        refused = sum(self.refusals.values()) / len(everything)
        if refused > MOST_REFUSED:
            found.append(f"{refused:.1%} were refused, so that the rest says little")
        return found

    def document(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "seconds": self.seconds,
            "requests": {
                name: {"count": len(times), **{f"p{share * 100:g}": at(times, share) for share in SHARES}}
                for name, times in sorted(self.times.items())
            },
            "parts": self.parts(),
            "failures": dict(self.failures),
            "refusals": {f"{name} {status}": count for (name, status), count in self.refusals.items()},
            "missed": dict(self.missed),
            "not_made": self.idle,
            "database": self.database,
            "late_p95": at(self.late, 0.95) if self.late else 0.0,
            "not_kept": self.broken(),
        }


def at(times: list[float], share: float) -> float:
    """Return the time within which this share was answered."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
