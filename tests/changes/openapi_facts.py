"""An oracle: what two OpenAPI documents say about who breaks, found without looking at the systems they were made from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, order=True)
class Fact:
    """`strict`: a client that did nothing wrong fails; otherwise he may meet what he did not before."""

    kind: str
    place: str
    strict: bool = True


def facts(old: Json, new: Json) -> set[Fact]:
    """Return everything that breaks or may break a client of the old document."""
    return set(_Pair(old, new).operations())


# Errors that only a caller meets who sends a header that was not there before.
_ASKED_FOR = {"precondition-failed", "idempotency-key-reused"}


class _Pair:
    def __init__(self, old: Json, new: Json) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str, bool]] = set()
        self._chosen = False

    def operations(self) -> Iterator[Fact]:
        for path, item in self._old["paths"].items():
            other = self._path(path)
            for method in ("get", "post", "put", "patch", "delete"):
                if method not in item:
                    continue
                where = f"{method.upper()} {path}"
                if other is None or method not in other:
                    yield Fact("operation removed", where)
                else:
                    yield from self._operation(where, item, other, method)

    def _path(self, path: str) -> Json | None:
        return self._new["paths"].get(path)

    def _operation(self, where: str, old: Json, new: Json, method: str) -> Iterator[Fact]:
        yield from self._parameters(where, old, new, method)
        before, after = old[method], new[method]
        if "requestBody" in before:
            if "requestBody" not in after:
                for name in _schema(self._old, before["requestBody"])[0]["properties"]:
                    yield Fact("input removed", f"{where} body.{name}")
            else:
                sent = (
                    _schema(self._old, before["requestBody"])[0],
                    _schema(self._new, after["requestBody"])[0],
                )
                yield from self._object(f"{where} body", *sent, incoming=True)
        elif "requestBody" in after:
            for name in _schema(self._new, after["requestBody"])[0].get("required", ()):
                yield Fact("input required", f"{where} body.{name}")
        known = (
            _kinds(each.get("security", of["security"]))
            for each, of in ((before, self._old), (after, self._new))
        )
        for gone in next(known) - next(known):
            yield Fact("security removed", f"{where} {gone}")
        yield from self._answers(where, before["responses"], after["responses"])

    def _parameters(self, where: str, old: Json, new: Json, method: str) -> Iterator[Fact]:
        before = _parameters(self._old, old, method)
        after = _parameters(self._new, new, method)
        # A list that can be asked for some members answers with all of them to who does not ask.
        self._chosen = ("fields", "query") in after.keys() - before.keys()
        for (name, kind), parameter in before.items():
            place = _spelled(where, name, kind)
            if (name, kind) not in after:
                yield Fact("parameter removed", place, strict=kind != "header")
                continue
            other = after[name, kind]
            if other.get("required") and not parameter.get("required"):
                yield Fact("parameter required", place)
            if name in ("sort", "expand"):
                yield from _choices(place, parameter["schema"], other["schema"])
            else:
                yield from self._value(place, parameter["schema"], other["schema"], incoming=True)
        for (name, kind), parameter in after.items():
            if parameter.get("required") and (name, kind) not in before:
                yield Fact("parameter required", _spelled(where, name, kind))

    def _answers(self, where: str, old: Json, new: Json) -> Iterator[Fact]:
        for status in old:
            if (
                status.startswith("2")
                and status not in new
                and len([s for s in new if s.startswith("2")]) == 0
            ):
                yield Fact("answer removed", f"{where} answer")
        for status in new:
            if status.startswith("2") and status not in old:
                yield Fact("answer added", f"{where} answer", strict=False)
        for status in old.keys() & new.keys():
            before, after = _resolved(self._old, old[status]), _resolved(self._new, new[status])
            if status.startswith("2"):
                yield from self._success(where, before, after)
        yield from self._problems(where, old, new)

    def _success(self, where: str, old: Json, new: Json) -> Iterator[Fact]:
        if ("content" in old) != ("content" in new):
            yield Fact("answer changed", f"{where} answer")
        elif "content" in old:
            before, after = (_media(each) for each in (old, new))
            yield from self._value(f"{where} answer", before, after, incoming=False)
        for name in old.get("headers", {}).keys() - new.get("headers", {}).keys():
            if name == "ETag":
                yield Fact("header removed", "ETag")

    def _problems(self, where: str, old: Json, new: Json) -> Iterator[Fact]:
        before, after = _codes(self._old, old), _codes(self._new, new)
        for code in after.keys() - before.keys() - _ASKED_FOR:
            yield Fact("error added", f"{where} {code}", strict=False)
        for code in after.keys() & before.keys():
            (status, was), (now_status, now) = before[code], after[code]
            if status != now_status:
                yield Fact("error status", code)
            skip = {"status", "code", "type"}
            yield from self._object(code, _without(was, skip), _without(now, skip), incoming=False)

    def _value(self, place: str, old: Json, new: Json, *, incoming: bool) -> Iterator[Fact]:
        before, name, null_before = _plain(self._old, old)
        after, named, null_after = _plain(self._new, new)
        if incoming and null_before and not null_after:
            yield Fact("null refused", place)
        if not incoming and null_after and not null_before:
            yield Fact("null answered", place)
        place = _own(name, named) or place
        if "enum" in before and "enum" in after and isinstance(before["enum"], list):
            lost = set(before["enum"]) - set(after["enum"])
            gained = set(after["enum"]) - set(before["enum"])
            yield from (Fact("value refused", f"{place}.{value}") for value in (lost if incoming else ()))
            yield from (
                Fact("value answered", f"{place}.{value}", strict=False)
                for value in (() if incoming else gained)
            )
            return
        if _form(before) != _form(after):
            yield Fact("type changed", place, strict="anyOf" not in after or incoming)
            return
        if before.get("type") == "array":
            inner = f"{place}[]" if "properties" in before["items"] else place
            yield from self._value(inner, before["items"], after["items"], incoming=incoming)
        elif "properties" in before:
            key = (name or place, named or place, incoming)
            if key not in self._seen:
                self._seen.add(key)
                yield from self._object(place, before, after, incoming=incoming)
        else:
            yield from _limits(place, before, after, incoming)

    def _object(self, place: str, old: Json, new: Json, *, incoming: bool) -> Iterator[Fact]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            if name not in after:
                yield Fact("input removed" if incoming else "property removed", f"{place}.{name}")
            else:
                yield from self._value(f"{place}.{name}", before[name], after[name], incoming=incoming)
        needed = set(old.get("required", ())), set(new.get("required", ()))
        for name in needed[1] - needed[0] if incoming else ():
            yield Fact("input required", f"{place}.{name}")
        missing = needed[0] - needed[1] if not incoming and not self._chosen else set()
        for name in missing & after.keys():
            yield Fact("property may be missing", f"{place}.{name}")


def _plain(document: Json, schema: Json) -> tuple[Json, str, bool]:
    """Return a schema without references and without null, the component it is, and whether it accepts null."""
    name, null = "", False
    while True:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = document["components"]["schemas"][name]
        elif {"type": "null"} in schema.get("anyOf", ()):
            null = True
            rest = [part for part in schema["anyOf"] if part != {"type": "null"}]
            schema = {**schema, "anyOf": rest} if len(rest) > 1 else rest[0]
        elif isinstance(schema.get("type"), list):
            null = null or "null" in schema["type"]
            kinds = [kind for kind in schema["type"] if kind != "null"]
            schema = {**schema, "type": kinds[0]}
        else:
            return schema, name, null


def _own(old: str, new: str) -> str:
    """The name of what is shared; bodies and pages belong to one operation."""
    name = new or old
    if not name or name.endswith(("Body", "Page")) or re.fullmatch(r"Decimal\d+_\d+", name):
        return ""
    return name.removesuffix("Input")


def _form(schema: Json) -> tuple[object, ...]:
    if "anyOf" in schema:
        return ("anyOf", len(schema["anyOf"]))
    fraction = schema.get("multipleOf") if schema.get("type") == "number" else None
    return (schema.get("type"), schema.get("format") if schema.get("type") == "string" else None, fraction)


def _limits(place: str, old: Json, new: Json, incoming: bool, decimal: bool = False) -> Iterator[Fact]:
    """What one side accepts and the other does not. A decimal may be text or a number: the bounds of the number tell."""
    if "anyOf" in old:
        for was, now in zip(old["anyOf"], new["anyOf"], strict=True):
            yield from _limits(place, was, now, incoming, decimal=True)
        return
    first, second = (old, new) if incoming else (new, old)
    tighter = any(
        second.get(key) is not None and (first.get(key) is None or sign * second[key] > sign * first[key])
        for key, sign in (
            ("minLength", 1),
            ("minimum", 1),
            ("maxLength", -1),
            ("maximum", -1),
            ("maxItems", -1),
        )
    )
    pattern = None if decimal else second.get("pattern")
    if tighter or (pattern is not None and pattern != first.get("pattern")):
        yield Fact("fewer accepted" if incoming else "more answered", place, strict=incoming)


def _choices(place: str, old: Json, new: Json) -> Iterator[Fact]:
    before, after = (set(each.get("items", each)["enum"]) for each in (old, new))
    for value in sorted(before - after):
        if not value.startswith("-"):
            yield Fact("choice removed", f"{place}={value}")


def _codes(document: Json, responses: Json) -> dict[str, tuple[str, Json]]:
    found = {}
    for status, response in responses.items():
        if status.startswith("2"):
            continue
        schema = _media(_resolved(document, response))
        for part in schema.get("oneOf", [schema]):
            problem = _plain(document, part)[0]
            found[problem["properties"]["code"]["const"]] = (status, problem)
    return found


def _media(response: Json) -> Json:
    found: Json = next(iter(response["content"].values()))["schema"]
    return found


def _schema(document: Json, body: Json) -> tuple[Json, str, bool]:
    return _plain(document, _media(body))


def _parameters(document: Json, item: Json, method: str) -> dict[tuple[str, str], Json]:
    listed = [*item.get("parameters", ()), *item[method].get("parameters", ())]
    found = [_resolved(document, parameter) for parameter in listed]
    return {(parameter["name"], parameter["in"]): parameter for parameter in found}


def _resolved(document: Json, value: Json) -> Json:
    while "$ref" in value:
        _, section, name = value["$ref"].rsplit("/", 2)
        value = document["components"][section][name]
    return value


def _spelled(where: str, name: str, kind: str) -> str:
    return {"query": f"{where} ?{name}", "path": f"{where} {{{name}}}"}.get(kind, f"{where} {name}")


def _kinds(security: list[Json]) -> set[str]:
    return {name for each in security for name in each}


def _without(problem: Json, names: set[str]) -> Json:
    kept = {name: found for name, found in problem["properties"].items() if name not in names}
    return {**problem, "properties": kept}
