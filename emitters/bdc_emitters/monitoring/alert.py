"""What an alert is: when it fires, what shows that, and what to do then."""

from bdc.source.records import dataclass

Series = tuple[tuple[str, str], ...]
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, slots=True)
class Alert:
    """`expr` fires after `wait`. `fires`, `silent`: series of a test, by name; `value`: the expression's, where it fires. `after`:
    when it is looked at. `cluster`: it reads what operators and Kubernetes measure. `labels`: of the series, which the alert carries too."""

    name: str
    slug: str
    severity: str
    expr: str
    wait: str
    summary: str
    description: str
    cause: str
    look: tuple[str, ...]
    act: tuple[str, ...]
    fires: Series
    silent: Series
    after: str = "30m"
    cluster: bool = False
    labels: tuple[tuple[str, str], ...] = ()
