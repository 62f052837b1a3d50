"""Operations of the page as callers write them, where an api looks otherwise outside than inside."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from bdc.surface.outside import Wire, outward
from bdc.surface.wire import Wires
from bdc_emitters.documentation.wording import brief_json

if TYPE_CHECKING:
    from bdc_emitters.documentation.api_specs import AskedView, OperationView

_WORD = re.compile(r"`(-?)([A-Za-z_][A-Za-z0-9_.]*)`")


class Outside:
    """Rewrites the operations that a `Wire` tells of."""

    def __init__(self, wires: Wires) -> None:
        self._wires = wires

    def operation(self, view: "OperationView", method: str, path: str) -> "OperationView":
        """Return an operation as callers write it; as it is where it looks the same inside."""
        wire = self._wires.of(method, path)
        if wire is None:
            return view
        asked = tuple(self._asked(view.asked, wire))
        return replace(
            view,
            line=f"{wire.method} {wire.outside}",
            asked=asked,
            has_asked=bool(asked),
            request=self._request(view.request, wire),
            answer_line=_status(view.answer_line, wire),
            answer=self._answer(view.answer, wire),
        )

    def row(self, example: dict[str, Any], found: list[tuple[str, str]]) -> dict[str, Any]:
        """Return the example of a row as the first operation among `found` that answers with one shows it."""
        for method, path in found:
            wire = self._wires.of(method, path)
            if wire is not None and wire.answer and not wire.page:
                shown: dict[str, Any] = outward(self._wires.tables, wire.answer, example)
                return shown
        return example

    def _asked(self, asked: "tuple[AskedView, ...]", wire: Wire) -> "Iterator[AskedView]":
        names = dict(self._names(wire.body)) if wire.body else {}
        query = {inside: outside for outside, inside in wire.query}
        values = {inside: outside for _, each in wire.values for outside, inside in each}
        for each in asked:
            known = query if each.place == "query" else names if each.place == "body" else {}
            parts = re.split(r"(, |`, `)", each.name)
            if each.place == "query" and not any(part in query for part in parts):
                continue
            text = _WORD.sub(
                lambda found: f"`{found[1]}{({**names, **values}).get(found[2], found[2])}`", each.doc
            )
            yield replace(each, name="".join(known.get(part, part) for part in parts), doc=text)

    def _names(self, table: str) -> Iterator[tuple[str, str]]:
        for inside, (outside, inner) in self._wires.tables[table].items():
            if inner and inner != table:
                yield from self._names(inner)
            yield inside, outside

    def _request(self, text: str, wire: Wire) -> str:
        head, blank, body = text.partition("\n\n")
        first, *rest = head.split("\n")
        method, line = first.split(" ", 1)
        target, version = line.rsplit(" ", 1)
        path, mark, query = target.partition("?")
        names = {inside: outside for outside, inside in wire.query}
        renamed = [(names.get(name, name), value) for name, value in parse_qsl(query, keep_blank_values=True)]
        target = path + mark + urlencode(renamed, quote_via=quote)
        head = "\n".join([f"{method} {target} {version}", *rest])
        return head + blank + (self._body(body, wire) if body else "")

    def _body(self, text: str, wire: Wire) -> str:
        value = json.loads(text)
        value = outward(self._wires.tables, wire.body, value) if wire.body else value
        return brief_json({wire.within: value} if wire.within else value)

    def _answer(self, text: str, wire: Wire) -> str:
        if not text or not (wire.answer or wire.one):
            return text
        value = json.loads(text)
        value = outward(self._wires.tables, wire.answer, value) if wire.answer else value
        return brief_json({wire.one: value} if wire.one else value)


def _status(text: str, wire: Wire) -> str:
    """Return the status with what stands in the answer."""
    code, _, rest = text.partition(" ")
    code = str(dict(wire.statuses).get(int(code), code))
    words = {"200": "OK", "201": "Created", "204": "No Content"}[code]
    if wire.page:
        cursor = "cursor" in (inside for _, inside in wire.query)
        last = f', "{wire.cursor}": null' if cursor else f', "{wire.total}": 1' if wire.total else ""
        return f'{code} {words}: `{{"{wire.many or "items"}": [rows]{last}}}`'
    if wire.one and ": the row" in rest:
        return f'{code} {words}: `{{"{wire.one}": row}}`'
    return f"{code} {words}" + (": the row" if ": the row" in rest else "")
