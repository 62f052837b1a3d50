"""Events that leave the system, and those that come in."""

from typing import Literal as Kind

from bdc.ir.api import Enqueue
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


class Source(Node):
    """A stream of NATS JetStream that events come from; `subject`: which of its subjects, '' for all. What was taken is remembered for `keep`
    seconds, so that the same message has no second effect."""

    name: str
    variable: str
    stream: str
    subject: str = ""
    keep: float
    origin: Origin


class Consumer(Node):
    """Queues `runs` for each event of a source; their arguments are members of the event (root `param`) and constants. `tenant`: the member
    with the key of the tenant that the runs are for."""

    event: str
    source: str
    tenant: str | None = None
    runs: tuple[Enqueue, ...] = ()
    origin: Origin


class Receiver(Node):
    """Webhooks of another system that come in at `path`, signed as `scheme` says with one of the secrets in the variable `variable` of the
    environment, not longer ago than `tolerance` seconds. The ids of messages are remembered for `keep` seconds. `consumers` have their
    `source` here."""

    name: str
    path: str
    variable: str
    scheme: Kind["standard", "stripe", "github"]
    tolerance: float
    keep: float
    consumers: tuple[Consumer, ...] = ()
    origin: Origin
