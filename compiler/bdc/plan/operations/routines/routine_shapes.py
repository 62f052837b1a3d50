"""What of a routine CREATE OR REPLACE does not change."""

import re
from functools import lru_cache

from bdc.catalog import Routine
from bdc.sql.written import NotRead, Part, copied, statement, statement_text

_BODY = re.compile(r"\bas\s+(?:\$|')|\breturn\b|\bbegin\s+atomic\b", re.IGNORECASE)


def head(routine: Routine) -> str:
    found = _BODY.search(routine.definition)
    return routine.definition[: found.start()] if found else routine.definition


def is_in_place(old: Routine, new: Routine) -> bool:
    """Whether CREATE OR REPLACE makes the new one of the old one: it changes neither the names of parameters nor the type of the
    result, and takes no default away."""
    if old.kind != new.kind or old.kind == "aggregate":
        return False
    before, after = _shape(old.definition), _shape(new.definition)
    return before[0] == after[0] and all(not had or has for had, has in zip(before[1], after[1], strict=True))


@lru_cache(maxsize=4096)
def _shape(definition: str) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """Return the parameters and the result as text, and which parameters have a default."""
    try:
        part = statement(definition.strip().rstrip(";"))
        if part.kind != "CreateFunctionStmt":
            raise NotRead(part.kind)
        parameters = part.nodes("parameters")
        spelled = [
            f"{each.word('mode')} {each.text('name')} {_type(each, 'arg_type')}" for each in parameters
        ]
        result = _type(part, "return_type") if part.has("return_type") else ""
        return (*spelled, result), tuple(each.has("defexpr") for each in parameters)
    except NotRead:
        return (definition,), ()


def _type(part: Part, name: str) -> str:
    return statement_text(_cast(part.needed(name)))


def _cast(kind: Part) -> Part:
    found = copied(statement("select null::int"))
    found.nodes("target_list")[0].needed("val").message.type_name.CopyFrom(kind.message)
    return found
