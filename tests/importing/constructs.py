"""Elements of sources by what they are, for the table of `specs/import.md`."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

from bdc.importing.draft import Ledger

_MEMBER = re.compile(r"/(?:properties|patternProperties)/[^/]+")


def of_jdl(path: str) -> str | None:
    """Return what an element of a JDL is."""
    first, *rest = path.split("/")
    kind = first.split(" ")[0]
    last = rest[-1] if rest else ""
    if kind in ("application", "deployment"):
        return f"`{kind}`"
    if last.startswith("@"):
        known = ("@Id", "@OnDelete", "@OnUpdate", "@defaultValue")
        return f"annotation `{last}`" if last in known else "other annotations"
    if kind in ("entity", "enum") and last in ("table", "label", "comment"):
        return {"table": "name of a table", "label": "label of an enum value", "comment": "comments"}[last]
    if kind == "entity":
        rules = (
            "required",
            "unique",
            "min",
            "max",
            "minlength",
            "maxlength",
            "minbytes",
            "maxbytes",
            "pattern",
        )
        return f"`{last}`" if last in rules and len(rest) == 2 else "`entity`" if not rest else "field"
    if kind == "enum":
        return "`enum`" if not rest else "value of an enum"
    if kind == "constant":
        return "constant"
    if kind.startswith(("OneTo", "ManyTo")):
        if not rest:
            return f"`{kind}`"
        sides = {
            "shown": "field that a form shows",
            "required": "`required` of a side",
            "comment": "comments",
        }
        return sides.get(last, f"`{last}`" if last.startswith("with ") else "name of a side")
    return f"option `{kind}`"


def of_prisma(path: str) -> str:
    """Return what an element of a Prisma schema is."""
    first, *rest = path.split("/")
    kind = first.split(" ")[0]
    last = rest[-1] if rest else ""
    if last == "comment":
        return "comments (`///`)"
    if last.startswith("@@"):
        return f"`{last.split(' ')[0]}`"
    if last.startswith("@"):
        return f"`{last}`" if not last.startswith("@db.") else "`@db.…`"
    if kind in ("datasource", "generator", "view"):
        return f"`{kind}`"
    return f"`{kind}`" if not rest else "value of an enum" if kind == "enum" else "field"


def of_openapi(path: str) -> str:
    """Return what an element of a document is: where it stands, and its keyword."""
    names = path.split("/")
    last = names[-1]
    if names[0] == "paths":
        return _of_path(path, names, last)
    if names[:2] == ["components", "schemas"]:
        return _of_schema(names, last)
    if names[:2] == ["components", "securitySchemes"]:
        return "security scheme" if len(names) == 3 else f"security scheme: `{last}`"
    if names[0] == "components":
        return (
            f"`components/{names[1]}`"
            if names[1] not in ("parameters", "requestBodies", "responses")
            else f"`components/{names[1]}`: {last}"
        )
    return f"`{names[0]}/{last}`" if names[0] == "info" and not last.startswith("x-") else f"`{names[0]}`"


def _of_path(path: str, names: list[str], last: str) -> str:
    if "/callbacks/" in path:
        return "`callbacks`"
    for part, what in (("/parameters/", "parameter"), ("/requestBody", "body"), ("/responses/", "answer")):
        if part in path:
            keyword = (
                last
                if not last.isdigit()
                and "~1" not in last
                and names[-2] not in ("links", "headers", "encoding", "properties")
                else ""
            )
            where = path.partition(part)[2]
            deep = next(
                (
                    f"`{each}`"
                    for each in ("headers", "links", "encoding", "items", "additionalProperties")
                    if f"{each}/" in where
                ),
                None,
            )
            return f"{what}: {deep}" if deep else what if not keyword else f"{what}: `{keyword}`"
    return "operation" if len(names) == 3 and last != "summary" else f"operation: `{last}`"


def _of_schema(names: list[str], last: str) -> str:
    if len(names) == 3:
        return "schema"
    if len(names) > 3 and names[3] in ("if", "then", "else", "not"):
        return f"schema: `{names[3]}`"
    within = "/".join(names[3:])
    where = "member" if within.startswith("properties/") else "schema"
    if where == "member" and len(names) == 5:
        return "member"
    inner = names[5:] if where == "member" else names[3:]
    for deep in (
        "not",
        "xml",
        "externalDocs",
        "patternProperties",
        "additionalProperties",
        "oneOf",
        "anyOf",
        "allOf",
        "items",
    ):
        if deep in inner[:-1] or (inner and inner[0] == deep and len(inner) > 1):
            return f"{where}: `{deep}`"
    return f"{where}: `x-…`" if last.startswith("x-") else f"{where}: `{last}`"


def rows(ledgers: list[Ledger], kind: Callable[[str], str | None]) -> Iterator[tuple[str, str]]:
    """Yield each construct with what became of it: carried, or the reasons why not."""
    carried: set[str] = set()
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    for ledger in ledgers:
        for path in ledger.elements:
            if path in ledger.carried:
                carried.add(kind(path) or "")
            else:
                reasons[kind(path) or ""][_short(ledger.reason(path))] = None
    for name in dict.fromkeys(kind(path) or "" for ledger in ledgers for path in ledger.elements):
        why = "; ".join(list(reasons[name])[:3])
        yield name, "carried" + (f"; or named: {why}" if why else "") if name in carried else f"named: {why}"


def _short(reason: str) -> str:
    """A refusal by the compiler stands for all of its kind."""
    plain = re.sub(
        r"^(E\d{3}) .*", r"what the compiler refuses (\1)", " ".join(reason.split()), flags=re.DOTALL
    )
    return plain.replace("|", "\\|")
