"""What an operation with a body of yours is called with; `contexts` has one class per operation."""

from services.engine.context import OperationContext

__all__ = ["OperationContext"]
