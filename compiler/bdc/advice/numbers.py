"""Numbers as people read them."""

_BYTES = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))
_TIMES = (
    (86_400 * 365.25, "year"),
    (86_400 * 30.44, "month"),
    (86_400, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def count(value: float) -> str:
    """Return `1,500`, `2.4`, `0.03`."""
    if value >= 100 or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def size(value: float) -> str:
    """Return `42.5 GiB`."""
    for unit, name in _BYTES:
        if value >= unit:
            return f"{value / unit:.{0 if value >= 100 * unit else 1}f} {name}"
    return f"{value:.0f} bytes"


def time(seconds: float) -> str:
    """Return `35 minutes`, `1.5 years`, `20 ms`."""
    for unit, name in _TIMES:
        if seconds >= unit:
            shown = count(round(seconds / unit, 1))
            return f"{shown} {name}" + ("" if shown == "1" else "s")
    return f"{count(seconds)} seconds" if seconds >= 1 else f"{count(seconds * 1000)} ms"


def percent(ratio: float) -> str:
    """Return `70 %`."""
    return f"{count(ratio * 100)} %"


def plural(number: float, noun: str) -> str:
    """Return `1 replica`, `3 replicas`."""
    return f"{count(number)} {noun}" + ("" if number == 1 else "s")


def step(value: float, *sizes: float) -> float:
    """Return the smallest of `sizes` that holds `value`; the largest where none does."""
    return next((each for each in sizes if each >= value), sizes[-1])
