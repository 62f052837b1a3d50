"""`info.context` of your own fields."""

from api.graphql.engine.context import Context

__all__ = ["Context"]
