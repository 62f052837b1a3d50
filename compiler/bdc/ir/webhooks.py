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
