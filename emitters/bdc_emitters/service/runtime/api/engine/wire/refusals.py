"""Refusals as an api writes them: problem documents with the names outside, or messages by member (`{"errors": {"title": ["…"]}}`)."""

from typing import Any

import orjson

from api.engine.http.answer import JSON, Answer, problem_answer
from api.engine.wire.tables import Profile, Wire, Wiring
from api.engine.wire.translate import pointer
from services.engine.problems import Problem

INVALID = frozenset({"malformed-request", "unknown-parameter", "invalid-cursor", "validation-failed"})
# What callers of such contracts read; the rest says what the service says.
WORDS = {"taken": "has already been taken", "required": "can't be blank", "null": "can't be blank"}
OF_ROW = {"not-found": "not found", "forbidden": "forbidden"}


def refused(
    wiring: Wiring, profile: Profile, wire: Wire, problem: Problem, request_id: str, given: Any = None
) -> Answer:
    """Return the answer of a refusal. `given`: the body with the names inside, as far as it was read."""
    outside = [{**each, "path": _path(wiring, wire, profile, each["path"])} for each in problem.errors]
    status = profile.invalid if profile.invalid and problem.code in INVALID else problem.status
    if profile.errors == "members":
        body = {"errors": _by_member(wire, problem, outside, given)}
        return Answer(status, orjson.dumps(body), (*problem.headers, (b"x-error", _told(problem))), JSON)
    told = Problem(
        problem.code,
        problem.detail,
        status=status,
        members=problem.extra,
        errors=outside,
        headers=problem.headers,
    )
    return problem_answer(told, request_id)


def _path(wiring: Wiring, wire: Wire, profile: Profile, path: str) -> str:
    """Return where something is wrong, by the names outside."""
    if path.startswith("?"):
        names = {inside: outside for outside, inside in (wire.query or {}).items()}
        return f"?{names.get(path[1:], path[1:])}"
    found = pointer(wiring, wire.body, path) if wire.body else path
    return f"/{wire.within}{found}" if wire.within and not found.startswith(f"/{wire.within}/") else found


def _by_member(
    wire: Wire, problem: Problem, errors: list[dict[str, str]], given: Any
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for inside, outside in zip(problem.errors, errors, strict=True):
        path = outside["path"].removeprefix("?").removeprefix(f"/{wire.within}" if wire.within else "")
        name = path.strip("/").replace("/", ".") or wire.about or "body"
        message = WORDS.get(inside["code"]) or inside["message"]
        if inside["code"] == "length" and not _at(given, inside["path"]):
            message = WORDS["required"]
        found.setdefault(name, []).append(message)
    return found or _whole(wire, problem)


def _whole(wire: Wire, problem: Problem) -> dict[str, list[str]]:
    """Return what is wrong with a request as such."""
    if problem.code == "unauthenticated":
        missing = (b"www-authenticate", b"Bearer") in problem.headers
        return {"token": ["is missing" if missing else "is invalid"]}
    if problem.code == "sign-in-refused":
        return {"credentials": ["invalid"]}
    if problem.code in OF_ROW:
        return {wire.about or "resource": [OF_ROW[problem.code]]}
    return {wire.about or "request": [problem.detail or problem.title]}


def _at(value: Any, path: str) -> Any:
    for part in path.split("/")[1:]:
        if type(value) is dict:
            value = value.get(part)
        elif type(value) is list and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return "?"
    return value


def _told(problem: Problem) -> bytes:
    """Return the code of a refusal, and those of its members, for programs."""
    codes = sorted({each["code"] for each in problem.errors})
    parts = [problem.code, *([f"errors={','.join(codes)}"] if codes else [])]
    constraint = str(problem.extra.get("constraint", ""))
    parts += (
        [f"constraint={constraint}"]
        if constraint.isascii() and constraint.isprintable() and constraint
        else []
    )
    return "; ".join(parts).encode()
