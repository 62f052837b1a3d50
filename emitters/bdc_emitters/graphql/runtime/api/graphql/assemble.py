"""What `api/graphql/extensions.py` is written with."""

from api.graphql.engine.extensions import Extensions

__all__ = ["Extensions"]
