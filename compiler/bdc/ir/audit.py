"""The audit trail, sealed."""

from bdc.ir.base import Node, Origin


class Audit(Node):
    """Rows of the trail are sealed into a hash tree every `seal` seconds, by the job `SealAudit`. `keep`: seconds after which sealed rows are
    deleted by the job `PruneAudit`; None: never."""

    seal: int
    keep: int | None = None
    origin: Origin
