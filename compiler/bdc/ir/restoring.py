"""`restore`: the operation that makes a row which is marked as deleted appear again."""

from bdc.ir.api import Operation, TransitionBody

RESTORE = "restore"


def restores(operation: Operation) -> bool:
    """Say whether an operation takes the mark of deletion from its row."""
    return isinstance(operation.body, TransitionBody) and operation.body.restores
