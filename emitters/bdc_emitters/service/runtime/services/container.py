"""The services that a route of your own finds in `request.scope["services"]`."""

from services.engine.container import Services

__all__ = ["Services"]
