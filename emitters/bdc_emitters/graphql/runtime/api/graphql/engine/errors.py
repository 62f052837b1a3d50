"""Refusals in GraphQL's words: `{"message", "locations", "path", "extensions": {code, status, …}}`.

The same named problems as over REST; what a document itself does wrong has codes of its own, all with status 400.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from services.engine.problems import Problem

log = logging.getLogger("api.graphql")

SYNTAX = "graphql-syntax"
VALIDATION = "graphql-validation"
VARIABLES = "graphql-variables"
LIMIT = "graphql-limit"
OPERATION = "graphql-operation"
INTROSPECTION = "graphql-introspection"
DOCUMENT = "graphql-document"
_WORD = re.compile("_([a-z0-9])")
# Members that belong to problem documents only.
_NOT_SHOWN = frozenset({"type", "title", "detail"})


class Refused(Exception):
    """A document that is not executed: `errors` are ready to be written."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)


def refused(code: str, message: str) -> Refused:
    """Return a refusal with one error."""
    return Refused([{"message": message, "extensions": {"code": code, "status": 400}}])


def of_document(code: str, found: Sequence[GraphQLError]) -> Refused:
    """Return the refusal of a document by the parser, the validator or the coercion of its variables."""
    return Refused([_of_core(error, {"code": code, "status": 400}) for error in found])


def of_problem(problem: Problem, path: Sequence[str | int] | None = None) -> dict[str, Any]:
    """Return the error of a refusal by the service or the database. Pointers to members are in GraphQL's names."""
    members = {name: value for name, value in problem.members().items() if name not in _NOT_SHOWN}
    if problem.errors:
        members["errors"] = [dict(each) | {"path": pointer(each.get("path", ""))} for each in problem.errors]
    error: dict[str, Any] = {"message": problem.detail or problem.title, "extensions": members}
    if path is not None:
        error["path"] = list(path)
    return error


def pointer(path: str) -> str:
    """Return a pointer to a member in GraphQL's names."""
    return _WORD.sub(lambda found: found[1].upper(), path)


def of_execution(error: GraphQLError) -> list[dict[str, Any]]:
    """Return the errors of a resolver. What nobody foresaw is logged and says nothing to the caller."""
    cause = error.original_error
    if isinstance(cause, Refused):
        return [{**each, "path": list(error.path or ())} for each in cause.errors]
    if isinstance(cause, Problem):
        return [of_problem(cause, error.path)]
    if cause is None or isinstance(cause, GraphQLError):
        return [_of_core(error, {"code": VALIDATION, "status": 400})]
    log.error("a resolver failed", exc_info=cause)
    return [of_problem(Problem("internal-error"), error.path)]


def _of_core(error: GraphQLError, extensions: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {"message": error.message, **_locations(error)}
    if error.path is not None:
        written["path"] = list(error.path)
    return written | {"extensions": extensions | dict(error.extensions or {})}


def _locations(error: GraphQLError) -> dict[str, Any]:
    found = [{"line": each.line, "column": each.column} for each in error.locations or ()]
    return {"locations": found} if found else {}
