"""Schemas of an OpenAPI document that have a key → tables; references between them → foreign keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from bdc.catalog import Check, Column, Database, ForeignKey, Index, IndexKey, Key, Table
from bdc.ddl.names import Name, quote
from bdc.ddl.printer import literal
from bdc.importing.names import field_name
from bdc.importing.openapi.operations import operations
from bdc.importing.openapi.schemas import Schemas, name_of, scalar_type

# What stands for a request, an answer or an error, not for a thing that is kept.
_PASSING = ("create", "update", "patch", "request", "input", "response", "list", "page", "error", "problem")
# What the type itself says already.
_OWN_BOUNDS = (-(2**31), 2**31 - 1, -(2**63), 2**63 - 1)
_NUMBERED = ("smallint", "integer", "bigint")


class OpenApiError(Exception):
    """The text is no OpenAPI 3 document; the message says why."""


@dataclass(slots=True)
class _Draft:
    """A table in the making."""

    name: str
    key: Column
    comment: str | None
    columns: list[Column] = field(default_factory=list)
    keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def has(self, column: str) -> bool:
        return any(each.name == column for each in (self.key, *self.columns))


def openapi_database(text: str) -> tuple[Database, tuple[str, ...]]:
    """Return the database that a document suggests, and what is left out. Raises OpenApiError."""
    document = _document(text)
    schemas = Schemas(document)
    drafts, left_out = _drafts(schemas)
    for name, draft in drafts.items():
        left_out += _fill(schemas, drafts, name, draft)
    left_out += operations(document, schemas, frozenset(drafts))
    return Database(tables=tuple(_table(draft) for draft in drafts.values())), tuple(left_out)


def _document(text: str) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise OpenApiError(f"neither JSON nor YAML: {error}") from error
    if not isinstance(found, dict) or not str(found.get("openapi", "")).startswith("3."):
        raise OpenApiError("no OpenAPI 3 document: it begins with `openapi: 3.…`")
    return found


def _drafts(schemas: Schemas) -> tuple[dict[str, _Draft], list[str]]:
    """An object with a key of its own is a thing that is kept."""
    drafts: dict[str, _Draft] = {}
    left_out = []
    for name, schema in schemas.objects():
        passing = field_name(name).rpartition("_")[2] in _PASSING or field_name(name).startswith("new_")
        key = None if passing else _key_of(schemas, name, schema)
        if key is None:
            left_out.append(f"schema {name}: " + ("it passes by" if passing else "it has no key"))
        else:
            drafts[name] = _Draft(field_name(name), key, schema.get("description"))
    return drafts, left_out


def _key_of(schemas: Schemas, name: str, schema: Mapping[str, Any]) -> Column | None:
    own = field_name(name)
    for member, found in schema["properties"].items():
        if field_name(member) in ("id", f"{own}_id", "uuid"):
            kind = scalar_type(schemas.resolved(found)[0])
            identity = "by default" if kind in _NUMBERED else None
            return Column(name=field_name(member), type=kind or "text", not_null=True, identity=identity)
    return None


def _fill(schemas: Schemas, drafts: dict[str, _Draft], name: str, draft: _Draft) -> Iterator[str]:
    schema = schemas.named[name]
    required = set(schema.get("required", ()))
    for member, found in schema["properties"].items():
        column = field_name(member)
        if draft.has(column):
            continue
        resolved, optional = schemas.resolved(found)
        needed = member in required and not optional
        target = _target(schemas, drafts, member, found)
        if target is not None:
            _refer(draft, column, drafts[target], needed)
        elif resolved.get("type") == "array" and schemas.reference(resolved.get("items", {})) in drafts:
            yield f"{draft.name}.{column}: rows of {name_of(resolved['items'])} refer to it, or a table joins them"
        else:
            yield from _value(draft, column, resolved, needed)


def _target(
    schemas: Schemas, drafts: Mapping[str, _Draft], member: str, found: Mapping[str, Any]
) -> str | None:
    """The entity that a member refers to: by `$ref`, or as `customer_id` where there is a customer."""
    direct = schemas.reference(found)
    if direct is not None:
        return direct if direct in drafts else None
    column = field_name(member)
    for name, draft in drafts.items():
        if column == f"{draft.name}_{draft.key.name}":
            return name if scalar_type(schemas.resolved(found)[0]) == draft.key.type else None
    return None


def _refer(draft: _Draft, column: str, target: _Draft, needed: bool) -> None:
    suffix = f"_{target.key.name}"
    named = column if column.endswith(suffix) else column + suffix
    if draft.has(named):  # `customer_id`, and the customer itself where it is asked for
        return
    draft.columns.append(Column(name=named, type=target.key.type, not_null=needed))
    draft.keys.append(
        ForeignKey(
            name=f"{draft.name}_{named}_fkey",
            columns=(named,),
            target=Name(target.name),
            target_columns=(target.key.name,),
        )
    )


def _value(draft: _Draft, column: str, schema: Mapping[str, Any], needed: bool) -> Iterator[str]:
    kind = scalar_type(schema)
    if kind is None:
        yield f"{draft.name}.{column}: its parts are kept as one jsonb value"
    draft.columns.append(
        Column(name=column, type=kind or "jsonb", not_null=needed, comment=schema.get("description"))
    )
    for number, condition in enumerate(_conditions(column, schema)):
        suffix = f"_{number}" if number else ""
        draft.checks.append(Check(name=f"{draft.name}_{column}_check{suffix}", condition=condition))


def _conditions(column: str, schema: Mapping[str, Any]) -> Iterator[str]:
    name = quote(column)
    labels = [label for label in schema.get("enum", ()) if isinstance(label, str)]
    if labels:
        yield f"{name} in ({', '.join(literal(label) for label in labels)})"
    for bound, sign in (("minimum", ">="), ("maximum", "<=")):
        if isinstance(schema.get(bound), int | float) and schema[bound] not in _OWN_BOUNDS:
            yield f"{name} {sign} {schema[bound]}"


def _table(draft: _Draft) -> Table:
    return Table(
        name=Name(draft.name),
        columns=(draft.key, *draft.columns),
        primary_key=Key(name=f"{draft.name}_pkey", columns=(draft.key.name,)),
        checks=tuple(draft.checks),
        foreign_keys=tuple(draft.keys),
        indexes=tuple(
            Index(name=f"{draft.name}_{key.columns[0]}_idx", keys=(IndexKey(column=key.columns[0]),))
            for key in draft.keys
        ),
        comment=draft.comment,
    )
