"""What `api/graphql/extensions.py` is written with."""

from api.graphql.engine.assemble import Extensions

__all__ = ["Extensions"]
