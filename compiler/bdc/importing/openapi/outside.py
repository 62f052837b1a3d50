"""What all operations of a document have in common: one member around all answers, PUT for changes, 200 for what is made or deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bdc.importing.openapi.context import member_name
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.profile import SETTINGS, STATUS, Outside
from bdc.importing.openapi.served import Operation, Resource
from bdc.importing.openapi.shapes import shape_of

_OF_PAGES = ("nextCursor", "next_cursor")
_FEWEST = 2  # one answer with a member says nothing of the others


def with_envelope(found: Sequence[Operation]) -> list[Operation]:
    """Return the operations, each with the member that holds what all of them answer with, if there is one."""
    name = _common(found)
    return [replace(each, envelope=name) for each in found] if name else list(found)


def _common(found: Sequence[Operation]) -> str:
    """Return the one member with an object or a list that every JSON answer has."""
    answers = [shape_of(schema) for each in found if (schema := each.answer()) is not None]
    if len(answers) < _FEWEST or any(each.kind != "object" for each in answers):
        return ""
    names = [
        name
        for name, place in answers[0].properties.items()
        if shape_of(place).kind in ("object", "array") and member_name(name) and name not in _OF_PAGES
    ]
    everywhere = [name for name in names if all(_holds(each.properties.get(name)) for each in answers)]
    return everywhere[0] if len(everywhere) == 1 else ""


def _holds(place: Place | None) -> bool:
    return place is not None and shape_of(place).kind in ("object", "array", "any")


def outside(served: Iterable[Resource]) -> Outside:
    """Return how the resources of a document look."""
    words = [(word, operation) for resource in served for word, operation in resource.words.items()]
    envelope = next((each.envelope for _, each in words), "")
    bodies = [schema for _, each in words if (schema := each.whole_body()[0]) is not None]
    wrapped = bool(envelope and bodies) and all(
        set(shape_of(each).properties) == {envelope} for each in bodies
    )
    statuses = dict(STATUS)
    for word in SETTINGS:
        said = {_success(each) for other, each in words if other == word}
        if said == {"200"}:
            statuses[word] = "200"
    put = any(word == "update" and each.method == "put" for word, each in words)
    return Outside(envelope, wrapped, put, statuses)


def _success(operation: Operation) -> str:
    return next((status for status, *_ in operation.answers() if status.startswith("2")), "")
