"""What a server starts: `granian --interface asgi api.app:app`. How it is put together is in `api.engine.app`."""

from api.engine.app import app, create_app

__all__ = ["app", "create_app"]
