"""The description as callers see the service: names, envelopes, statuses and errors of profiles, and what rows show.

What comes in: the description of the service as it is inside. What goes out: the same document, rewritten operation by operation; schemas
that nothing refers to any more are left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bdc.ir import Profile, SystemIR
from bdc.surface.outside import PLAIN, Wire, outward
from bdc.surface.outside_sign_in import sign_in_paths
from bdc.surface.shapes import Table
from bdc.surface.wire import wires_of
from bdc_emitters.openapi.outside_parts import (
    Document,
    both_responses,
    component_name,
    holes_of,
    references_in,
    with_member,
    with_names,
    within_member,
)

JSON = "application/json"
SCHEMAS = "#/components/schemas/"
ERRORS: Document = {
    "type": "object",
    "description": "What is wrong, by member.",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        }
    },
}


class Outside:
    """Rewrites one document. `schemas` fills with what is referred to."""

    def __init__(self, system: SystemIR, document: Document) -> None:
        self.system, self.document = system, document
        self.wires = wires_of(system)
        self.inside: dict[str, Document] = document["components"].get("schemas", {})
        self.schemas: dict[str, Document] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._kept = set(self._reached(self._untouched()))

    def rewritten(self) -> Document:
        """Return the whole document."""
        moved = sign_in_paths(self.system)
        paths: Document = {}
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method == "parameters":
                    continue
                wire, profile = self.wires.of(method.upper(), path), self._profile(path)
                if wire is None and profile is None:
                    paths.setdefault(path, {})[method] = operation
                    self._keep_parameters(paths[path], item)
                    continue
                wire = wire or Wire(method.upper(), method.upper(), path, path)
                outside = moved.get(path, wire.outside)
                made = paths.setdefault(outside, {})
                if "parameters" in item:
                    made["parameters"] = [self._in_path(each, wire) for each in item["parameters"]]
                made[method] = self._operation(operation, wire, profile or PLAIN)
        document = {**self.document, "paths": paths}
        return self._with_components(document)

    def _untouched(self) -> Iterator[Document]:
        """Yield the operations that look the same inside."""
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if (
                    method != "parameters"
                    and not self.wires.of(method.upper(), path)
                    and not self._profile(path)
                ):
                    yield operation

    def _reached(self, found: Iterable[Document]) -> Iterator[str]:
        """Yield the names of the schemas that documents lead to."""
        waiting, seen = list(references_in(list(found))), set[str]()
        while waiting:
            reference = waiting.pop()
            if reference not in seen:
                seen.add(reference)
                waiting += references_in(self._resolved({"$ref": reference}))
                if reference.startswith(SCHEMAS):
                    yield reference.removeprefix(SCHEMAS)

    def _keep_parameters(self, made: Document, item: Document) -> None:
        if "parameters" in item:
            made["parameters"] = item["parameters"]

    def _profile(self, path: str) -> Profile | None:
        found = [api for api in self.system.apis if path.startswith(api.path.rstrip("/") + "/")]
        return max(found, key=lambda api: len(api.path)).profile if found else None

    def _in_path(self, parameter: Document, wire: Wire) -> Document:
        inside, outside = holes_of(wire.path), holes_of(wire.outside)
        names = dict(zip(inside, outside, strict=True))
        return {**parameter, "name": names.get(parameter.get("name", ""), parameter.get("name"))}

    def _operation(self, operation: Document, wire: Wire, profile: Profile) -> Document:
        made = dict(operation)
        if "parameters" in made:
            found = [self._parameter(each, wire) for each in made["parameters"]]
            made["parameters"] = [each for each in found if each is not None]
            if not made["parameters"]:
                del made["parameters"]
        if "requestBody" in made and (wire.body or wire.within):
            made["requestBody"] = self._request(made["requestBody"], wire)
        made["responses"] = self._responses(made["responses"], wire, profile)
        return made

    def _parameter(self, given: Document, wire: Wire) -> Document | None:
        parameter = self._resolved(given)
        if parameter["in"] == "path":
            return self._in_path(parameter, wire)
        if parameter["in"] != "query":
            return given
        names = {inside: outside for outside, inside in wire.query}
        name = parameter["name"]
        if name not in names:
            return None
        values = {inside: outside for outside, inside in dict(wire.values).get(name, ())}
        made = {**parameter, "name": names[name]}
        if values:
            made["schema"] = with_names(parameter["schema"], values)
            made.pop("description", None) if name != "sort" else None
        return given if made == parameter else made

    def _request(self, body: Document, wire: Wire) -> Document:
        content = {}
        for kind, media in body["content"].items():
            schema = self._schema(media["schema"], wire.body) if wire.body else media["schema"]
            if wire.password:
                schema = self._with_password(schema, wire.password)
            made = {**media, "schema": schema}
            if "example" in media and wire.body:
                made["example"] = outward(self.wires.tables, wire.body, media["example"])
            content[kind] = within_member(made, wire.within)
        return {**body, "content": content}

    def _with_password(self, schema: Document, name: str) -> Document:
        """Return the schema of what changes the row of the caller, with the member that sets another password."""
        found = self._followed(schema)
        least = (
            self.system.identity.sign_in.shortest
            if self.system.identity and self.system.identity.sign_in
            else 8
        )
        text = "Another password. All other sessions of the caller end."
        value = {"type": "string", "minLength": least, "maxLength": 256, "description": text}
        return {**found, "properties": {**found["properties"], name: value}}

    def _responses(self, responses: Document, wire: Wire, profile: Profile) -> Document:
        made: Document = {}
        for status, given in responses.items():
            if status.startswith(("2", "3")):
                outside = str(dict(wire.statuses).get(int(status), status))
                own = self._own(wire, profile)
                if own is not None:
                    shown = self.document["paths"][own.path]["get"]["responses"]["200"]
                    given, wire = {**given, "content": shown["content"]}, replace(own, statuses=())
                made[outside] = self._success(given, wire, empty=outside == "200" != status)
            else:
                outside = "422" if status == "400" and profile.invalid == 422 else status
                outside = "400" if status == "422" and profile.invalid == 400 else outside
                found = self._refusal(given, profile)
                made[outside] = both_responses(made[outside], found) if outside in made else found
        return dict(sorted(made.items()))

    def _own(self, wire: Wire, profile: Profile) -> Wire | None:
        """Return the read of the caller's own row, where sign-up and sign-in answer with it."""
        if wire.id not in ("sign_up", "sign_in") or profile.token is None:
            return None
        return next(each for each in self.wires.wires if each.own and each.method == "GET")

    def _success(self, given: Document, wire: Wire, *, empty: bool) -> Document:
        made = {name: value for name, value in given.items() if name != "links"}
        if "content" not in given:
            nothing = {"schema": {"type": "object", "additionalProperties": False}, "example": {}}
            return {**made, "content": {JSON: nothing}} if empty else made
        media = given["content"][JSON]
        schema = self._page(media["schema"], wire) if wire.page else self._row(media["schema"], wire)
        found = {"schema": schema}
        if "example" in media and not self.wires.always.get(wire.answer) and not wire.own:
            found["example"] = self._example(media["example"], wire)
        return {**made, "content": {JSON: within_member(found, wire.one)}}

    def _row(self, schema: Document, wire: Wire) -> Document:
        found = self._schema(schema, wire.answer) if wire.answer else schema
        if not wire.own:
            return found
        profile = next(
            each.profile for each in self.system.apis if wire.path.startswith(each.path) and each.profile
        )
        token = {"type": "string", "description": "The token of the request."}
        return with_member(self._followed(found), profile.token or "token", token)

    def _page(self, schema: Document, wire: Wire) -> Document:
        page = self._followed(schema)
        names = {"items": wire.many or "items", "total": wire.total, "next_cursor": wire.cursor}
        properties = {}
        for inside, value in page["properties"].items():
            if inside == "items":
                value = {**value, "items": self._schema(value["items"], wire.answer)}
            properties[names[inside]] = value
        required = [names[each] for each in page["required"]]
        return {**page, "required": required, "properties": properties}

    def _example(self, value: Any, wire: Wire) -> Any:
        if not wire.page:
            return outward(self.wires.tables, wire.answer, value) if wire.answer else value
        names = {"items": wire.many or "items", "total": wire.total, "next_cursor": wire.cursor}
        rows = outward(self.wires.tables, wire.answer, value["items"])
        return {names[each]: rows if each == "items" else held for each, held in value.items()}

    def _refusal(self, given: Document, profile: Profile) -> Document:
        if profile.errors == "problem" and profile.invalid is None:
            return given
        found = self._resolved(given)
        if profile.errors == "problem":
            return found
        self.schemas["Errors"] = ERRORS
        content = {JSON: {"schema": {"$ref": f"{SCHEMAS}Errors"}}}
        code = {"description": "The code of the refusal, for programs.", "schema": {"type": "string"}}
        return {**found, "headers": {**found.get("headers", {}), "X-Error": code}, "content": content}

    def _resolved(self, given: Document) -> Document:
        """Return what a reference leads to, wherever that is among the components."""
        if "$ref" not in given:
            return given
        _, _, kind, name = given["$ref"].split("/")
        found: Document = self.document["components"][kind][name]
        return found

    def _followed(self, schema: Document) -> Document:
        name = schema.get("$ref", "").removeprefix(SCHEMAS)
        if not name:
            return schema
        return self.schemas.get(name) or self.inside[name]

    def _schema(self, schema: Document, table: str) -> Document:
        """Return a schema whose members are called and chosen as the table says."""
        if not table:
            return schema
        if "$ref" in schema:
            rest = {name: value for name, value in schema.items() if name != "$ref"}
            return {"$ref": SCHEMAS + self._component(schema["$ref"].removeprefix(SCHEMAS), table), **rest}
        made = dict(schema)
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in made:
                made[keyword] = [self._schema(each, table) for each in made[keyword]]
        if isinstance(made.get("items"), dict):
            made["items"] = self._schema(made["items"], table)
        if "properties" in made:
            made |= self._members(made, self.wires.tables[table], self.wires.always.get(table, ()))
        return made

    def _members(self, schema: Document, table: Table, always: tuple[str, ...]) -> Document:
        properties, required = {}, []
        for inside, (outside, inner) in table.items():
            if inside not in schema["properties"]:
                continue
            value = schema["properties"][inside]
            if inside in always:
                value = {**value, "description": "The related row; null when the caller may not see it."}
            properties[outside] = self._schema(value, inner)
            if inside in schema.get("required", ()) or inside in always:
                required.append(outside)
        return {"properties": properties, **({"required": required} if required else {})}

    def _component(self, name: str, table: str) -> str:
        """Return the name of a component rewritten by a table, adding it when it is new."""
        known = self._named.get((name, table))
        if known is None:
            called = component_name(name, table)
            called = table.split(".", 1)[0] + called if called in self._kept else called
            known = self._free(called)
            self._named[name, table] = known
            self.schemas[known] = {}
            self.schemas[known] = self._schema(self.inside[name], table)
        return known

    def _free(self, name: str) -> str:
        taken, number = name, 2
        while taken in self.schemas:
            taken, number = f"{name}{number}", number + 1
        return taken

    def _with_components(self, document: Document) -> Document:
        """Return the document with the components that it refers to."""
        components = {name: dict(found) for name, found in document["components"].items()}
        components["schemas"] = {**self.inside, **self.schemas}
        kept: dict[str, dict[str, Any]] = {}
        waiting = list(references_in(document["paths"]))
        while waiting:
            _, _, kind, name = waiting.pop().split("/")
            if name not in kept.setdefault(kind, {}):
                kept[kind][name] = components[kind][name]
                waiting += references_in(components[kind][name])
        parts = {kind: dict(sorted(kept[kind].items())) for kind in components if kept.get(kind)}
        parts["securitySchemes"] = self._schemes(components.get("securitySchemes", {}))
        return {**document, "components": {name: found for name, found in parts.items() if found}}

    def _schemes(self, schemes: Document) -> Document:
        words = [api.profile.scheme for api in self.system.apis if api.profile and api.profile.scheme]
        if not words or "bearer" not in schemes:
            return schemes
        bearer = schemes["bearer"]
        text = f"{bearer.get('description', '')} `Authorization: {words[0]} …` is taken too.".strip()
        return {**schemes, "bearer": {**bearer, "description": text}}
