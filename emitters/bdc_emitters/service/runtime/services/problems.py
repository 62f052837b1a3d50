"""Problems that your code may raise: each becomes an answer of its status and type."""

from services.engine.problems import Problem

__all__ = ["Problem"]
