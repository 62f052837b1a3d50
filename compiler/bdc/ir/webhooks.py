"""Events that leave the system."""

from bdc.ir.base import Node, Origin


class Webhooks(Node):
    """Events sent to endpoints of subscribers. The rows of `entity` are the subscriptions; `url`, `secret` and `topics` (None: there is none)
    are its fields. `events`: what can be subscribed to. A delivery is tried `attempts` times, each for `timeout` seconds; what was sent or
    given up is kept for `keep` seconds."""

    entity: str
    url: str
    secret: str
    topics: str | None = None
    events: tuple[str, ...]
    attempts: int
    timeout: float
    keep: float
    origin: Origin


class Stream(Node):
    """Events published to NATS JetStream, at the address that the variable `variable` of the environment has, under `<subject>.<event>`. What
    cannot be published is tried `attempts` times; what was published or given up is kept for `keep` seconds."""

    name: str
    variable: str
    subject: str
    events: tuple[str, ...]
    attempts: int
    keep: float
    origin: Origin
